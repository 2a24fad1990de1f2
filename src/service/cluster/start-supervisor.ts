import { join } from 'node:path';
import { createRateCounter } from '../../call/rate-limits.ts';
import type { LoadedConfig } from '../../config/load-config.ts';
import type { Config } from '../../config/schema.ts';
import { createLogs, type Logs } from '../../logging/create-logs.ts';
import { createCaptureKeeper } from '../../modules/keep-generations.ts';
import { ReloadRun, runReloadWithin } from '../../modules/reload-run.ts';
import { ProcessMeter } from '../../observability/process-meter.ts';
import { ReloadQueue, type Touched } from '../../modules/reload-queue.ts';
import { startFarewellServer } from '../../http/farewell-server.ts';
import { readUserTsconfig } from '../../modules/user-tsconfig.ts';
import { startScan } from '../../modules/scan.ts';
import { watch } from '../../modules/watch.ts';
import type { Decision } from '../../registry/agreement.ts';
import { Coordinator } from '../../supervision/cluster/coordinator.ts';
import { WorkerPool } from '../../supervision/cluster/worker-pool.ts';
import { forkWorker } from '../../supervision/cluster/worker-process.ts';
import { bootWorker, createFirstLoad } from './boot-worker.ts';
import { createGenerations } from '../create-generations.ts';
import { createSources } from '../create-modules.ts';
import { createLiveConfig } from '../live-config.ts';
import { openGenerations } from '../open-generations.ts';
import type { ConfigSource } from '../read-config.ts';
import { createNewsFilter } from '../report-reloads.ts';
import { version } from '../runtime-package.ts';
import { checkApisDir, type Service } from '../start-service.ts';
import { prepareLoad } from './prepare-load.ts';
import { createWorkerReloads, noteMended } from './worker-reloads.ts';
import { SharedMetrics } from './shared-metrics.ts';
import { SharedQuarantine } from './shared-quarantine.ts';
import { SharedSources } from './shared-sources.ts';
import { supervisorHandlers, watchOutside } from './supervisor-handlers.ts';
import type { Boot } from './start-worker.ts';
import { reloadAll, tellHeld, tellStatus, type SupervisorParts } from './supervisor-parts.ts';

/** Seconds that a process may stay silent beyond `blockTimeout`, after which its watchdog ends what blocks it. */
const hangMargin = 2;
/** So many modules in a row may use up their `loadTimeout` before a process that loads is taken for hung. */
const slowModules = 4;

/** How often in a row the processes may find different things on disk, until it is left to the next save. */
const retriesAtMost = 5;

/**
 * Starts several processes that serve, and leads them: configuration, watcher, transpiler, type checker and
 * log files are here, once.
 *
 * @throws Error with a readable message: `apisDir` cannot be read, the port is in use
 */
export async function startSupervisor(source: ConfigSource, loaded: LoadedConfig): Promise<Service> {
  await checkApisDir(loaded.config.apisDir);
  const parts = await createParts(source, loaded);
  const { config, pool, logs } = parts;
  const killAll = (): void => pool.kill();
  process.on('exit', killAll);
  try {
    await pool.start();
    if (config.current.hotReload) void startWatching(parts);
    const { workers, apisDir } = config.current;
    logs.system('info', `api-deploy ${version} serves ${apisDir} at ${parts.url} with ${workers} workers`);
    let stopping: Promise<void> | undefined;
    return {
      url: parts.url,
      stop: (why) => (stopping ??= stop(parts, why).finally(() => process.off('exit', killAll))),
      reportStray: (message, err) => logs.error(message, { err }),
      reportDropped: (stream, bytes) =>
        logs.system(
          'warn',
          `${stream} is not read fast enough: ${bytes} bytes that were written to it were dropped`,
        ),
      restart: () => pool.restart(),
    };
  } catch (error) {
    pool.kill();
    await pool.allEnded();
    await closeSources(parts);
    await logs.close();
    throw error;
  }
}

async function createParts(source: ConfigSource, loaded: LoadedConfig): Promise<SupervisorParts> {
  const config = createLiveConfig(source, loaded);
  const settings = (): Config => config.current;
  const logs = await createLogs({
    settings,
    projectDir: source.projectDir,
    console: loaded.environment === 'production' ? 'json' : 'pretty',
    generation: () => parts.coordinator.generation,
    secrets: () => [...settings().validTokens, ...settings().adminTokens],
  });
  for (const warning of loaded.warnings) logs.system('warn', warning);
  const { apisDir, dataDir } = settings();
  const kept = await openGenerations(settings, logs);
  const { store } = kept;
  const { projectDir } = source;
  const own = createSources(
    {
      settings,
      projectDir,
      cacheDir: join(dataDir, 'cache'),
      logs,
      generations: kept,
      onPins: () => tellHeld(parts),
    },
    readUserTsconfig(apisDir),
  );
  const sources = new SharedSources({ apisDir, own });
  const coordinator = createCoordinator(() => parts, { sources, logs, continueAfter: store.lastNumber });
  const meter = new ProcessMeter();
  const registry = { current: coordinator };
  const reloads = createWorkerReloads(() => parts, projectDir);
  const parts: SupervisorParts = {
    startedAt: new Date(),
    loaded,
    config,
    logs,
    own,
    store,
    keepCaptured: createCaptureKeeper(store, own.disk),
    generations: createGenerations({ store, registry, projectDir, reloader: { rollBack: reloads.rollBack } }),
    meter,
    metrics: new SharedMetrics(meter),
    sources,
    quarantine: new SharedQuarantine(() => parts),
    coordinator,
    queue: new ReloadQueue(reloads.reload),
    pool: createPool(() => parts, { logs, config }),
    count: createRateCounter(),
    told: new WeakMap(),
    newWarnings: createNewsFilter((text: string) => text),
    watcher: undefined,
    scan: undefined,
    failures: [],
    retries: 0,
    port: undefined,
    url: '',
  };
  return parts;
}

