import type { CallOutcome, PassedResponse } from '../call/call-request.ts';
import { clientLeft } from '../call/client-left.ts';
import type { PulledStream } from '../call/pulled-stream.ts';

/** What a test gets of a call: parsed JSON, an async iterable of it, or a `Response`. */
export function toTestResult(outcome: CallOutcome & { readonly ok: true }): unknown {
  switch (outcome.kind) {
    case 'value':
      return JSON.parse(outcome.json) as unknown;
    case 'stream':
      return readItems(outcome.stream);
    case 'response':
      return toResponse(outcome.response);
    default: {
      const check: never = outcome;
      return check;
    }
  }
}

async function* readItems(stream: PulledStream<string>): AsyncGenerator<unknown, void, undefined> {
  try {
    for await (const item of pulls(stream)) yield JSON.parse(item) as unknown;
  } finally {
    // Whoever leaves the loop is a client that leaves; after the end this does nothing.
    stream.stop(clientLeft());
  }
}

async function* pulls<T>(stream: PulledStream<T>): AsyncGenerator<T, void, undefined> {
  for (;;) {
    const pull = await stream.next();
    if ('error' in pull) throw pull.error;
    if ('done' in pull) return;
    yield pull.value;
  }
}

function toResponse({ status, statusText, headers, body }: PassedResponse): Response {
  const list = headers.map(([name, value]): [string, string] => [name, value]);
  return new Response(body === undefined ? null : toByteStream(body), { status, statusText, headers: list });
}

function toByteStream(body: PulledStream<Uint8Array>): ReadableStream<Uint8Array> {
  const chunks = pulls(body);
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await chunks.next();
      if (done === true) controller.close();
      else controller.enqueue(value);
    },
    cancel() {
      body.stop(clientLeft());
    },
  });
}
