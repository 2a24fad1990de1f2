import type { LogFields, LogKind, RequestLine } from '../contract/log-port.ts';
import type { LogSettings } from './log-settings.ts';
import { loggableBody } from './loggable-body.ts';
import { redactValue } from './redact-value.ts';
import type { Scrub } from './secret-scrubber.ts';
import { redactText } from './sensitive-text.ts';
import { serializeError } from './serialize-error.ts';

/** Fields of one event, all together. Characters of JSON. */
const longestFields = 16_384;
const longestMessage = 16_384;

/** Keys that the log itself writes; a field of such a name gets a `_`. */
const ownKeys = new Set<string>(['time', 'level', 'kind', 'message']);

export interface LogEvent {
  readonly kind: LogKind;
  readonly message: string;
  readonly fields: LogFields | undefined;
  readonly generation: number;
}

export interface LineOptions {
  readonly mapStack: (stack: string) => string;
  readonly scrub: Scrub;
}

/** A body as it goes into its line, made before the line is. */
class NotedBody {
  readonly value: unknown;

  constructor(value: unknown) {
    this.value = value;
  }
}

/** Takes down what the line will show of a body; undefined when that is nothing. */
export function noteBody(body: unknown, settings: LogSettings, scrub: Scrub): unknown {
  if (!settings.enableRequestLogging || !settings.logRequestBody) return undefined;
  return new NotedBody(loggableBody(body, settings.logMaxBodySize, scrub));
}

function bodyOf(body: unknown, max: number, scrub: Scrub): unknown {
  return body instanceof NotedBody ? body.value : loggableBody(body, max, scrub);
}

/** A request as the object that is logged: `time` and `level` are added later. */
export function lineOfRequest(line: RequestLine, settings: LogSettings, scrub: Scrub): object {
  const max = settings.logMaxBodySize;
  const body = settings.logRequestBody ? bodyOf(line.body, max, scrub) : undefined;
  const data = settings.logResponseData ? loggableBody(line.data, max, scrub) : undefined;
  return {
    kind: 'request' satisfies LogKind,
    requestId: line.requestId,
    method: line.method,
    endpoint: line.endpoint,
    status: line.status,
    ...(line.code === undefined ? {} : { code: line.code }),
    ...(line.items === undefined ? {} : { items: line.items }),
    durationMs: Math.round(line.durationMs * 1_000) / 1_000,
    ...(line.principal === undefined ? {} : { principal: line.principal }),
    generation: line.generation,
    ...(body === undefined ? {} : { body }),
    ...(data === undefined ? {} : { data }),
  };
}

/** An event as the object that is logged; `fields.err` may be any thrown value. */
export function lineOfEvent(
  { kind, message, fields, generation }: LogEvent,
  { mapStack, scrub }: LineOptions,
): object {
  const { err, ...others } = fields ?? {};
  const copy = redactValue(others, { budget: longestFields, scrub });
  const renamed = Object.entries(copy.value as object).map(([key, value]) => [
    ownKeys.has(key) ? `${key}_` : key,
    value,
  ]);
  return {
    kind,
    message: redactText(scrub(message.slice(0, longestMessage))),
    generation,
    ...(Object.fromEntries(renamed) as object),
    ...(copy.complete ? {} : { fieldsCut: true }),
    ...(err === undefined ? {} : { err: serializeError(err, { mapStack, scrub }) }),
  };
}
