import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { loadConfig, type LoadedConfig } from '../config/load-config.ts';
import type { ConfigInput } from '../config/schema.ts';
import { evaluateFile } from '../modules/evaluate-file.ts';
import type { LineCacheOptions } from '../storage/line-cache.ts';
import { packages, runtimeExports } from './create-modules.ts';
import { version } from './runtime-package.ts';

export interface ConfigSource {
  /** Absolute; `config.ts`, `.env` and relative paths are looked for here. */
  readonly projectDir: string;
  readonly configFile?: string | undefined;
  /** Flags of the command line. */
  readonly overrides?: Partial<ConfigInput> | undefined;
  readonly env: NodeJS.ProcessEnv;
}

/** Seconds that `config.ts` may take; it cannot know `loadTimeout` yet. */
const evaluationTimeout = 5;

/** @throws ConfigError with every problem of every source */
export function readConfig(source: ConfigSource): Promise<LoadedConfig> {
  const cache = cacheOf(source);
  return loadConfig({
    ...source,
    evaluate: (file) => evaluateFile(file, { packages, runtimeExports, timeout: evaluationTimeout, cache }),
  });
}

/** Only a folder that is there already: `config.ts` itself may say that it is another one. */
function cacheOf({ projectDir, env, overrides }: ConfigSource): LineCacheOptions | undefined {
  const folder = resolve(projectDir, overrides?.dataDir ?? env['DATA_DIR'] ?? 'data', 'cache');
  if (!existsSync(folder)) return undefined;
  // There may be tokens in it.
  return { path: join(folder, 'config.jsonl'), key: version, onProblem: () => {}, mode: 0o600 };
}
