import { isDeepStrictEqual } from 'node:util';
import { configKeys } from './config-keys.ts';
import { configKeyNames, type Config } from './schema.ts';

export interface ConfigChanges {
  /** Names of all keys whose value differs; values are not told, they may be tokens. */
  readonly changed: string[];
  /** Those of them that take effect only after a restart. */
  readonly needRestart: string[];
}

export function configChanges(before: Config, after: Config): ConfigChanges {
  const changed = configKeyNames.filter((key) => !isDeepStrictEqual(before[key], after[key]));
  return { changed, needRestart: changed.filter((key) => configKeys[key].reload === 'restart') };
}
