import { deepestJson, isDangerousKey } from '../contract/json-rules.ts';

/** The number of keys of all objects in parsed JSON, whatever it is; -1 where a request must not hold it. */
export function anyKeys(value: unknown, depth: number): number {
  if (typeof value === 'number') return Number.isFinite(value) ? 0 : -1;
  if (typeof value !== 'object' || value === null) return 0;
  if (depth > deepestJson) return -1;
  let count = 0;
  if (Array.isArray(value)) {
    for (const element of value) {
      const inner = anyKeys(element, depth + 1);
      if (inner < 0) return -1;
      count += inner;
    }
    return count;
  }
  const record = value as Record<string, unknown>;
  for (const key of Object.keys(record)) {
    if (isDangerousKey(key)) return -1;
    const inner = anyKeys(record[key], depth + 1);
    if (inner < 0) return -1;
    count += 1 + inner;
  }
  return count;
}
