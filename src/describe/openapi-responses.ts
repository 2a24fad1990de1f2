import { errorCodes, statusOf, type ErrorCode } from '../contract/error-codes.ts';
import type { Header, JsonSchema, MediaType, Reference, Response } from './openapi-document.ts';

/** Which codes each shared response stands for; all codes of one have the same status. */
const failures = {
  BadRequest: ['INVALID_JSON', 'INVALID_REQUEST'],
  MalformedRequest: ['INVALID_REQUEST'],
  Unauthorized: ['MISSING_TOKEN', 'INVALID_TOKEN'],
  AdminUnauthorized: ['MISSING_ADMIN_TOKEN'],
  Forbidden: ['FORBIDDEN'],
  AdminForbidden: ['INVALID_ADMIN_TOKEN'],
  NotFound: ['ENDPOINT_NOT_FOUND'],
  GenerationNotFound: ['GENERATION_NOT_FOUND'],
  PayloadTooLarge: ['PAYLOAD_TOO_LARGE'],
  UnsupportedMediaType: ['UNSUPPORTED_MEDIA_TYPE'],
  ValidationFailed: ['VALIDATION_ERROR'],
  ConfigInvalid: ['CONFIG_INVALID'],
  RollbackRefused: ['VALIDATION_ERROR', 'ROLLBACK_FAILED'],
  RateLimited: ['RATE_LIMITED'],
  InternalError: ['INTERNAL_ERROR'],
  ReloadFailed: ['RELOAD_FAILED', 'INTERNAL_ERROR'],
  Unavailable: ['SHUTTING_DOWN', 'OVERLOADED', 'QUARANTINED'],
  Stopping: ['SHUTTING_DOWN'],
  Timeout: ['FUNCTION_TIMEOUT'],
} as const satisfies Record<string, readonly [ErrorCode, ...ErrorCode[]]>;

export type FailureName = keyof typeof failures;

/** Sent with a failure that passes by itself. */
const withRetryAfter: ReadonlySet<ErrorCode> = new Set(['RATE_LIMITED', 'OVERLOADED', 'SHUTTING_DOWN']);

export const headers: Readonly<Record<string, Header>> = {
  'X-Request-Id': {
    description:
      "The request's id in the log: the one that was sent, where it is a sane one, else a new one.",
    schema: { type: 'string', pattern: '^[\\w.:@-]{1,128}$' },
  },
  'X-Process-Time': {
    description: 'How long the request took, in seconds.',
    schema: { type: 'string', pattern: '^\\d+\\.\\d{6}$' },
  },
  'X-Generation': {
    description: 'The generation that served the request; it rises with every reload that changes something.',
    schema: { type: 'integer', minimum: 0 },
  },
  'Retry-After': {
    description: 'Seconds after which the call may be tried again.',
    schema: { type: 'integer', minimum: 0 },
  },
};

/** On every answer. */
export const commonHeaders: Readonly<Record<string, Reference>> = refer('headers', [
  'X-Request-Id',
  'X-Process-Time',
  'X-Generation',
]);

const failureProperties = {
  success: { type: 'boolean', const: false },
  error: { type: 'string', description: 'What went wrong, for people.' },
  code: { type: 'string', description: 'What went wrong, for programs.' },
  endpoint: { type: 'string', description: 'The path that was asked for.' },
} as const;

/** Schemas of failures, under the names that the document uses for them. */
export const failureSchemas: Readonly<Record<string, JsonSchema>> = {
  Failure: {
    type: 'object',
    description: 'Every answer that is no success has this form.',
    required: Object.keys(failureProperties),
    properties: {
      ...failureProperties,
      details: { description: 'More about it, where there is more to say.' },
      requestId: { type: 'string', description: 'Names the request in the log; on 5xx only.' },
    },
  },
  ValidationFailure: {
    type: 'object',
    description: 'The body does not fit the signature.',
    required: [...Object.keys(failureProperties), 'details'],
    properties: {
      ...failureProperties,
      code: { type: 'string', const: 'VALIDATION_ERROR' },
      details: { type: 'array', items: schemaReference('ValidationProblem'), minItems: 1 },
    },
  },
  ValidationProblem: {
    type: 'object',
    required: ['path', 'message', 'code'],
    properties: {
      path: { type: 'string', description: 'Where in the body, as in `user.tags[2]`.' },
      message: { type: 'string' },
      code: { type: 'string' },
    },
  },
};

export function schemaReference(name: string): JsonSchema {
  return { $ref: `#/components/schemas/${name}` };
}

/** References to shared responses by status. */
export function referToFailures(names: readonly FailureName[]): Record<string, Reference> {
  return Object.fromEntries(
    names.map((name) => [String(statusOf(failures[name][0])), { $ref: `#/components/responses/${name}` }]),
  );
}

/** What an author's `ApiError` may answer with, beside the statuses that the runtime uses itself. */
export const ownFailure: Readonly<Record<'default', Reference>> = {
  default: { $ref: '#/components/responses/OwnFailure' },
};

/** `components.responses` */
export function failureResponses(): Record<string, Response> {
  const shared = Object.entries(failures).map(([name, codes]): [string, Response] => [
    name,
    failureResponse(codes),
  ]);
  const own: Response = {
    description: "A failure with a status and a code of the function's own; `details` as it pleases.",
    headers: commonHeaders,
    content: { 'application/json': { schema: schemaReference('Failure') } },
  };
  return { ...Object.fromEntries(shared), OwnFailure: own };
}

function failureResponse(codes: readonly ErrorCode[]): Response {
  const retry = codes.some((code) => withRetryAfter.has(code));
  return {
    description: codes.map((code) => `\`${code}\`: ${errorCodes[code].summary}`).join('\n\n'),
    headers: { ...commonHeaders, ...(retry ? refer('headers', ['Retry-After']) : {}) },
    content: { 'application/json': failureContent(codes) },
  };
}

function failureContent(codes: readonly ErrorCode[]): MediaType {
  const failure = schemaReference('Failure');
  return {
    // A function may answer with this status, too, and with details of its own.
    schema: codes.includes('VALIDATION_ERROR')
      ? { anyOf: [schemaReference('ValidationFailure'), failure] }
      : failure,
    examples: Object.fromEntries(codes.map((code) => [code, { value: exampleOf(code) }])),
  };
}

function exampleOf(code: ErrorCode): unknown {
  const { status, summary } = errorCodes[code];
  const problem = { path: 'name', message: "expected string, got '5'", code: 'invalid_type' };
  return {
    success: false,
    error: summary.replaceAll('`', "'"),
    code,
    endpoint: '/module/function',
    ...(code === 'VALIDATION_ERROR' ? { details: [problem] } : {}),
    ...(status >= 500 ? { requestId: '0f8fad5b-d9cb-469f-a165-70867728950e' } : {}),
  };
}

function refer(kind: 'headers', names: readonly string[]): Record<string, Reference> {
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/${kind}/${name}` }]));
}
