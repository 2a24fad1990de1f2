import { stat } from 'node:fs/promises';
import { createAuthenticator } from '../auth/token-list.ts';
import { createCaller } from '../call/call-function.ts';
import type { Config } from '../config/schema.ts';
import { createHttpApp } from '../http/app.ts';
import { createHttpServer, type HttpServer } from '../http/server.ts';
import type { ServiceState } from '../http/service-state.ts';
import { createLogs, type Logs } from '../logging/create-logs.ts';
import { mapStack } from '../modules/stack-traces.ts';
import { watch, type Watcher } from '../modules/watch.ts';
import { createRegistry, type Registry } from '../registry/registry.ts';
import { toJsonSchema } from '../signatures/to-json-schema.ts';
import { createModules, type Modules } from './create-modules.ts';
import { describeFailure, describeReload } from './describe-reload.ts';
import { createLiveConfig, type LiveConfig } from './live-config.ts';
import { readConfig, type ConfigSource } from './read-config.ts';
import { version } from './runtime-package.ts';

export interface Service {
  readonly url: string;
  /** Finishes calls in flight, disposes of all modules, and flushes the logs. May be called more than once. */
  stop(why: string): Promise<void>;
  /** For what went wrong outside every call. */
  reportStray(message: string, err: unknown): void;
}

/** What the parts of a running service share. */
interface Parts {
  readonly config: LiveConfig;
  readonly registry: Registry;
  readonly logs: Logs;
  readonly modules: Modules;
  state: ServiceState;
  watcher: Watcher | undefined;
}

/**
 * Starts everything: configuration, logs, modules, HTTP, watcher. Modules that fail to load do not prevent it.
 *
 * @throws ConfigError, or Error with a readable message: `apisDir` cannot be read, the port is in use
 */
export async function startService(source: ConfigSource): Promise<Service> {
  const parts = await createParts(source);
  const { config, logs, modules } = parts;
  try {
    const http = createHttp(parts);
    const { url } = await http.listen();
    if (config.current.hotReload) void startWatching(parts);
    await modules.reloader.reload('all', 'start');
    parts.state = 'ready';
    logs.system('info', `api-deploy ${version} serves ${config.current.apisDir} at ${url}`);
    let stopping: Promise<void> | undefined;
    return {
      url,
      stop: (why) => (stopping ??= stop(parts, http, why)),
      reportStray: (message, err) => logs.error(message, { err }),
    };
  } catch (error) {
    await modules.checker.close();
    await logs.close();
    throw error;
  }
}

async function createParts(source: ConfigSource): Promise<Parts> {
  const loaded = await readConfig(source);
  await checkApisDir(loaded.config.apisDir);
  const config = createLiveConfig(source, loaded);
  const settings = (): Config => config.current;
  const registry = createRegistry();
  const logs = await createLogs({
    settings,
    projectDir: source.projectDir,
    console: loaded.environment === 'production' ? 'json' : 'pretty',
    mapStack: (stack) => mapStack(stack, (file) => modules.reloader.mapOf(file)),
    generation: () => registry.current.generation,
    secrets: () => [...settings().validTokens, ...settings().adminTokens],
  });
  for (const warning of loaded.warnings) logs.system('warn', warning);
  const modules = createModules({
    settings,
    projectDir: source.projectDir,
    registry,
    logs,
    onReport(report, newFailures) {
      const { reason, endpoints, durationMs } = report;
      if (report.swapped) logs.system('info', describeReload(report), { reason, ...endpoints, durationMs });
      for (const failure of newFailures) logs.error(describeFailure(failure), { module: failure.module });
    },
    onOutsideFiles: (files) => parts.watcher?.setOutsideFiles(files),
  });
  const parts: Parts = { config, registry, logs, modules, state: 'starting', watcher: undefined };
  return parts;
}

function createHttp(parts: Parts): HttpServer {
  const { config, registry, logs, modules } = parts;
  const settings = (): Config => config.current;
  const app = createHttpApp({
    settings,
    registry,
    caller: createCaller({ settings, logs }),
    authenticator: createAuthenticator(settings),
    admin: {
      reload: () => modules.reloader.reload('all', 'admin'),
      async reloadConfig() {
        const changes = await config.reload();
        const changed = changes.changed.join(', ') || 'nothing';
        logs.system('info', `configuration reloaded; changed: ${changed}`, { ...changes });
        return changes;
      },
    },
    logs,
    state: () => parts.state,
    describe: ({ signature }) => toJsonSchema(signature),
    version,
    startedAt: new Date(),
  });
  return createHttpServer({
    app,
    settings: settings(),
    bodyLimit: () => settings().bodyLimit,
    registry,
    logs,
  });
}

/** The watcher takes a moment; what was saved meanwhile was seen by nobody, so all is compared once. */
async function startWatching(parts: Parts): Promise<void> {
  const { config, logs, modules } = parts;
  const onTouched = (files: ReadonlySet<string> | 'all'): void => {
    modules.reloader.reload(files, 'save').catch((err: unknown) => logs.error('a reload failed', { err }));
  };
  const watcher = await watch({ apisDir: config.current.apisDir, logs, onTouched });
  if (parts.state === 'stopping') return await watcher.close();
  parts.watcher = watcher;
  onTouched('all');
}

async function stop(parts: Parts, http: HttpServer, why: string): Promise<void> {
  const { config, logs, modules } = parts;
  const { shutdownTimeout } = config.current;
  parts.state = 'stopping';
  logs.system('info', `stopping: ${why}`);
  await parts.watcher?.close();
  const { cut } = await http.drain(shutdownTimeout);
  if (cut > 0)
    logs.system('warn', `${cut} connections were cut after ${shutdownTimeout} s (shutdownTimeout)`);
  await modules.reloader.close();
  await modules.checker.close();
  logs.system('info', 'stopped');
  await logs.close();
}

async function checkApisDir(apisDir: string): Promise<void> {
  const found = await stat(apisDir).catch((error: NodeJS.ErrnoException) => error);
  if (found instanceof Error) {
    const why = found.code ?? found.message;
    throw new Error(
      `apisDir '${apisDir}' cannot be read (${why}); create it, or name another with APIS_DIR or --apis`,
    );
  }
  if (!found.isDirectory())
    throw new Error(`apisDir '${apisDir}' is no folder; name one with APIS_DIR or --apis`);
}
