import type { MeteredAnswer } from '../contract/meter.ts';
import { DurationHistogram } from './histogram.ts';

/** Codes of one endpoint that are counted apart; functions may make up any number of them. */
const mostOutcomes = 50;

/** An answer by status and code. */
export interface OutcomeCount {
  readonly status: string;
  /** Empty on success. */
  readonly code: string;
  readonly count: number;
}

/** What one endpoint answered. */
class EndpointCounts {
  readonly durations = new DurationHistogram();
  /** Nearly all of them, so they need no look-up. */
  #ok = 0;
  readonly #others = new Map<string, number>();

  add({ status, code, durationMs }: MeteredAnswer): void {
    this.durations.observe(durationMs);
    if (status === 200 && code === undefined) this.#ok++;
    else this.#addOther(`${status} ${code ?? ''}`);
  }

  outcomes(): OutcomeCount[] {
    const others = [...this.#others].map(([key, count]): OutcomeCount => {
      const [status = '', code = ''] = key.split(' ');
      return { status, code, count };
    });
    return this.#ok === 0 ? others : [{ status: '200', code: '', count: this.#ok }, ...others];
  }

  #addOther(key: string): void {
    const known = this.#others.get(key);
    const counted = known === undefined && this.#others.size >= mostOutcomes ? otherCode(key) : key;
    this.#others.set(counted, (this.#others.get(counted) ?? 0) + 1);
  }
}

function otherCode(key: string): string {
  return `${key.slice(0, key.indexOf(' '))} other`;
}

/** What all endpoints answered, by endpoint. */
export class AnswerCounts {
  readonly #byEndpoint = new Map<string, EndpointCounts>();

  add(endpoint: string, answer: MeteredAnswer): void {
    let counts = this.#byEndpoint.get(endpoint);
    if (counts === undefined) {
      counts = new EndpointCounts();
      this.#byEndpoint.set(endpoint, counts);
    }
    counts.add(answer);
  }

  get size(): number {
    return this.#byEndpoint.size;
  }

  /** Forgets all endpoints but those that `keep` holds for. */
  prune(keep: (endpoint: string) => boolean): void {
    for (const endpoint of this.#byEndpoint.keys()) if (!keep(endpoint)) this.#byEndpoint.delete(endpoint);
  }

  entries(): IterableIterator<[endpoint: string, counts: Pick<EndpointCounts, 'durations' | 'outcomes'>]> {
    return this.#byEndpoint.entries();
  }
}
