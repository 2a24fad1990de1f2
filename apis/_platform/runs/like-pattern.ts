/** For `like … escape '!'`: the text anywhere, with its own `%` and `_` as they are. */
export function likePattern(text: string): string {
  return `%${text.replace(/[!%_]/g, '!$&')}%`;
}
