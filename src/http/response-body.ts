import { clientLeft } from '../call/client-left.ts';
import type { PulledStream } from '../call/pulled-stream.ts';
import type { AnswerBody, BodySummary } from './answer.ts';

/** The body of a passed response. */
export class ResponseBody implements AnswerBody {
  readonly #stream: PulledStream<Uint8Array> | undefined;
  #code: string | undefined;

  constructor(stream: PulledStream<Uint8Array> | undefined) {
    this.#stream = stream;
  }

  async next(): Promise<Uint8Array | undefined> {
    const pull = await this.#stream?.next();
    if (pull === undefined || 'done' in pull) return undefined;
    if ('value' in pull) return pull.value;
    this.#code = pull.error.code;
    throw pull.error;
  }

  cancel(): void {
    this.#stream?.stop(clientLeft());
  }

  summary(): BodySummary {
    return this.#code === undefined ? {} : { code: this.#code };
  }
}
