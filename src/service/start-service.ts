import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createAuthenticator } from '../auth/token-list.ts';
import { createCaller, type Caller } from '../call/call-function.ts';
import type { LoadedConfig } from '../config/load-config.ts';
import type { Config } from '../config/schema.ts';
import { createMeters, type Meters } from './create-meters.ts';
import { createOpenapiResource } from '../describe/openapi-resource.ts';
import { createStrayErrors, type StrayErrors } from '../containment/stray-errors.ts';
import { createHttpApp, shareByCalls } from '../http/app.ts';
import { DirectLane, type Router } from '../http/direct/direct-lane.ts';
import type { AdminPort, HttpDeps } from '../http/http-deps.ts';
import { createHttpServer, type HttpServer, type Listening, type ListeningHandle } from '../http/server.ts';
import type { ServiceState } from '../http/service-state.ts';
import { createLogs, type Logs } from '../logging/create-logs.ts';
import type { GenerationStore } from '../generations/generation-store.ts';
import type { Mcp } from '../mcp/create-mcp.ts';
import type { MetricsData } from '../observability/metrics-data.ts';
import { startScan, type Scan } from '../modules/scan.ts';
import { mapStack } from '../modules/stack-traces.ts';
import { loadEsbuild } from '../modules/transpile.ts';
import { watch, type Watcher } from '../modules/watch.ts';
import type { QuarantinePort } from '../registry/quarantined.ts';
import type { ModuleWarning } from '../registry/snapshot.ts';
import { createRegistry, type Registry } from '../registry/registry.ts';
import { toJsonSchema } from '../signatures/to-json-schema.ts';
import { createGenerations } from './create-generations.ts';
import { createQuarantine, type Quarantine, type QuarantineOptions } from '../supervision/quarantine.ts';
import { startWatchdog, type Watchdog } from '../supervision/watchdog.ts';
import type { ClusterMember } from './cluster/cluster-member.ts';
import { createMcpService } from './create-mcp-service.ts';
import { createModules, type Modules } from './create-modules.ts';
import { describeWarning } from './describe-reload.ts';
import { createLiveConfig, type LiveConfig } from './live-config.ts';
import { openapiSchemas } from './openapi-schemas.ts';
import { openGenerations } from './open-generations.ts';
import type { ConfigSource } from './read-config.ts';
import { createNewsFilter, reloadReporter } from './report-reloads.ts';
import { createHeapTidier, type HeapTidier } from './tidy-heap.ts';
import { ownMapOf } from './own-source-maps.ts';
import { ownCode, version } from './runtime-package.ts';
import { strayPlace } from './stray-place.ts';
import { createServiceViews, type ServiceViews } from './view/service-views.ts';

export interface Service {
  readonly url: string;
  /** Replaces all serving processes, one after the other; only where there are several. */
  readonly restart?: () => Promise<void>;
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
  /** Kept by the supervisor where several processes serve. */
  readonly store: GenerationStore | undefined;
  readonly quarantine: Quarantine;
  readonly watchdog: Watchdog;
  state: ServiceState;
  watcher: Watcher | undefined;
  scan: Scan | undefined;
  readonly projectDir: string;
  mcp: Mcp | undefined;
  readonly caller: Caller;
  readonly views: ServiceViews;
  readonly meters: Meters;
  /** Present in a process that serves together with others. */
  readonly member: ClusterMember | undefined;
}

/**
 * Starts everything: configuration, logs, modules, HTTP, watcher. Modules that fail to load do not prevent it.
 *
 * @throws ConfigError, or Error with a readable message: `apisDir` cannot be read, the port is in use
 */
export async function startService(source: ConfigSource, loaded: LoadedConfig): Promise<Service> {
  const parts = await createParts(source, loaded);
  const { config, logs, modules } = parts;
  try {
    const { http } = createHttp(parts);
    const { url } = await http.listen();
    await modules.reloader.reload('all', 'start');
    parts.state = 'ready';
    // Not before: its thread would take time from the load, and what is saved meanwhile is compared afterwards.
    if (config.current.hotReload) void startWatching(parts);
    parts.views.serving(url);
    logs.system('info', `api-deploy ${version} serves ${config.current.apisDir} at ${url}`);
    let stopping: Promise<void> | undefined;
    return {
      url,
      stop: (why) => (stopping ??= stop(parts, { http, why, state: 'stopping' })),
      ...createReports(parts),
    };
  } catch (error) {
    await modules.checker.close();
    parts.meters.close();
    await parts.store?.close();
    await parts.watchdog.stop();
    await logs.close();
    throw error;
  }
}

