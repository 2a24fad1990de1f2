import type { ReloadReason, ReloadReport } from '../registry/reload-report.ts';
import { joinReports } from './join-reports.ts';

/** Files that may have changed, or all. */
export type Touched = ReadonlySet<string> | 'all';

interface Waiting {
  touched: Touched;
  reason: ReloadReason;
  /** The reload under way when somebody asked who wants to know what is loaded. */
  joins: Promise<ReloadReport> | undefined;
  readonly done: Promise<ReloadReport>;
  readonly settle: { resolve: (report: ReloadReport) => void; reject: (error: unknown) => void };
}

/** One reload at a time; what is asked for meanwhile is gathered into the next one. */
export class ReloadQueue {
  readonly #run: (touched: Touched, reason: ReloadReason) => Promise<ReloadReport>;
  #working: Promise<void> | undefined;
  #running: Promise<ReloadReport> | undefined;
  #waiting: Waiting | undefined;
  /** What runs by itself, before what waits. */
  readonly #alone: (() => Promise<void>)[] = [];
  /** What a reload that failed as a whole should have looked at. */
  #missed: Touched = new Set();

  constructor(run: (touched: Touched, reason: ReloadReason) => Promise<ReloadReport>) {
    this.#run = run;
  }

  /**
   * Resolves with the report of the reload that covers `touched`, after its generation serves. An admin who
   * asks during a reload joins it: the answer tells what it did, and what was saved too late for it.
   */
  request(touched: Touched, reason: ReloadReason): Promise<ReloadReport> {
    if (this.#waiting === undefined) this.#waiting = waiting(touched, reason);
    else {
      this.#waiting.touched = join(this.#waiting.touched, touched);
      // Somebody who waits for an answer wants it now, without the patience that a half-written save gets.
      if (reason !== 'save') this.#waiting.reason = reason;
    }
    if (reason === 'admin') this.#waiting.joins ??= this.#running;
    const { done } = this.#waiting;
    this.#start();
    return done;
  }

  /** Whether something runs or waits. */
  get isBusy(): boolean {
    return this.#working !== undefined;
  }

  /** Runs something that is not to be gathered with anything else, as soon as no reload is under way. */
  alone<T>(work: () => Promise<T>): Promise<T> {
    const done = new Promise<T>((resolve, reject) => {
      this.#alone.push(async () => {
        await work().then(resolve, reject);
      });
    });
    this.#start();
    return done;
  }

  /** Resolves when nothing runs or waits. */
  async idle(): Promise<void> {
    while (this.#working !== undefined) await this.#working;
  }

  #start(): void {
    this.#working ??= this.#work();
  }

  async #work(): Promise<void> {
    // The first request's caller gets its promise before the work begins.
    await Promise.resolve();
    for (;;) {
      const alone = this.#alone.shift();
      if (alone !== undefined) {
        await alone();
        continue;
      }
      const next = this.#waiting;
      if (next === undefined) break;
      this.#waiting = undefined;
      await this.#serve(next);
    }
    this.#working = undefined;
  }

  async #serve(next: Waiting): Promise<void> {
    const touched = join(this.#missed, next.touched);
    this.#missed = new Set();
    try {
      this.#running = this.#run(touched, next.reason);
      const report = await this.#running;
      // One that failed has told so itself, and what it missed was made up for now.
      const joined = await next.joins?.catch(() => undefined);
      next.settle.resolve(joined === undefined ? report : joinReports(joined, report));
    } catch (error) {
      this.#missed = join(this.#missed, touched);
      next.settle.reject(error);
    } finally {
      this.#running = undefined;
    }
  }
}

function waiting(touched: Touched, reason: ReloadReason): Waiting {
  let settle: Waiting['settle'] | undefined;
  const done = new Promise<ReloadReport>((resolve, reject) => {
    settle = { resolve, reject };
  });
  // A promise's executor runs at once.
  return { touched, reason, joins: undefined, done, settle: settle as unknown as Waiting['settle'] };
}

function join(a: Touched, b: Touched): Touched {
  return a === 'all' || b === 'all' ? 'all' : new Set([...a, ...b]);
}
