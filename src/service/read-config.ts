import { loadConfig, type LoadedConfig } from '../config/load-config.ts';
import type { ConfigInput } from '../config/schema.ts';
import { evaluateFile } from '../modules/evaluate-file.ts';
import { packages, runtimeExports } from './create-modules.ts';

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
  return loadConfig({
    ...source,
    evaluate: (file) => evaluateFile(file, { packages, runtimeExports, timeout: evaluationTimeout }),
  });
}
