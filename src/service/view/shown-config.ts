import type { Config } from '../../config/schema.ts';

const shown = new WeakMap<Config, Readonly<Record<string, unknown>>>();

/** The configuration without its secrets, frozen; the same object as long as nothing has changed. */
export function shownConfig(config: Config): Readonly<Record<string, unknown>> {
  const known = shown.get(config);
  if (known !== undefined) return known;
  const { validTokens: _, adminTokens: __, ...rest } = config;
  // Of a worker, it is a copy of its supervisor's, which came without being frozen inside.
  const copy = deepFreeze(structuredClone(rest));
  shown.set(config, copy);
  return copy;
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  for (const inner of Object.values(value)) deepFreeze(inner);
  return Object.freeze(value);
}
