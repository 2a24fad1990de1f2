import type { PulledStream } from '../call/pulled-stream.ts';
import type { ApiError } from '../contract/api-error.ts';
import { failureEnvelope } from '../contract/envelope.ts';
import { envelopeText, type StreamedAnswer } from './answer.ts';
import { ItemBody } from './item-body.ts';
import { chooseStreamFormat } from './stream-format.ts';

export interface StreamAnswerAbout {
  readonly endpoint: string;
  readonly requestId: string;
  readonly debug: boolean;
  /** The `Accept` header. */
  readonly accept: string | undefined;
}

/** The items of a stream as server-sent events, or as JSON lines where the client prefers them. */
export function streamAnswer(stream: PulledStream<string>, about: StreamAnswerAbout): StreamedAnswer {
  const format = chooseStreamFormat(about.accept);
  const failure = (error: ApiError): string => envelopeText(failureEnvelope(error, about));
  return {
    status: 200,
    headers: {
      'content-type': format.contentType,
      'cache-control': 'no-store',
      // nginx would hold items back until its buffer is full.
      'x-accel-buffering': 'no',
    },
    body: new ItemBody(stream, { format, failure }),
  };
}
