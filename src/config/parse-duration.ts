/** Milliseconds per unit; singular and plural words are read alike. */
const units: Readonly<Record<string, number>> = {
  ms: 1,
  millisecond: 1,
  s: 1_000,
  sec: 1_000,
  second: 1_000,
  m: 60_000,
  min: 60_000,
  minute: 60_000,
  h: 3_600_000,
  hour: 3_600_000,
  d: 86_400_000,
  day: 86_400_000,
  w: 604_800_000,
  week: 604_800_000,
};

/**
 * Seconds of a duration: a number (seconds already) or a text such as `'500 ms'`, `'30 s'`,
 * `'5 minutes'`, `'1 day'`; a bare number in a text is seconds. Undefined when it is none.
 */
export function parseDuration(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) && value >= 0 ? value : undefined;
  if (typeof value !== 'string') return undefined;
  const match = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(value.trim());
  if (match === null) return undefined;
  const [, amount = '', word = ''] = match;
  const milliseconds = unitOf(word.toLowerCase());
  return milliseconds === undefined ? undefined : (Number(amount) * milliseconds) / 1_000;
}

function unitOf(word: string): number | undefined {
  if (word === '') return 1_000;
  if (Object.hasOwn(units, word)) return units[word];
  const singular = word.replace(/s$/, '');
  return singular.length > 2 && Object.hasOwn(units, singular) ? units[singular] : undefined;
}
