import { createCaller } from '../call/call-function.ts';
import type { Config } from '../config/schema.ts';
import type { LogPort } from '../contract/log-port.ts';
import { createRegistry } from '../registry/registry.ts';
import type { ModuleFailure, Snapshot } from '../registry/snapshot.ts';
import { createModules } from './create-modules.ts';
import { readConfig, type ConfigSource } from './read-config.ts';
import { createServiceViews } from './view/service-views.ts';

export interface CheckResult {
  readonly snapshot: Snapshot;
  readonly failures: readonly ModuleFailure[];
}

/**
 * Loads every module as a start would, and disposes of it again; serves nothing.
 *
 * @throws ConfigError, or Error when `apisDir` cannot be read
 */
export async function checkModules(source: ConfigSource): Promise<CheckResult> {
  const { config, environment } = await readConfig(source);
  const settings = (): Config => config;
  const { projectDir } = source;
  const registry = createRegistry();
  const logs = errorsOnly;
  const caller = createCaller({ settings, logs });
  const views = createServiceViews({
    settings,
    projectDir,
    environment,
    processName: 'check',
    registry,
    logs,
    caller,
  });
  const { reloader, checker } = createModules({
    settings,
    projectDir,
    registry,
    logs,
    views,
  });
  try {
    await reloader.reload('all', 'start');
    return { snapshot: registry.current, failures: registry.failures };
  } finally {
    await reloader.close();
    await checker.close();
  }
}

/** A check has no log; what fails beside the report goes to stderr. */
const errorsOnly: LogPort = {
  loggable: () => undefined,
  request() {},
  error: (message, fields) => console.error(message, fields?.['err'] ?? ''),
  system() {},
  auth() {},
  call() {},
  flush() {},
  close: () => Promise.resolve(),
};
