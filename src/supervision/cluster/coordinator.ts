import type { Decision, Proposal } from '../../registry/agreement.ts';
import type { ReloadReason } from '../../registry/reload-report.ts';
import { ReloadRound, type LoadAnswer, type NumberedDecision } from './reload-round.ts';
import type { WorkerEnd, WorkerProcess } from './worker-process.ts';

export type Touched = ReadonlySet<string> | 'all';

export interface LoadRequest {
  readonly touched: Touched;
  readonly reason: ReloadReason;
  /** Versions that are held, and are to serve: all of them, or none. */
  readonly rollback?: {
    /** Holds them. Asked when no other reload is under way. */
    readonly hold: () => void;
    /** Served files that must load. */
    readonly targets: ReadonlySet<string>;
    readonly backTo: number | undefined;
  };
}

export interface CoordinatorOptions {
  /** The processes that serve, oldest first. */
  readonly serving: () => readonly WorkerProcess[];
  /** A reload begins: what was read for the one before is forgotten. */
  readonly onBegin: () => void;
  /** What the processes are handed with a request. */
  readonly prepare: (request: LoadRequest) => Promise<unknown>;
  /** What a process is handed that is to load what serves. */
  readonly prepareBoot: () => Promise<unknown>;
  /** Generations are numbered from the next one on. */
  readonly continueAfter: number;
  readonly onDecision: (decision: Decision, proposals: readonly Proposal[]) => void;
  /** A process ended while it loaded modules. */
  readonly onCrash: (end: WorkerEnd) => Promise<void>;
}

/** Leads several processes from one generation to the next, one reload at a time. */
export class Coordinator {
  readonly #options: CoordinatorOptions;
  #round: ReloadRound | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #generation: number;
  #hasServed = false;

  constructor(options: CoordinatorOptions) {
    this.#options = options;
    this.#generation = options.continueAfter;
  }

  /** The number of what serves; before anything has served, the last one of an earlier start. */
  get generation(): number {
    return this.#generation;
  }

  get hasServed(): boolean {
    return this.#hasServed;
  }

  /** Loads everything into processes that serve nothing yet; none of them is let in before all have. */
  start(workers: readonly WorkerProcess[]): Promise<LoadAnswer> {
    return this.#exclusively(() => this.#run({ touched: 'all', reason: 'start' }, workers));
  }

  reload(request: LoadRequest): Promise<LoadAnswer> {
    return this.#exclusively(() => this.#run(request, this.#options.serving()));
  }

  /** Loads what serves now into one process; `join` lets it in, before anything else can change. */
  boot(worker: WorkerProcess, join: () => Promise<void>): Promise<void> {
    return this.#exclusively(async () => {
      worker.loading = true;
      try {
        await worker.peer.ask('boot', await this.#options.prepareBoot());
      } finally {
        worker.loading = false;
      }
      await join();
    });
  }

  propose(worker: WorkerProcess, proposal: Proposal): Promise<NumberedDecision> {
    if (this.#round === undefined) throw new Error('no reload is under way');
    return this.#round.propose(worker, proposal);
  }

  swapped(worker: WorkerProcess): void {
    this.#round?.swapped(worker);
  }

  async #run(request: LoadRequest, workers: readonly WorkerProcess[]): Promise<LoadAnswer> {
    const { onBegin, onCrash, onDecision, prepare } = this.#options;
    onBegin();
    request.rollback?.hold();
    const round = new ReloadRound({
      workers,
      canary: request.reason !== 'start',
      targets: request.rollback?.targets,
      request: () => prepare(request),
      onCrash,
      nextGeneration: this.generation + 1,
      onSwapped: (decision, proposals, swapped) => {
        if (swapped || !this.#hasServed) this.#generation += 1;
        this.#hasServed = true;
        onDecision(decision, proposals);
      },
    });
    this.#round = round;
    try {
      return await round.run();
    } finally {
      this.#round = undefined;
    }
  }

  #exclusively<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => {});
    return done;
  }
}
