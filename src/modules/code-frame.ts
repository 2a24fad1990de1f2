const linesAround = 2;
const widest = 160;

/** The source lines around a place (1-based), numbered, with a caret below the column. */
export function codeFrame(source: string, line: number, column?: number): string {
  const lines = source.split('\n');
  const first = Math.max(1, line - linesAround);
  const last = Math.min(lines.length, line + linesAround);
  const gutter = String(last).length;
  const frame: string[] = [];
  for (let number = first; number <= last; number++) {
    const text = (lines[number - 1] ?? '').trimEnd().replaceAll('\t', ' ').slice(0, widest);
    const mark = number === line ? '>' : ' ';
    frame.push(`${mark} ${String(number).padStart(gutter)} | ${text}`.trimEnd());
    if (number === line && column !== undefined && column <= widest) {
      frame.push(`  ${' '.repeat(gutter)} | ${' '.repeat(Math.max(0, column - 1))}^`);
    }
  }
  return frame.join('\n');
}
