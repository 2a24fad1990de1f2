import { ConfigError } from '../config/config-error.ts';
import { configChanges, type ConfigChanges } from '../config/config-changes.ts';
import type { LoadedConfig } from '../config/load-config.ts';
import type { Config, ConfigKey } from '../config/schema.ts';
import { ApiError } from '../contract/api-error.ts';
import { withDeadline } from '../modules/deadline.ts';
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

/** Seconds; a disk that does not answer must not hold up whoever asks next. */
const readTimeout = 30;

export function createLiveConfig(source: ConfigSource, loaded: LoadedConfig): LiveConfig {
  let current = loaded.config;
  /** One after the other: of two at once, the one that read first must not win because it was slower. */
  let last: Promise<unknown> = Promise.resolve();
  async function reload(): Promise<ConfigChanges> {
    const next = await withDeadline(readAgain(source), readTimeout, 'too late').catch((error: unknown) => {
      throw error instanceof ApiError ? error : notRead(error);
    });
    const changes = configChanges(current, next);
    current = Object.freeze({ ...next, ...pick(current, changes.needRestart as ConfigKey[]) });
    return changes;
  }
  return {
    get current() {
      return current;
    },
    reload() {
      const reloaded = last.then(reload);
      last = reloaded.catch(() => {});
      return reloaded;
    },
  };
}

function notRead(cause: unknown): ApiError {
  const message = cause instanceof Error ? cause.message : String(cause);
  return new ApiError(
    'RELOAD_FAILED',
    `the configuration could not be read within ${readTimeout} s (${message}); the one in force has not changed`,
    { cause },
  );
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
