import { setMaxListeners } from 'node:events';
import type { RequestResult, RunCounts } from '../model/result.ts';
import type { RunPlan } from '../model/run-plan.ts';
import { SchemaCompiler } from '../values/json-schema.ts';
import { Mask } from '../values/mask.ts';
import { PatternCache } from '../values/operators.ts';
import { BaseScopes } from './base-scopes.ts';
import type { EngineParts } from './engine-parts.ts';
import { Pacer } from './pacer.ts';

/** Milliseconds that teardowns get after a cancellation. */
const teardownPatience = 30_000;

/** What all lines of work of one run share. */
export class Run {
  readonly plan: RunPlan;
  readonly parts: EngineParts;
  readonly base: BaseScopes;
  readonly mask: Mask;
  readonly schemas = new SchemaCompiler();
  readonly patterns = new PatternCache();
  readonly pacer: Pacer;
  readonly keepBytes: number;
  readonly counts: Omit<RunCounts, 'total'> = { passed: 0, failed: 0, error: 0, skipped: 0, cancelled: 0 };
  readonly #teardown = new AbortController();
  #bailed = false;
  #timer: NodeJS.Timeout | undefined;

  /** @throws ValueError SECRET_UNREADABLE */
  constructor(plan: RunPlan, parts: EngineParts) {
    this.plan = plan;
    this.parts = parts;
    this.base = new BaseScopes(plan, (sealed) => parts.openSecret(sealed));
    this.mask = new Mask(this.base.secrets);
    this.pacer = new Pacer(plan.ratePerSecond);
    this.keepBytes = plan.keepBytes ?? 65_536;
    this.#bailed = plan.bail === true && parts.failedBefore === true;
    // Every request in flight listens to it.
    setMaxListeners(0, parts.signal, this.#teardown.signal);
    if (parts.signal.aborted) this.#startTimer();
    else parts.signal.addEventListener('abort', this.#startTimer);
  }

  /** Whether nothing new is to be begun: cancelled, or ended by `bail`. */
  get stopped(): boolean {
    return this.#bailed || this.parts.signal.aborted;
  }

  /** Aborts some time after a cancellation, so that teardowns may run. */
  get teardownSignal(): AbortSignal {
    return this.#teardown.signal;
  }

  readonly resolveFile = (id: number) => this.parts.resolveFile?.(id);

  /** Whether a place has a result from before a crash. */
  isDone(iteration: number, path: string): boolean | Promise<boolean> {
    return this.parts.done?.(iteration, path) ?? false;
  }

  /** Counts a result and gives it to whoever keeps it. */
  handOut(result: RequestResult): Promise<void> | void {
    this.counts[result.status] += 1;
    if (this.plan.bail && (result.status === 'failed' || result.status === 'error')) this.#bailed = true;
    return this.parts.onResult(result);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.parts.signal.removeEventListener('abort', this.#startTimer);
  }

  readonly #startTimer = () => {
    this.#timer = setTimeout(() => this.#teardown.abort(), teardownPatience);
  };
}
