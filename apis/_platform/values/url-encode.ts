/** `encodeURIComponent` for any text: half a surrogate pair becomes U+FFFD, as UTF-8 has no form for it. */
export function urlEncode(text: string): string {
  try {
    return encodeURIComponent(text);
  } catch {
    return encodeURIComponent(Buffer.from(text).toString('utf8'));
  }
}
