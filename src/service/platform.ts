import { existsSync } from 'node:fs';
import { cp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../config/schema.ts';
import { evaluateFile } from '../modules/evaluate-file.ts';
import { isInstalled } from '../modules/resolve-import.ts';
import { packages, runtimeExports } from './create-modules.ts';
import { readConfig, type ConfigSource } from './read-config.ts';
import { runtimeDir, version } from './runtime-package.ts';
import { openCaller, type TestCaller } from './test-caller.ts';

/** Seconds that loading a file with the packages that it needs may take. */
const evaluationTimeout = 60;

/** Folder with the modules of the test platform: the project's own where it has them, else those of this package. */
async function platformDir({ apisDir, dataDir }: Pick<Config, 'apisDir' | 'dataDir'>): Promise<string> {
  if (existsSync(join(apisDir, '_platform'))) return apisDir;
  const own = join(runtimeDir, 'apis');
  // What lies below a `node_modules` belongs to Node's loader, types and all; so it is taken out of there.
  return isInstalled(own) ? await copyOnce(own, join(dataDir, 'cache', `platform-${version}`)) : own;
}

async function copyOnce(from: string, to: string): Promise<string> {
  if (existsSync(to)) return to;
  const aside = `${to}.${process.pid}`;
  await cp(from, aside, { recursive: true });
  await rename(aside, to).catch(async (error: unknown) => {
    await rm(aside, { recursive: true, force: true });
    // Another process was faster.
    if (!existsSync(to)) throw error;
  });
  return to;
}

/**
 * A file of the platform as a command needs it: apart from everything that is served, without `onLoad` hooks, and so
 * without an open database.
 *
 * @throws ConfigError, or Error with file, line and cause
 */
export async function evaluatePlatformFile(
  source: ConfigSource,
  path: string,
): Promise<{ readonly exports: Record<string, unknown>; readonly config: Config }> {
  const { config } = await readConfig(source);
  const file = join(await platformDir(config), path);
  const exports = await evaluateFile(file, { packages, runtimeExports, timeout: evaluationTimeout });
  return { exports, config };
}

/** The test platform in this process. */
export interface Platform extends Pick<TestCaller, 'call' | 'close' | 'endpoints' | 'failures'> {
  /** Where its modules are. */
  readonly dir: string;
}

/**
 * Opens the test platform without serving it: it runs what it is asked to, and nothing that waits for a service.
 *
 * @param dataDir in place of that of the configuration
 * @throws ConfigError, or Error when its folder cannot be read
 */
export async function openPlatform(source: ConfigSource, dataDir?: string): Promise<Platform> {
  const { config } = await readConfig(source);
  const dir = await platformDir(config);
  const { projectDir, env, overrides, configFile } = source;
  const changed = { ...overrides, apisDir: dir, ...(dataDir === undefined ? {} : { dataDir }) };
  const caller = await openCaller(
    { projectDir, env, config: changed, roles: ['business', 'admin'] },
    { serves: false, configFile, cacheDir: join(config.dataDir, 'cache', 'commands') },
  );
  return Object.assign(Object.create(caller) as TestCaller, { dir });
}

interface DatasetReader {
  readDataset(text: string, how: { format: 'csv' | 'json'; inferTypes: boolean }): { rows: unknown[] };
}

/**
 * Rows of a CSV or JSON file, as the platform reads datasets.
 *
 * @throws Error with the line that cannot be read
 */
export async function readRows({ dir }: Platform, text: string, file: string): Promise<unknown[]> {
  const path = join(dir, '_platform/catalog/read-dataset.ts');
  const reader = await evaluateFile(path, { packages, runtimeExports, timeout: evaluationTimeout });
  const format = /\.(?:json|jsonl|ndjson)$/i.test(file) ? 'json' : 'csv';
  return (reader as unknown as DatasetReader).readDataset(text, { format, inferTypes: false }).rows;
}
