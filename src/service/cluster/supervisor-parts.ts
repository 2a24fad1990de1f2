import type { SendHandle } from 'node:child_process';
import type { CountElsewhere } from '../../call/rate-limits.ts';
import type { LoadedConfig } from '../../config/load-config.ts';
import type { Logs } from '../../logging/create-logs.ts';
import type { GenerationStore } from '../../generations/generation-store.ts';
import type { createCaptureKeeper } from '../../modules/keep-generations.ts';
import type { ReloadQueue } from '../../modules/reload-queue.ts';
import type { Scan } from '../../modules/scan.ts';
import type { Watcher } from '../../modules/watch.ts';
import type { ProcessMeter } from '../../observability/process-meter.ts';
import type { ModuleFailure } from '../../registry/snapshot.ts';
import type { Coordinator } from '../../supervision/cluster/coordinator.ts';
import type { WorkerPool } from '../../supervision/cluster/worker-pool.ts';
import type { WorkerProcess } from '../../supervision/cluster/worker-process.ts';
import type { Generations } from '../create-generations.ts';
import type { ModuleSources } from '../create-modules.ts';
import type { LiveConfig } from '../live-config.ts';
import type { SharedMetrics } from './shared-metrics.ts';
import type { SharedQuarantine } from './shared-quarantine.ts';
import type { SharedSources } from './shared-sources.ts';

/** What a process has told of itself. */
export interface Told {
  outsideFiles: readonly string[];
  /** Settles when it is ready to load. */
  readonly joined: Promise<void>;
  readonly join: () => void;
}

/** A listening socket. */
export type PortHandle = SendHandle & { close(): void };

/** What the parts of a supervisor share. */
export interface SupervisorParts {
  readonly startedAt: Date;
  readonly loaded: LoadedConfig;
  readonly config: LiveConfig;
  readonly logs: Logs;
  /** What reads, transpiles and derives for all. */
  readonly own: ModuleSources;
  readonly store: GenerationStore;
  readonly keepCaptured: ReturnType<typeof createCaptureKeeper>;
  readonly generations: Generations;
  /** Of reloads. */
  readonly meter: ProcessMeter;
  readonly metrics: SharedMetrics;
  readonly sources: SharedSources;
  readonly quarantine: SharedQuarantine;
  readonly coordinator: Coordinator;
  readonly queue: ReloadQueue;
  readonly pool: WorkerPool;
  readonly count: CountElsewhere;
  readonly told: WeakMap<WorkerProcess, Told>;
  readonly newWarnings: (texts: readonly string[]) => string[];
  watcher: Watcher | undefined;
  scan: Scan | undefined;
  failures: readonly ModuleFailure[];
  /** How often in a row the processes did not see the same files. */
  retries: number;
  /** The port where all listen. This process holds it open and accepts nothing: a connection that comes while no
   * process is there waits for the next one. */
  port: PortHandle | undefined;
  url: string;
}

export function toldBy({ told }: SupervisorParts, worker: WorkerProcess): Told {
  const known = told.get(worker);
  if (known !== undefined) return known;
  let join: (() => void) | undefined;
  const joined = new Promise<void>((resolve) => (join = resolve));
  const fresh: Told = { outsideFiles: [], joined, join: () => join?.() };
  told.set(worker, fresh);
  return fresh;
}

/** Tells all processes which versions are held. */
export function tellHeld({ own, pool }: SupervisorParts): void {
  for (const { peer } of pool.all) peer.tell('held', own.disk.held);
}

/** Tells all processes what `GET /` says of them. */
export function tellStatus({ pool }: SupervisorParts): void {
  const status = pool.report();
  for (const { peer } of pool.all) peer.tell('status', status);
}

/** Loads what may have changed in all processes; whatever prevents it is told in the log. */
export async function reloadAll(
  { queue, pool, logs }: SupervisorParts,
  touched: ReadonlySet<string> | 'all',
): Promise<void> {
  try {
    await queue.request(touched, 'save');
  } catch (err) {
    if (!pool.isStopping) logs.error('a reload failed', { err });
  }
}
