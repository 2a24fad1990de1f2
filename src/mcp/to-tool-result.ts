import type { CallToolResult } from '@modelcontextprotocol/server';
import type { CallOutcome } from '../call/call-request.ts';
import type { ApiError } from '../contract/api-error.ts';
import { failureEnvelope } from '../contract/envelope.ts';
import type { Endpoint } from '../registry/snapshot.ts';
import { collectResponse } from './collect-response.ts';
import { collectStream, type CollectOptions } from './collect-stream.ts';
import { errorText } from './error-text.ts';

/** A call's result, and what its log line says of it. */
export interface ToolResult {
  readonly result: CallToolResult;
  readonly status: number;
  readonly code?: string;
}

export interface ToolResultOptions extends CollectOptions {
  readonly endpoint: Endpoint;
  readonly requestId: string;
  readonly debug: boolean;
}

/** Reads a call's outcome to its end. Never rejects. */
export async function toToolResult(outcome: CallOutcome, options: ToolResultOptions): Promise<ToolResult> {
  if (!outcome.ok) return toFailure(outcome.error, options);
  switch (outcome.kind) {
    case 'value':
      return { status: 200, result: toValue(outcome.json) };
    case 'stream': {
      const { items, truncated, error } = await collectStream(outcome.stream, options);
      const json = `[${items.join(',')}]`;
      if (error !== undefined) return toFailure(error, options, `${items.length} items came before: ${json}`);
      return { status: 200, result: toList(json, truncated) };
    }
    case 'response': {
      const { status } = outcome.response;
      const { text, error } = await collectResponse(outcome.response, options.signal);
      if (error !== undefined) return toFailure(error, options);
      const content: CallToolResult['content'] = [{ type: 'text', text }];
      return {
        status,
        result: {
          content: status < 400 ? content : [{ type: 'text', text: `HTTP ${status}` }, ...content],
          ...(status < 400 ? {} : { isError: true }),
          _meta: { 'api-deploy/status': status },
        },
      };
    }
    default: {
      const check: never = outcome;
      return check;
    }
  }
}

function toValue(json: string): CallToolResult {
  const result: unknown = JSON.parse(json);
  const text = typeof result === 'string' ? result : json;
  return { content: [{ type: 'text', text }], structuredContent: { result } };
}

function toList(json: string, truncated: boolean): CallToolResult {
  const result: unknown = JSON.parse(json);
  const content: CallToolResult['content'] = [{ type: 'text', text: json }];
  if (!truncated) return { content, structuredContent: { result } };
  content.push({ type: 'text', text: 'The stream went on; this is as much as a tool gives.' });
  return { content, structuredContent: { result, truncated } };
}

/** `structuredContent` is left out: it would have to fit the output schema. */
function toFailure(error: ApiError, options: ToolResultOptions, more?: string): ToolResult {
  const { endpoint, requestId, debug } = options;
  const failure = failureEnvelope(error, { endpoint: endpoint.path, requestId, debug });
  const texts = [errorText(failure, endpoint), ...(more === undefined ? [] : [more])];
  return {
    status: error.status,
    code: failure.code,
    result: {
      content: texts.map((text) => ({ type: 'text', text })),
      isError: true,
      _meta: { 'api-deploy/code': failure.code, 'api-deploy/status': error.status },
    },
  };
}
