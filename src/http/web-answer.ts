import type { Answer, AnswerBody, BodySummary, StreamedAnswer } from './answer.ts';
import { isSafeHeader } from './safe-headers.ts';

export interface WebAnswerOptions {
  /** Added to the response's own. */
  readonly headers: Readonly<Record<string, string>>;
  /** Called when the client does not wait for the end of a stream. */
  readonly onLeave: () => void;
}

/**
 * The answer of a part that speaks in web `Response`s. Event streams are passed on as they come; all else
 * is short and read at once.
 */
export async function webAnswer(
  response: Response,
  { headers: added, onLeave }: WebAnswerOptions,
): Promise<Answer | StreamedAnswer> {
  const { status, body } = response;
  const headers: Record<string, string> = { ...added };
  for (const [name, value] of response.headers) if (isSafeHeader(name, value)) headers[name] = value;
  const type = response.headers.get('content-type');
  if (type !== null) headers['content-type'] = type;
  // The connection is the server's business.
  delete headers['connection'];
  if (body === null || type?.startsWith('text/event-stream') !== true) {
    return { status, headers, text: await response.text() };
  }
  return { status, headers, body: new WebBody(body.getReader(), onLeave) };
}

class WebBody implements AnswerBody {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #onLeave: () => void;

  constructor(reader: ReadableStreamDefaultReader<Uint8Array>, onLeave: () => void) {
    this.#reader = reader;
    this.#onLeave = onLeave;
  }

  async next(): Promise<Uint8Array | undefined> {
    return (await this.#reader.read()).value;
  }

  cancel(): void {
    this.#onLeave();
    // A stream that fails while it is closed has nobody to tell.
    this.#reader.cancel().catch(() => {});
  }

  summary(): BodySummary {
    return {};
  }
}
