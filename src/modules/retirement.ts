import type { LogPort } from '../contract/log-port.ts';
import type { ModuleInstance } from '../registry/snapshot.ts';
import { withDeadline } from './deadline.ts';
import { reachableFrom, type FileInstance } from './file-instance.ts';
import type { Leftovers } from './leftovers.ts';
import { disposeOf, whenIdle } from './lifecycle.ts';

export interface RetirementOptions {
  readonly logs: LogPort;
  /** Seconds; asked anew for each disposal. */
  readonly disposeTimeout: () => number;
  readonly leftovers: Pick<Leftovers, 'lookAfter'>;
}

interface Busy {
  readonly orphans: readonly FileInstance[];
  /** Resolves when its last call has ended, however long that takes. */
  readonly ended: Promise<void>;
}

/** Seconds that a reload waits for the `onDispose` hooks of a version that never served. */
const throwAwayTimeout = 1;

/** Lets go of instances: of those that served, once their calls have ended. */
export class Retirement {
  readonly #options: RetirementOptions;
  readonly #retiring = new Set<Promise<void>>();
  /** What was replaced and may still be in use by calls, by the promise that they have ended or taken too long. */
  readonly #busy = new Map<Promise<void>, Busy>();

  constructor(options: RetirementOptions) {
    this.#options = options;
  }

  /** `orphans` is what only the replaced modules reached. */
  retire(replaced: readonly ModuleInstance[], orphans: readonly FileInstance[]): void {
    // Their successors hear of this swap.
    for (const orphan of orphans) void orphan.view?.close();
    const ended = whenIdle(replaced);
    const idle = withDeadline(ended, this.#options.disposeTimeout(), 'still busy').catch(() => {});
    this.#busy.set(idle, { orphans, ended });
    // A call that began on an older generation still may use what only this one lets go of.
    const users = [...this.#busy].filter(([, older]) => {
      const used = reachableFrom(older.orphans);
      return orphans.some((orphan) => used.has(orphan));
    });
    const callsEnded = Promise.all(users.map(([, user]) => user.ended));
    const retiring = Promise.all(users.map(([patience]) => patience)).then(() =>
      this.dispose(orphans, callsEnded),
    );
    void idle.then(() => this.#busy.delete(idle));
    this.#keepUntilDone(retiring);
  }

  /** The next version may need what this one holds, so it is waited for, but not for long: a hook may hang. */
  async throwAway(instances: readonly FileInstance[]): Promise<void> {
    const disposing = this.dispose(instances, Promise.resolve());
    this.#keepUntilDone(disposing);
    await withDeadline(disposing, throwAwayTimeout, 'still busy').catch(() => {});
  }

  async dispose(instances: readonly FileInstance[], callsEnded: Promise<unknown>): Promise<void> {
    const { logs, disposeTimeout, leftovers } = this.#options;
    await disposeOf(instances, { logs, timeout: disposeTimeout(), callsEnded });
    void leftovers.lookAfter(instances, callsEnded);
  }

  /** Resolves when all that was let go of so far is disposed of. */
  async idle(): Promise<void> {
    await Promise.all(this.#retiring);
  }

  #keepUntilDone(disposing: Promise<void>): void {
    const done = disposing.finally(() => this.#retiring.delete(done));
    this.#retiring.add(done);
  }
}
