const plain = {};

/** Whether somebody has added to `Object.prototype` what every object then seems to have. */
function isPolluted(): boolean {
  for (const _ in plain) return true;
  return false;
}

/**
 * Plain data as it is; while `Object.prototype` is polluted, a copy whose objects inherit nothing, so that a
 * key that was not sent is not there.
 */
export function withoutInherited(value: unknown): unknown {
  return isPolluted() ? bare(value) : value;
}

function bare(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(bare);
  if (typeof value !== 'object' || value === null) return value;
  // Files of an upload and the like stay what they are.
  if (Object.getPrototypeOf(value) !== Object.prototype) return value;
  const copy = Object.create(null) as Record<string, unknown>;
  for (const [key, inner] of Object.entries(value)) copy[key] = bare(inner);
  return copy;
}
