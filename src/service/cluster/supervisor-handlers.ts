import type { SendHandle } from 'node:child_process';
import type { RateLimit } from '../../contract/api-function.ts';
import type { Proposal } from '../../registry/agreement.ts';
import type { ModuleWarning } from '../../registry/snapshot.ts';
import type { FileText } from '../../modules/source-file.ts';
import type { DeriveRequest } from '../../signatures/signature-checker.ts';
import type { Handlers } from '../../supervision/cluster/peer.ts';
import type { WorkerProcess } from '../../supervision/cluster/worker-process.ts';
import { describeWarning } from '../describe-reload.ts';
import type { Blocked, Joining } from './start-worker.ts';
import { reloadAll, toldBy, type PortHandle, type SupervisorParts } from './supervisor-parts.ts';

/** What a serving process may ask of its supervisor. Further features add their own questions here. */
export function supervisorHandlers(parts: () => SupervisorParts, worker: () => WorkerProcess): Handlers {
  return {
    ...membership(parts, worker),
    ...loading(parts, worker),
    ...administration(parts),
    ...quarantine(parts),
  };
}

function membership(parts: () => SupervisorParts, worker: () => WorkerProcess): Handlers {
  return {
    join(): Joining {
      const { config, loaded, startedAt } = parts();
      return { startedAt, loaded: { ...loaded, config: config.current } };
    },
    port(_: undefined, handle: SendHandle | undefined) {
      parts().port = handle as PortHandle | undefined;
    },
    joined() {
      const all = parts();
      // Heard before anything is loaded.
      worker().peer.tell('held', all.own.disk.held);
      toldBy(all, worker()).join();
    },
    beat() {
      worker().lastBeat = performance.now();
    },
    leaving: () => parts().pool.replace(worker(), 'it was told to end'),
    warnings(warnings: readonly ModuleWarning[]) {
      const { pool, logs, newWarnings } = parts();
      // All find the same.
      if (pool.serving[0] !== worker() && pool.serving.length > 0) return;
      for (const text of newWarnings(warnings.map(describeWarning))) logs.system('warn', text);
    },
    'outside-files'(files: readonly string[]) {
      const all = parts();
      toldBy(all, worker()).outsideFiles = files;
      watchOutside(all);
    },
  };
}

function loading(parts: () => SupervisorParts, worker: () => WorkerProcess): Handlers {
  return {
    list: () => parts().sources.list(),
    read: ({ file, ...how }: { file: string; time: number; few: boolean }) => parts().sources.read(file, how),
    parse: ({ file, ...text }: FileText & { file: string }) => parts().sources.parse(file, text),
    derive: (request: DeriveRequest) => parts().sources.derive(request),
    agree: (proposal: Proposal) => parts().coordinator.propose(worker(), proposal),
    swapped: () => parts().coordinator.swapped(worker()),
    'request-reload': (files: ReadonlySet<string>) => reloadAll(parts(), files),
  };
}

function administration(parts: () => SupervisorParts): Handlers {
  return {
    reload: () => parts().queue.request('all', 'admin'),
    async 'reload-config'() {
      const { config, logs, pool } = parts();
      const changes = await config.reload();
      const changed = changes.changed.join(', ') || 'nothing';
      logs.system('info', `configuration reloaded; changed: ${changed}`, { ...changes });
      await Promise.all(
        pool.all.map(async ({ peer, state }) => {
          // One that still starts takes it when it can.
          if (state !== 'serving') peer.tell('config', config.current);
          else await peer.ask('config', config.current).catch(() => {});
        }),
      );
      return changes;
    },
    generations: (request: Readonly<Record<string, unknown>>) => parts().generations.list(request),
    'roll-back': (request: Readonly<Record<string, unknown>>) => parts().generations.rollBack(request),
    metrics: () => parts().metrics.collect(parts().pool.serving),
    count: ({ key, rule }: { key: string; rule: RateLimit }) => parts().count(key, rule),
  };
}

function quarantine(parts: () => SupervisorParts): Handlers {
  return {
    blocked: ({ path, blockedMs }: Blocked) => parts().quarantine.blocked(path, blockedMs),
    answered: (path: string) => parts().quarantine.answered(path),
    lift: (path: string) => parts().quarantine.lift(path),
  };
}

export function watchOutside(parts: SupervisorParts): void {
  const files = parts.pool.all.flatMap((worker) => [...toldBy(parts, worker).outsideFiles]);
  parts.watcher?.setOutsideFiles([...new Set(files)]);
}
