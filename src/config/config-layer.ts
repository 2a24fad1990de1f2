import type { ConfigKey } from './schema.ts';

/** What one source says: values as written, not checked yet. */
export interface ConfigLayer {
  readonly values: Partial<Record<ConfigKey, unknown>>;
  /** Names the source of a key in messages, for example `env PORT`. */
  readonly sourceOf: (key: ConfigKey) => string;
}

export interface MergedConfig {
  readonly values: Partial<Record<ConfigKey, unknown>>;
  readonly sources: Partial<Record<ConfigKey, string>>;
}

/** Later layers win, key by key; `undefined` says nothing. */
export function mergeLayers(layers: readonly ConfigLayer[]): MergedConfig {
  const values: Partial<Record<ConfigKey, unknown>> = {};
  const sources: Partial<Record<ConfigKey, string>> = {};
  for (const layer of layers) {
    for (const key of Object.keys(layer.values) as ConfigKey[]) {
      if (layer.values[key] === undefined) continue;
      values[key] = layer.values[key];
      sources[key] = layer.sourceOf(key);
    }
  }
  return { values, sources };
}