function createPool(
  parts: () => SupervisorParts,
  { logs, config }: Pick<SupervisorParts, 'logs' | 'config'>,
): WorkerPool {
  const seconds = (): number => {
    const { blockTimeout } = config.current;
    return blockTimeout === 0 ? Infinity : blockTimeout + hangMargin;
  };
  const loadFirst = createFirstLoad(parts);
  return new WorkerPool({
    count: config.current.workers,
    fork: () =>
      forkWorker({
        handlersOf: (worker) => supervisorHandlers(parts, worker),
        onLines: (lines) => logs.relay(lines),
      }),
    boot: (worker) => bootWorker(worker, parts(), loadFirst),
    generation: () => parts().coordinator.generation,
    hungAfter: () => seconds() * 1000,
    hungLoadingAfter: () => (seconds() + slowModules * config.current.loadTimeout) * 1000,
    shutdownTimeout: () => config.current.shutdownTimeout,
    logs,
    onChange: () => tellStatus(parts()),
  });
}

interface Coordinating {
  readonly sources: SharedSources;
  readonly logs: Logs;
  readonly continueAfter: number;
}

function createCoordinator(
  parts: () => SupervisorParts,
  { sources, logs, continueAfter }: Coordinating,
): Coordinator {
  return new Coordinator({
    serving: () => parts().pool.serving,
    onBegin: () => sources.begin(),
    prepare: (request) =>
      runReloadWithin(parts().config.current.reloadTimeout, new ReloadRun(), (run) =>
        prepareLoad(request, { sources, run }),
      ).catch((error: Error) => {
        noteMended(error);
        throw error;
      }),
    continueAfter,
    async prepareBoot(): Promise<Boot> {
      await sources.accepted();
      return {
        good: sources.good(parts().coordinator.generation),
        whole: parts().pool.serving.length > 0,
        failures: parts().failures,
      };
    },
    onDecision(decision, proposals) {
      void sources
        .accept(decision, proposals)
        .catch((err: unknown) => logs.error('what serves could not be kept for new workers', { err }));
      parts().quarantine.forget(decision, proposals);
      tellStatus(parts());
      retryLater(parts(), decision);
    },
    onCrash: ({ record, signal, code }) => sources.condemn(record.loading, signal ?? `code ${code}`),
  });
}

/** What the processes have not seen alike, all look at once more. */
function retryLater(parts: SupervisorParts, { retry }: Decision): void {
  const { logs } = parts;
  parts.retries = retry.length === 0 ? 0 : parts.retries + 1;
  if (parts.retries === 0) return;
  if (parts.retries > retriesAtMost)
    return logs.error('the workers find different files again and again', { files: retry });
  void reloadAll(parts, new Set(retry));
}

/** The watcher takes a moment; what was saved meanwhile was seen by nobody, so all is compared once. */
async function startWatching(parts: SupervisorParts): Promise<void> {
  const { config, logs, pool, own, sources } = parts;
  const onTouched = (touched: Touched): void => void reloadAll(parts, touched);
  const watcher = await watch({ apisDir: config.current.apisDir, logs, onTouched });
  if (pool.isStopping) return await watcher.close();
  parts.watcher = watcher;
  watchOutside(parts);
  parts.scan = startScan({
    interval: () => config.current.scanInterval,
    files: async () => (await pool.serving[0]?.peer.ask<string[]>('watched-files')) ?? [],
    onTouched,
  });
  await reloadAll(parts, 'all');
  await own.checker.warm(sources.served).catch(() => {});
}

async function stop(parts: SupervisorParts, why: string): Promise<void> {
  const { logs, pool } = parts;
  logs.system('info', `stopping: ${why}`);
  parts.scan?.close();
  await parts.watcher?.close();
  const { port, coordinator } = parts;
  const farewell = port === undefined ? undefined : await startFarewellServer(port, coordinator.generation);
  await pool.stop(why);
  await farewell?.close();
  await closeSources(parts);
  logs.system('info', 'stopped');
  await logs.close();
}

async function closeSources({ own, sources, store, coordinator }: SupervisorParts): Promise<void> {
  await own.checker.close();
  await own.transpiler.close(sources.files);
  store.noteNumber(coordinator.generation);
  await store.close();
}
