import { shedReasons, type Meter, type MeteredAnswer, type ShedReason } from '../contract/meter.ts';
import { AnswerCounts } from './answer-counts.ts';
import { DurationHistogram } from './histogram.ts';

/** Endpoints that are served no more and still counted. A dashboard sees a deleted function for a while, not for ever. */
const mostGone = 1_000;

/** How a reload ended: `failed` when it found something new that does not load. */
export type ReloadOutcome = 'swapped' | 'unchanged' | 'failed';

export interface MeteredReload {
  readonly reason: string;
  readonly outcome: ReloadOutcome;
  /** Milliseconds. */
  readonly durationMs: number;
}

/** Everything that this process has counted since its start, as plain numbers. */
export class ProcessMeter implements Meter {
  readonly requests = new AnswerCounts();
  readonly toolCalls = new AnswerCounts();
  readonly sheds: Record<ShedReason, number>;
  readonly reloads = new Map<string, { reason: string; outcome: ReloadOutcome; count: number }>();
  readonly reloadDurations = new DurationHistogram();
  /** Requests so far. */
  begun = 0;
  inFlight = 0;
  malformed = 0;
  slowReaders = 0;
  receivedBytes = 0;
  sentBytes = 0;

  constructor() {
    this.sheds = Object.fromEntries(shedReasons.map((reason) => [reason, 0])) as Record<ShedReason, number>;
  }

  began(): void {
    this.begun++;
    this.inFlight++;
  }

  answered(endpoint: string, answer: MeteredAnswer): void {
    this.inFlight--;
    this.requests.add(endpoint, answer);
  }

  calledAsTool(endpoint: string, answer: MeteredAnswer): void {
    this.toolCalls.add(endpoint, answer);
  }

  shed(reason: ShedReason): void {
    this.sheds[reason]++;
  }

  refusedMalformed(): void {
    this.malformed++;
  }

  cutSlowReader(): void {
    this.slowReaders++;
  }

  received(bytes: number): void {
    this.receivedBytes += bytes;
  }

  sent(bytes: number): void {
    this.sentBytes += bytes;
  }

  reloaded({ reason, outcome, durationMs }: MeteredReload): void {
    const key = `${reason} ${outcome}`;
    const entry = this.reloads.get(key) ?? { reason, outcome, count: 0 };
    entry.count++;
    this.reloads.set(key, entry);
    this.reloadDurations.observe(durationMs);
  }

  /** To be called when what is served has changed; cheap unless much has gone. */
  forgetGone(served: { readonly size: number; has(path: string): boolean }): void {
    for (const counts of [this.requests, this.toolCalls]) {
      if (counts.size <= served.size + mostGone) continue;
      counts.prune((endpoint) => served.has(endpoint) || isRoute(endpoint));
    }
  }
}

/** Functions have a module and a name; of the runtime's own routes, only those below `/api/` have two parts. */
function isRoute(endpoint: string): boolean {
  return !endpoint.includes('/', 1) || endpoint.startsWith('/api/');
}
