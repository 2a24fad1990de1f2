import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createAuthenticator } from '../auth/token-list.ts';
import { createCaller } from '../call/call-function.ts';
import type { Config } from '../config/schema.ts';
import { createMeters, type Meters } from './create-meters.ts';
import { createOpenapiResource } from '../describe/openapi-resource.ts';
import { createStrayErrors, type StrayErrors } from '../containment/stray-errors.ts';
import { createHttpApp } from '../http/app.ts';
import type { HttpDeps } from '../http/http-deps.ts';
import { createHttpServer, type HttpServer } from '../http/server.ts';
import type { ServiceState } from '../http/service-state.ts';
import { createLogs, type Logs } from '../logging/create-logs.ts';
import type { GenerationStore } from '../generations/generation-store.ts';
import type { Mcp } from '../mcp/create-mcp.ts';
import { startScan, type Scan } from '../modules/scan.ts';
import { mapStack } from '../modules/stack-traces.ts';
import { watch, type Watcher } from '../modules/watch.ts';
import type { QuarantinePort } from '../registry/quarantined.ts';
import { createRegistry, type Registry } from '../registry/registry.ts';
import { toJsonSchema } from '../signatures/to-json-schema.ts';
import { createGenerations } from './create-generations.ts';
import { createQuarantine, type Quarantine } from '../supervision/quarantine.ts';
import { startWatchdog, type Watchdog } from '../supervision/watchdog.ts';
import { createMcpService } from './create-mcp-service.ts';
import { createModules, type Modules } from './create-modules.ts';
import { describeWarning } from './describe-reload.ts';
import { createLiveConfig, type LiveConfig } from './live-config.ts';
import { openapiSchemas } from './openapi-schemas.ts';
import { openGenerations } from './open-generations.ts';
import { readConfig, type ConfigSource } from './read-config.ts';
import { createNewsFilter, reloadReporter } from './report-reloads.ts';
import { ownCode, version } from './runtime-package.ts';
import { strayPlace } from './stray-place.ts';

export interface Service {
  readonly url: string;
  /** Finishes calls in flight, disposes of all modules, and flushes the logs. May be called more than once. */
  stop(why: string): Promise<void>;
  /** For what went wrong outside every call. */
  reportStray(message: string, err: unknown): void;
  /** For text that stdout or stderr could not take. */
  reportDropped(stream: string, bytes: number): void;
}

/** What the parts of a running service share. */
interface Parts {
  readonly config: LiveConfig;
  readonly registry: Registry;
  readonly logs: Logs;
  readonly modules: Modules;
  readonly store: GenerationStore;
  readonly quarantine: Quarantine;
  readonly watchdog: Watchdog;
  state: ServiceState;
  watcher: Watcher | undefined;
  scan: Scan | undefined;
  readonly projectDir: string;
  mcp: Mcp | undefined;
  readonly meters: Meters;
}

/**
 * Starts everything: configuration, logs, modules, HTTP, watcher. Modules that fail to load do not prevent it.
 *
 * @throws ConfigError, or Error with a readable message: `apisDir` cannot be read, the port is in use
 */
export async function startService(source: ConfigSource): Promise<Service> {
  const parts = await createParts(source);
  const { config, logs, modules, store } = parts;
  try {
    const http = createHttp(parts);
    const { url } = await http.listen();
    if (config.current.hotReload) void startWatching(parts);
    await modules.reloader.reload('all', 'start');
    parts.state = 'ready';
    logs.system('info', `api-deploy ${version} serves ${config.current.apisDir} at ${url}`);
    const strays = createStrays(parts);
    let stopping: Promise<void> | undefined;
    return {
      url,
      stop: (why) => (stopping ??= stop(parts, http, why)),
      reportStray: (message, err) => strays.report(message, err),
      reportDropped: (stream, bytes) =>
        logs.system(
          'warn',
          `${stream} is not read fast enough: ${bytes} bytes that were written to it were dropped`,
        ),
    };
  } catch (error) {
    await modules.checker.close();
    parts.meters.close();
    await store.close();
    await parts.watchdog.stop();
    await logs.close();
    throw error;
  }
}

