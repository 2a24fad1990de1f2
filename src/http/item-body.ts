import { clearTimeout, setTimeout } from 'node:timers';
import type { Pull, PulledStream } from '../call/pulled-stream.ts';
import { clientLeft } from '../call/client-left.ts';
import type { ApiError } from '../contract/api-error.ts';
import type { AnswerBody, BodySummary } from './answer.ts';
import type { StreamFormat } from './stream-format.ts';

/** Proxies close what is silent for long, the usual ones after 60 s and some after 30. Milliseconds. */
export const keepAliveInterval = 15_000;

export interface ItemBodyOptions {
  readonly format: StreamFormat;
  /** The failure envelope as JSON text. */
  readonly failure: (error: ApiError) => string;
  /** Milliseconds of silence after which something is sent, where the format has what means nothing. */
  readonly keepAlive?: number;
}

/** The items of a stream, then its end or its error, in the format that the client asked for. */
export class ItemBody implements AnswerBody {
  readonly #stream: PulledStream<string>;
  readonly #options: Required<ItemBodyOptions>;
  #pending: Promise<Pull<string>> | undefined;
  #items = 0;
  #over = false;
  #code: string | undefined;

  constructor(stream: PulledStream<string>, options: ItemBodyOptions) {
    this.#stream = stream;
    this.#options = { keepAlive: keepAliveInterval, ...options };
  }

  async next(): Promise<string | undefined> {
    if (this.#over) return undefined;
    const { format, failure } = this.#options;
    this.#pending ??= this.#stream.next();
    const pull = await this.#orSilence(this.#pending, format.nothing);
    if (typeof pull === 'string') return pull;
    this.#pending = undefined;
    if ('value' in pull) {
      this.#items++;
      return format.item(pull.value);
    }
    this.#over = true;
    if ('done' in pull) return format.done;
    this.#code = pull.error.code;
    return format.error(failure(pull.error));
  }

  cancel(): void {
    this.#stream.stop(clientLeft());
  }

  summary(): BodySummary {
    return { items: this.#items, ...(this.#code === undefined ? {} : { code: this.#code }) };
  }

  /** The step, or `nothing` when it does not come for a while; it stays pending then. */
  #orSilence<T>(pending: Promise<T>, nothing: string | undefined): Promise<T | string> {
    if (nothing === undefined) return pending;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => resolve(nothing), this.#options.keepAlive);
      pending.then(resolve, reject).finally(() => clearTimeout(timer));
    });
  }
}
