import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { closestName } from './closest-name.ts';
import { ConfigError, type ConfigProblem } from './config-error.ts';
import type { ConfigLayer } from './config-layer.ts';
import { configKeyNames, type ConfigKey } from './schema.ts';

/** Evaluates a file and gives its exports. */
export type Evaluate = (file: string) => Promise<Record<string, unknown>>;

export interface ConfigFile {
  readonly layer: ConfigLayer;
  /** Keys that do not exist. */
  readonly problems: readonly ConfigProblem[];
}

/**
 * The default export of the configuration file.
 *
 * @throws ConfigError when the file is missing, fails, or exports no object; the cause is kept
 */
export async function readConfigFile(file: string, evaluate: Evaluate): Promise<ConfigFile> {
  const source = basename(file);
  if (!existsSync(file)) throw fileError(source, `expected a configuration file, found none at '${file}'`);
  let exports: Record<string, unknown>;
  try {
    exports = await evaluate(file);
  } catch (error) {
    throw fileError(
      source,
      `cannot be loaded: ${error instanceof Error ? error.message : String(error)}`,
      error,
    );
  }
  const input = exports['default'];
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw fileError(source, `expected 'export default defineConfig({ … })', got ${describeExport(exports)}`);
  }
  return {
    layer: { values: knownValues(input), sourceOf: () => source },
    problems: unknownKeys(input, source),
  };
}

function knownValues(input: object): ConfigLayer['values'] {
  const entries = Object.entries(input).filter(([key]) => configKeyNames.includes(key as ConfigKey));
  return Object.fromEntries(entries);
}

function describeExport(exports: Record<string, unknown>): string {
  if (!('default' in exports)) return 'no default export';
  const value = exports['default'];
  return `a default export that is ${Array.isArray(value) ? 'an array' : value === null ? 'null' : `a ${typeof value}`}`;
}

function unknownKeys(input: object, source: string): ConfigProblem[] {
  return Object.keys(input)
    .filter((key) => !configKeyNames.includes(key as ConfigKey))
    .map((key) => {
      const closest = closestName(key, configKeyNames);
      const hint =
        closest === undefined ? `expected one of ${configKeyNames.join(', ')}` : `did you mean '${closest}'?`;
      return { key, message: `there is no such key; ${hint}`, source };
    });
}

function fileError(source: string, message: string, cause?: unknown): ConfigError {
  return new ConfigError([{ key: '', message, source }], { cause });
}
