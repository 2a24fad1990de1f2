import type { WorkerProcess } from '../../supervision/cluster/worker-process.ts';
import { countReload, keepServed } from './keep-served.ts';
import { reloadReporter } from '../report-reloads.ts';
import { reloadAll, toldBy, type SupervisorParts } from './supervisor-parts.ts';

/**
 * Makes a new process serve. The first ones load what is on disk, all together; later ones load what the
 * others serve, whatever is on disk.
 *
 * @throws when it cannot load or listen
 */
export async function bootWorker(
  worker: WorkerProcess,
  parts: SupervisorParts,
  loadFirst: () => Promise<readonly WorkerProcess[]>,
): Promise<void> {
  const { coordinator, config } = parts;
  await toldBy(parts, worker).joined;
  if (!coordinator.hasServed && (await loadFirst()).includes(worker)) return await letIn(worker, parts);
  await coordinator.boot(worker, () => letIn(worker, parts));
  // It has not seen yet what is on disk and does not serve.
  if (config.current.hotReload) void reloadAll(parts, 'all');
}

async function letIn(worker: WorkerProcess, parts: SupervisorParts): Promise<void> {
  parts.quarantine.tell(worker);
  worker.state = 'serving';
  worker.peer.tell('status', parts.pool.report());
  // Two must not open it at the same time.
  const { url } = await exclusively(parts, () =>
    worker.peer.ask<{ url: string }>('listen', undefined, parts.port),
  );
  parts.url = url;
}

/** The first load, in all processes that have joined by then; gives those. */
export function createFirstLoad(parts: () => SupervisorParts): () => Promise<readonly WorkerProcess[]> {
  let loading: Promise<readonly WorkerProcess[]> | undefined;
  const load = async (): Promise<readonly WorkerProcess[]> => {
    const { pool, coordinator, logs, config } = parts();
    const starting = pool.all;
    await Promise.all(starting.map((worker) => Promise.race([toldBy(parts(), worker).joined, worker.ended])));
    const workers = starting.filter(({ state }) => state === 'starting');
    const { report } = await coordinator.start(workers);
    countReload(parts(), report, report.failed);
    await keepServed(parts(), report, workers[0]);
    parts().failures = report.failed;
    reloadReporter(logs, () => config.current)(report, report.failed);
    return workers.filter(({ state }) => state === 'starting');
  };
  return () => {
    loading ??= load().catch((error: unknown) => {
      // All have ended; those that take their places try again.
      loading = undefined;
      throw error;
    });
    return loading;
  };
}

const opening = new WeakMap<SupervisorParts, Promise<unknown>>();

function exclusively<T>(parts: SupervisorParts, work: () => Promise<T>): Promise<T> {
  const done = (opening.get(parts) ?? Promise.resolve()).then(work);
  opening.set(
    parts,
    done.catch(() => {}),
  );
  return done;
}
