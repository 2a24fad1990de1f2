/** Bytes per unit: `KB` is 1,000 and `KiB` is 1,024 bytes (IEC 80000-13). */
const units: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  byte: 1,
  bytes: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
};

/**
 * Bytes of a size: a number (bytes already) or a text such as `'1 MiB'`, `'100 KB'`; a bare number in
 * a text is bytes. Undefined when it is none.
 */
export function parseSize(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isInteger(value) && value >= 0 ? value : undefined;
  if (typeof value !== 'string') return undefined;
  const match = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(value.trim());
  if (match === null) return undefined;
  const [, amount = '', word = ''] = match;
  const unit = word.toLowerCase();
  return Object.hasOwn(units, unit) ? Math.floor(Number(amount) * (units[unit] ?? 1)) : undefined;
}
