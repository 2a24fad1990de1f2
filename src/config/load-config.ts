import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { ConfigError, type ConfigProblem } from './config-error.ts';
import { configKeys } from './config-keys.ts';
import { mergeLayers, type ConfigLayer } from './config-layer.ts';
import { parseConfig } from './parse-config.ts';
import { readConfigFile, type ConfigFile, type Evaluate } from './read-config-file.ts';
import { envLayer, fromText, readEnvFile, type Variables } from './read-env.ts';
import { configKeyNames, type Config, type ConfigInput } from './schema.ts';
import { productionTokenProblems, separateTokens } from './token-rules.ts';

export interface LoadConfigOptions {
  /** Absolute; relative paths of the configuration start here. */
  readonly projectDir: string;
  /** Relative to `projectDir`. Default: `config.ts`, which may be absent; a file named here may not. */
  readonly configFile?: string | undefined;
  readonly evaluate: Evaluate;
  readonly env: NodeJS.ProcessEnv;
  /** Flags of the command line; texts are read as in the environment. */
  readonly overrides?: Partial<ConfigInput> | undefined;
}

export interface LoadedConfig {
  readonly config: Config;
  /** The configuration file that was read, absolute; undefined when there is none. */
  readonly file: string | undefined;
  /** `NODE_ENV` of the environment or else of `.env`; `development` when neither has it. */
  readonly environment: string;
  /** What works but is probably not meant. Never holds a token. */
  readonly warnings: readonly string[];
}

/** Gathers what is wrong while the sources are read, so that all of it is told at once. */
interface Findings {
  readonly problems: ConfigProblem[];
  cause: unknown;
}

/**
 * Reads the configuration anew: defaults < `config.ts` < `.env` < `.env.<NODE_ENV>` < environment <
 * overrides. With `NODE_ENV=production`, sample tokens, short tokens and empty token lists are refused.
 *
 * @throws ConfigError with every problem of every source
 */
export async function loadConfig(options: LoadConfigOptions): Promise<LoadedConfig> {
  const findings: Findings = { problems: [], cause: undefined };
  const file = configFileOf(options);
  const configFile = file === undefined ? undefined : await tryConfigFile(file, options.evaluate, findings);
  const { layers, environment } = envLayers(options, findings);
  const overrides = overridesLayer(options.overrides ?? {});
  const merged = mergeLayers([...(configFile === undefined ? [] : [configFile.layer]), ...layers, overrides]);
  const parsed = parseConfig(merged);
  const { problems, cause } = findings;
  if (Array.isArray(parsed)) throw new ConfigError([...problems, ...parsed], { cause });
  const complete = file === undefined || configFile !== undefined;
  if (complete && environment === 'production')
    problems.push(...productionTokenProblems(parsed, merged.sources));
  if (problems.length > 0) throw new ConfigError(problems, { cause });
  return { ...finish(parsed, { environment, projectDir: options.projectDir }), file, environment };
}

function configFileOf(options: LoadConfigOptions): string | undefined {
  const file = resolve(options.projectDir, options.configFile ?? 'config.ts');
  return options.configFile !== undefined || existsSync(file) ? file : undefined;
}

async function tryConfigFile(
  file: string,
  evaluate: Evaluate,
  findings: Findings,
): Promise<ConfigFile | undefined> {
  try {
    const configFile = await readConfigFile(file, evaluate);
    findings.problems.push(...configFile.problems);
    return configFile;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    findings.problems.push(...error.problems);
    findings.cause = error.cause;
    return undefined;
  }
}

function envLayers(
  options: LoadConfigOptions,
  findings: Findings,
): { layers: ConfigLayer[]; environment: string } {
  const read = (name: string): Variables => {
    try {
      return readEnvFile(join(options.projectDir, name));
    } catch (error) {
      findings.problems.push({ key: '', message: (error as Error).message, source: name });
      findings.cause ??= error;
      return {};
    }
  };
  const common = read('.env');
  const environment = options.env['NODE_ENV'] || common['NODE_ENV'] || 'development';
  const special = `.env.${basename(environment)}`;
  return {
    layers: [envLayer(common, '.env'), envLayer(read(special), special), envLayer(options.env)],
    environment,
  };
}

function overridesLayer(overrides: Partial<ConfigInput>): ConfigLayer {
  const values: ConfigLayer['values'] = {};
  for (const key of configKeyNames) {
    const value = overrides[key];
    values[key] = typeof value === 'string' ? fromText(value, configKeys[key].form) : value;
  }
  return { values, sourceOf: () => 'command line' };
}

function finish(
  parsed: Config,
  about: { environment: string; projectDir: string },
): Pick<LoadedConfig, 'config' | 'warnings'> {
  const { lists, inBoth } = separateTokens(parsed);
  const warnings: string[] = [];
  if (inBoth > 0)
    warnings.push(`${inBoth} of the validTokens are adminTokens too; they count as admin tokens`);
  if (parsed.debug && about.environment === 'production') {
    warnings.push('debug is on with NODE_ENV=production: clients can read the messages of unexpected errors');
  }
  const config: Config = {
    ...parsed,
    ...lists,
    apisDir: resolve(about.projectDir, parsed.apisDir),
    dataDir: resolve(about.projectDir, parsed.dataDir),
    runnerAllowPrivate: parsed.runnerAllowPrivate ?? about.environment !== 'production',
    logFilePath: resolve(about.projectDir, parsed.logFilePath),
  };
  return { config: deepFreeze(config), warnings };
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  for (const inner of Object.values(value)) deepFreeze(inner);
  return Object.freeze(value);
}