/** What goes wrong outside every call, with the file that it came from. */
function createStrays({ logs, modules, projectDir }: Parts): StrayErrors {
  const mapOf = (file: string): string | undefined => modules.reloader.mapOf(file);
  return createStrayErrors({
    placeOf: (thrown) => strayPlace(thrown, { projectDir, mapOf }),
    log({ message, err, place }) {
      const from = place === undefined ? 'nothing tells where it came from' : `it came from ${place}`;
      logs.error(`${message}; ${from}`, { err, ...(place === undefined ? {} : { place }) });
    },
    logSuppressed(counts) {
      const all = [...counts.values()].reduce((sum, count) => sum + count, 0);
      const places = [...counts].map(
        ([place, count]) => `${count} from ${place ?? 'places that were not looked for'}`,
      );
      logs.error(`${all} more errors outside every call were left out: ${places.slice(0, 10).join(', ')}`);
    },
  });
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
  const meters = createMeters(registry);
  const generations = await openGenerations(settings, logs);
  registry.continueAfter(generations.store.lastNumber);
  const quarantine = createQuarantine(() => settings().quarantineAfter);
  const watchdog = startWatchdog({
    settings,
    logs,
    quarantine,
    ownCode,
    codeOf: (file) => modules.reloader.codeOf(file),
  });
  const newWarnings = createNewsFilter(describeWarning);
  const reportReload = reloadReporter(logs, settings);
  const modules = createModules({
    settings,
    projectDir: source.projectDir,
    registry,
    logs,
    cacheDir: join(settings().dataDir, 'cache'),
    generations,
    onReport(report, newFailures) {
      meters.countReload(report, newFailures);
      reportReload(report, newFailures);
    },
    onWarnings(warnings) {
      for (const warning of newWarnings(warnings)) logs.system('warn', describeWarning(warning));
    },
    onOutsideFiles: (files) => parts.watcher?.setOutsideFiles(files),
  });
  const parts: Parts = {
    config,
    registry,
    logs,
    modules,
    store: generations.store,
    quarantine,
    watchdog,
    projectDir: source.projectDir,
    state: 'starting',
    watcher: undefined,
    scan: undefined,
    mcp: undefined,
    meters,
  };
  return parts;
}

function createHttp(parts: Parts): HttpServer {
  const { config, registry, logs, modules, meters, store, projectDir } = parts;
  const { meter } = meters;
  const settings = (): Config => config.current;
  const caller = createCaller({
    settings,
    logs,
    quarantine: parts.quarantine,
    onShed: (reason) => meter.shed(reason),
  });
  const generations = createGenerations({ store, registry, reloader: modules.reloader, projectDir });
  const deps: HttpDeps & { quarantine: QuarantinePort } = {
    settings,
    registry,
    caller,
    authenticator: createAuthenticator(settings),
    admin: {
      reload: () => modules.reloader.reload('all', 'admin'),
      async reloadConfig() {
        const changes = await config.reload();
        const changed = changes.changed.join(', ') || 'nothing';
        logs.system('info', `configuration reloaded; changed: ${changed}`, { ...changes });
        return changes;
      },
      generations: (request) => generations.list(request),
      rollBack: (request) => generations.rollBack(request),
    },
    quarantine: {
      list: () => parts.quarantine.list(registry.current.endpoints),
      lift(endpoint) {
        const lifted = parts.quarantine.lift(endpoint);
        if (lifted) logs.system('info', `'${endpoint}' was let out of quarantine by an admin`, { endpoint });
        return lifted;
      },
    },
    logs,
    state: () => parts.state,
    meter,
    metrics: () =>
      meters.collect({
        runningCalls: caller.running,
        quarantined: parts.quarantine.list(registry.current.endpoints).length,
      }),
    eventLoopLag: () => meters.lag.mean,
    describe: ({ signature }) => toJsonSchema(signature),
    openapi: createOpenapiResource({ version, schemas: openapiSchemas }),
    version,
    startedAt: new Date(),
  };
  const mcp = createMcpService({ http: deps, settings, projectDir });
  parts.mcp = mcp;
  return createHttpServer({
    app: createHttpApp({ ...deps, mcp }),
    settings,
    registry,
    logs,
    meter,
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
  parts.scan = startScan({
    interval: () => config.current.scanInterval,
    files: () => modules.reloader.watchedFiles(),
    onTouched,
  });
  // Whatever fails now fails the next reload too, which tells.
  await modules.reloader
    .reload('all', 'save')
    .catch((err: unknown) => logs.error('a reload failed', { err }));
  const served = [...parts.registry.current.modules.values()].map(({ file }) => file).sort();
  await modules.checker.warm(served).catch(() => {});
}

async function stop(parts: Parts, http: HttpServer, why: string): Promise<void> {
  const { config, registry, logs, modules, store } = parts;
  const { shutdownTimeout } = config.current;
  parts.state = 'stopping';
  logs.system('info', `stopping: ${why}`);
  parts.scan?.close();
  await parts.watcher?.close();
  await parts.mcp?.closeStreams();
  const { cut } = await http.drain(shutdownTimeout);
  if (cut > 0)
    logs.system('warn', `${cut} connections were cut after ${shutdownTimeout} s (shutdownTimeout)`);
  await modules.reloader.close();
  await modules.checker.close();
  parts.meters.close();
  store.noteNumber(registry.current.generation);
  await store.close();
  await parts.watchdog.stop();
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
