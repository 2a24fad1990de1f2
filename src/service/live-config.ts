import { ConfigError } from '../config/config-error.ts';
import { configChanges, type ConfigChanges } from '../config/config-changes.ts';
import type { LoadedConfig } from '../config/load-config.ts';
import type { Config, ConfigKey } from '../config/schema.ts';
import { ApiError } from '../contract/api-error.ts';
import { readConfig, type ConfigSource } from './read-config.ts';

/** The configuration in force, and the way to a new one. */
export interface LiveConfig {
  /** A new object after each change, so that what is derived from it can be kept as long as it is the same. */
  readonly current: Config;
  /**
   * Reads and checks the configuration anew, then swaps. Keys that need a restart keep their value.
   *
   * @throws ApiError CONFIG_INVALID with every problem; nothing has changed then
   */
  reload(): Promise<ConfigChanges>;
}

export function createLiveConfig(source: ConfigSource, loaded: LoadedConfig): LiveConfig {
  let current = loaded.config;
  return {
    get current() {
      return current;
    },
    async reload() {
      const next = await readAgain(source);
      const changes = configChanges(current, next);
      current = Object.freeze({ ...next, ...pick(current, changes.needRestart as ConfigKey[]) });
      return changes;
    },
  };
}

async function readAgain(source: ConfigSource): Promise<Config> {
  try {
    return (await readConfig(source)).config;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const details = error.problems.map(({ key, message, source: from }) => ({
      path: key,
      message,
      source: from,
      code: 'invalid',
    }));
    throw new ApiError('CONFIG_INVALID', `${error.message}\nThe configuration in force has not changed.`, {
      details,
      cause: error,
    });
  }
}

function pick(config: Config, keys: readonly ConfigKey[]): Partial<Config> {
  return Object.fromEntries(keys.map((key) => [key, config[key]]));
}