/** A process that serves together with others: it loads and listens when its supervisor says so. */
export interface MemberService extends Omit<Service, 'restart' | 'url'> {
  readonly modules: Modules;
  readonly registry: Registry;
  readonly quarantine: Quarantine;
  /** What this process alone has counted. */
  metrics(): MetricsData;
  listen(shared?: ListeningHandle): Promise<Listening>;
  /** As `stop`, but refuses nothing: others serve on. */
  leave(why: string): Promise<void>;
}

export async function createMemberService(
  source: ConfigSource,
  member: ClusterMember,
): Promise<MemberService> {
  const parts = await createParts(source, member.loaded, member);
  const { http, metrics } = createHttp(parts);
  let stopping: Promise<void> | undefined;
  return {
    modules: parts.modules,
    registry: parts.registry,
    quarantine: parts.quarantine,
    metrics,
    async listen(shared) {
      const listening = await http.listen(shared);
      parts.state = 'ready';
      parts.views.serving(listening.url);
      return listening;
    },
    stop: (why) => (stopping ??= stop(parts, { http, why, state: 'stopping' })),
    leave: (why) => (stopping ??= stop(parts, { http, why, state: 'leaving' })),
    ...createReports(parts),
  };
}

function createReports(parts: Parts): Pick<Service, 'reportDropped' | 'reportStray'> {
  const strays = createStrays(parts);
  return {
    reportStray: (message, err) => strays.report(message, err),
    reportDropped: (stream, bytes) =>
      parts.logs.system(
        'warn',
        `${stream} is not read fast enough: ${bytes} bytes that were written to it were dropped`,
      ),
  };
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

async function createParts(
  source: ConfigSource,
  loaded: LoadedConfig,
  member?: ClusterMember,
): Promise<Parts> {
  if (member === undefined) await checkApisDir(loaded.config.apisDir);
  const config = member?.config ?? createLiveConfig(source, loaded);
  const settings = (): Config => config.current;
  const registry = createRegistry(member?.generationAfter);
  const logs = await createLogs({
    settings,
    projectDir: source.projectDir,
    console: loaded.environment === 'production' ? 'json' : 'pretty',
    mapStack: (stack) => mapStack(stack, (file) => modules.reloader.mapOf(file) ?? ownMapOf(file)),
    generation: () => registry.current.generation,
    secrets: () => [...settings().validTokens, ...settings().adminTokens],
    ...member?.logs,
  });
  if (member === undefined) loaded.warnings.forEach((warning) => logs.system('warn', warning));
  const meters = createMeters(registry);
  const generations = member === undefined ? await openGenerations(settings, logs) : undefined;
  registry.continueAfter(generations?.store.lastNumber ?? 0);
  const quarantine = createQuarantine(() => settings().quarantineAfter, quarantineOptions(registry, member));
  const codeOf = (file: string): string | undefined => modules.reloader.codeOf(file);
  const watchdog = startWatchdog({ settings, logs, quarantine, ownCode, codeOf });
  const reportReload = reloadReporter(logs, settings);
  const tidyHeap = createHeapTidier(meters.meter);
  const caller = createCalls({ config, logs, quarantine, meters, member });
  const processName = member === undefined ? 'main' : `worker-${process.pid}`;
  const views = createServiceViews({ ...source, ...loaded, processName, settings, registry, logs, caller });
  const modules = createModules({
    settings,
    projectDir: source.projectDir,
    registry,
    logs,
    views,
    cacheDir: join(settings().dataDir, 'cache'),
    ...(generations && { generations }),
    onReport(report, newFailures) {
      meters.countReload(report, newFailures);
      reportReload(report, newFailures);
      tidyHeap.loaded(report);
    },
    onWarnings: warningsTeller(logs, tidyHeap),
    onOutsideFiles: (files) => parts.watcher?.setOutsideFiles(files),
    ...member?.modules,
  });
  const parts: Parts = {
    config,
    registry,
    logs,
    modules,
    store: generations?.store,
    quarantine,
    watchdog,
    projectDir: source.projectDir,
    state: 'starting',
    watcher: undefined,
    scan: undefined,
    mcp: undefined,
    caller,
    views,
    meters,
    member,
  };
  return parts;
}

function quarantineOptions(registry: Registry, member: ClusterMember | undefined): QuarantineOptions {
  return {
    serves: ({ path, instance }) => registry.current.endpoints.get(path)?.instance === instance,
    elsewhere: member?.quarantine,
  };
}

function warningsTeller(logs: Logs, tidyHeap: HeapTidier): (warnings: readonly ModuleWarning[]) => void {
  const newWarnings = createNewsFilter<string>((text) => text);
  return (warnings) => {
    for (const text of newWarnings(warnings.map(describeWarning))) logs.system('warn', text);
    tidyHeap.refined();
  };
}

function createCalls({
  config,
  logs,
  quarantine,
  meters,
  member,
}: Pick<Parts, 'config' | 'logs' | 'member' | 'meters' | 'quarantine'>): Caller {
  return createCaller({
    settings: () => config.current,
    logs,
    quarantine,
    onShed: (reason) => meters.meter.shed(reason),
    ...member?.calls,
  });
}

function createHttp(parts: Parts): { http: HttpServer; metrics: () => MetricsData } {
  const { config, registry, logs, meters, member, projectDir, caller } = parts;
  const { meter } = meters;
  const settings = (): Config => config.current;
  const metrics = (): MetricsData =>
    meters.collect({
      runningCalls: caller.running,
      quarantined: parts.quarantine.list(registry.current.endpoints).length,
    });
  const deps: HttpDeps & { quarantine: QuarantinePort } = {
    settings,
    registry,
    caller,
    authenticator: createAuthenticator(settings),
    admin: member?.admin ?? createAdmin(parts),
    quarantine: {
      list: () => parts.quarantine.list(registry.current.endpoints),
      async lift(endpoint) {
        const lifted = await (member?.quarantine ?? parts.quarantine).lift(endpoint);
        if (lifted) logs.system('info', `'${endpoint}' was let out of quarantine by an admin`, { endpoint });
        return lifted;
      },
    },
    logs,
    state: () => parts.state,
    meter,
    metrics: member?.metrics ?? metrics,
    eventLoopLag: () => meters.lag.mean,
    describe: ({ signature }) => toJsonSchema(signature),
    openapi: createOpenapiResource({ version, schemas: openapiSchemas }),
    ...(member === undefined ? {} : { door: member.door, moreState: member.moreState }),
    version,
    startedAt: member?.startedAt ?? new Date(),
  };
  const mcp = createMcpService({ http: deps, settings, projectDir });
  parts.mcp = mcp;
  const complete: HttpDeps = { ...deps, mcp };
  const shared = shareByCalls(complete);
  const app = createHttpApp(complete, shared);
  const createLane = (router: Router): DirectLane => new DirectLane(complete, shared, router);
  return { http: createHttpServer({ app, createLane, settings, registry, logs, meter }), metrics };
}

/** What admins may do where one process serves. */
function createAdmin({ config, registry, logs, modules, store, projectDir }: Parts): AdminPort {
  if (store === undefined) throw new Error('a process that serves with others has its supervisor for admins');
  const generations = createGenerations({ store, registry, reloader: modules.reloader, projectDir });
  return {
    reload: () => modules.reloader.reload('all', 'admin'),
    async reloadConfig() {
      const changes = await config.reload();
      const changed = changes.changed.join(', ') || 'nothing';
      logs.system('info', `configuration reloaded; changed: ${changed}`, { ...changes });
      return changes;
    },
    generations: (request) => generations.list(request),
    rollBack: (request) => generations.rollBack(request),
  };
}

/**
 * The watcher takes a moment; what was saved meanwhile was seen by nobody, so all is compared once. What the first save
 * needs is loaded too.
 */
async function startWatching(parts: Parts): Promise<void> {
  const { config, logs, modules } = parts;
  const onTouched = (files: ReadonlySet<string> | 'all'): void => {
    modules.reloader.reload(files, 'save').catch((err: unknown) => logs.error('a reload failed', { err }));
  };
  const watcher = await watch({
    apisDir: config.current.apisDir,
    logs,
    onTouched,
    onLone: (file) => modules.reloader.expect(file),
  });
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
  await loadEsbuild().catch(() => {});
}

/** Milliseconds that clients of a process that leaves get to use their idle connections once more. */
const farewellWhenLeaving = 1_000;

interface Stop {
  readonly http: HttpServer;
  readonly why: string;
  readonly state: 'stopping' | 'leaving';
}

async function stop(parts: Parts, { http, why, state }: Stop): Promise<void> {
  const { config, registry, logs, modules, store } = parts;
  const { shutdownTimeout } = config.current;
  parts.state = state;
  logs.system('info', `stopping: ${why}`);
  parts.scan?.close();
  await parts.watcher?.close();
  await parts.mcp?.closeStreams();
  const { cut } = await http.drain(shutdownTimeout, state === 'leaving' ? farewellWhenLeaving : undefined);
  if (cut > 0)
    logs.system('warn', `${cut} connections were cut after ${shutdownTimeout} s (shutdownTimeout)`);
  await modules.reloader.close();
  await modules.checker.close();
  parts.meters.close();
  store?.noteNumber(registry.current.generation);
  await store?.close();
  await parts.watchdog.stop();
  logs.system('info', 'stopped');
  await logs.close();
}

/** @throws Error with a readable message when there is no such folder */
export async function checkApisDir(apisDir: string): Promise<void> {
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
