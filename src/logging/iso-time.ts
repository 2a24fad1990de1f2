let latest = 0;
let text = '';

/** The time of a line as pino wants it, ISO 8601 in UTC; formatted once per millisecond. */
export function isoTime(): string {
  const now = Date.now();
  if (now !== latest || text === '') {
    latest = now;
    text = `,"time":"${new Date(now).toISOString()}"`;
  }
  return text;
}
