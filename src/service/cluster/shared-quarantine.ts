import type { Decision, Proposal } from '../../registry/agreement.ts';
import { createBlockCounts } from '../../supervision/block-counts.ts';
import { servedBy } from '../../supervision/cluster/decide.ts';
import type { WorkerProcess } from '../../supervision/cluster/worker-process.ts';
import { describeQuarantined } from '../../supervision/quarantine.ts';
import type { SupervisorParts } from './supervisor-parts.ts';

/** Counts how often in a row a function has blocked any of the processes, and bars it in all of them. */
export class SharedQuarantine {
  readonly #parts: () => SupervisorParts;
  readonly #counts = createBlockCounts(() => this.#parts().config.current.quarantineAfter);

  constructor(parts: () => SupervisorParts) {
    this.#parts = parts;
  }

  blocked(path: string, blockedMs: number): void {
    const { logs } = this.#parts();
    const entry = this.#counts.blocked(path, blockedMs);
    if (entry === undefined) return this.#tellAll('suspect', path);
    this.#tellAll('bar', entry);
    logs.system('warn', describeQuarantined(entry), { endpoint: path });
  }

  answered(path: string): void {
    this.#counts.answered(path);
  }

  /** A process that has just loaded what serves hears what was counted so far. */
  tell({ peer }: WorkerProcess): void {
    for (const path of this.#counts.paths) {
      const entry = this.#counts.entryOf(path);
      if (entry === undefined) peer.tell('suspect', path);
      else peer.tell('bar', entry);
    }
  }

  /** Resolves when it is called again in all processes; tells whether it was in quarantine. */
  async lift(path: string): Promise<boolean> {
    const lifted = this.#counts.lift(path);
    const { serving } = this.#parts().pool;
    await Promise.all(serving.map(({ peer }) => peer.ask('lift', path).catch(() => {})));
    return lifted;
  }

  /** Other versions serve: they begin with a clean slate. Called before anybody is let in to them. */
  forget(decision: Decision, proposals: readonly Proposal[]): void {
    const { paths } = this.#counts;
    if (paths.length === 0) return;
    const modules = servedBy(decision, proposals);
    for (const path of paths) {
      if (!modules.has(path.slice(1, path.lastIndexOf('/')))) continue;
      this.#counts.lift(path);
      this.#tellAll('lift', path);
    }
  }

  #tellAll(name: string, payload: unknown): void {
    for (const { peer } of this.#parts().pool.all) peer.tell(name, payload);
  }
}
