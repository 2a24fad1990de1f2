import type { ReloadReason, ReloadReport } from '../registry/reload-report.ts';

/** Files that may have changed, or all. */
export type Touched = ReadonlySet<string> | 'all';

interface Waiting {
  touched: Touched;
  reason: ReloadReason;
  readonly done: Promise<ReloadReport>;
  readonly settle: { resolve: (report: ReloadReport) => void; reject: (error: unknown) => void };
}

/** One reload at a time; what is asked for meanwhile is gathered into the next one. */
export class ReloadQueue {
  readonly #run: (touched: Touched, reason: ReloadReason) => Promise<ReloadReport>;
  #running: Promise<void> | undefined;
  #waiting: Waiting | undefined;

  constructor(run: (touched: Touched, reason: ReloadReason) => Promise<ReloadReport>) {
    this.#run = run;
  }

  /** Resolves with the report of the reload that covers `touched`, after its generation serves. */
  request(touched: Touched, reason: ReloadReason): Promise<ReloadReport> {
    if (this.#waiting === undefined) this.#waiting = waiting(touched, reason);
    else {
      this.#waiting.touched = join(this.#waiting.touched, touched);
      // Somebody who waits for an answer wants it now, without the patience that a half-written save gets.
      if (reason !== 'save') this.#waiting.reason = reason;
    }
    const { done } = this.#waiting;
    this.#running ??= this.#work();
    return done;
  }

  /** Resolves when nothing runs or waits. */
  async idle(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  async #work(): Promise<void> {
    // The first request's caller gets its promise before the work begins.
    await Promise.resolve();
    for (let next = this.#take(); next !== undefined; next = this.#take()) {
      try {
        next.settle.resolve(await this.#run(next.touched, next.reason));
      } catch (error) {
        next.settle.reject(error);
      }
    }
    this.#running = undefined;
  }

  #take(): Waiting | undefined {
    const next = this.#waiting;
    this.#waiting = undefined;
    return next;
  }
}

function waiting(touched: Touched, reason: ReloadReason): Waiting {
  let settle: Waiting['settle'] | undefined;
  const done = new Promise<ReloadReport>((resolve, reject) => {
    settle = { resolve, reject };
  });
  // A promise's executor runs at once.
  return { touched, reason, done, settle: settle as unknown as Waiting['settle'] };
}

function join(a: Touched, b: Touched): Touched {
  return a === 'all' || b === 'all' ? 'all' : new Set([...a, ...b]);
}
