/**
 * Two values have the same key exactly when they are equal as JSON, whatever the order of their
 * properties; so have the values that arguments are made of, such as equal dates. Files equal only
 * themselves.
 */
export function jsonKey(value: unknown): unknown {
  if (typeof value === 'string') return `"${value}`;
  if (typeof value !== 'object' || value === null || value instanceof Blob) return value;
  return JSON.stringify(canonical(value));
}

/** Where the first value is that equals an earlier one, and where that is; some may be left out of it. */
export function firstDuplicate(
  values: readonly unknown[],
  counts: (at: number) => boolean,
): { at: number; earlier: number } | undefined {
  const seen = new Map<unknown, number>();
  for (const [at, value] of values.entries()) {
    if (!counts(at)) continue;
    const key = jsonKey(value);
    const earlier = seen.get(key);
    if (earlier !== undefined) return { at, earlier };
    seen.set(key, at);
  }
  return undefined;
}

/** Arrays stay; what else is an object becomes one that tells its kind, with its content in order. */
function canonical(value: unknown): unknown {
  if (typeof value === 'bigint') return { bigint: String(value) };
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Date || value instanceof URL) return { [value.constructor.name]: value.toJSON() };
  if (Buffer.isBuffer(value)) return { bytes: value.toString('base64') };
  if (value instanceof Map || value instanceof Set) return { items: canonical([...value]) };
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return { entries: entries.map(([key, child]) => [key, canonical(child)]) };
}
