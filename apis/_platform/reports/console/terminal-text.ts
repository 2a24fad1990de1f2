/** One line for a terminal: what servers and testers wrote can neither move its cursor nor change its colours. */
export function toTerminalText(text: string, limit = 500): string {
  const cut = text.length <= limit ? text : `${text.slice(0, limit)}…`;
  return cut.replace(
    // oxlint-disable-next-line no-control-regex
    /[\u0000-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]/g,
    (char) => {
      if (char === '\n') return '\\n';
      if (char === '\t') return ' ';
      return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
    },
  );
}
