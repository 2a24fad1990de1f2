import type { Signature } from '../contract/signature.ts';
import type { Endpoint } from '../registry/snapshot.ts';
import type { JsonSchema, MediaType, Operation, SecurityRequirement } from './openapi-document.ts';
import type { SplitRequest } from './openapi-form-files.ts';
import { requestBody } from './openapi-request.ts';
import {
  commonHeaders,
  ownFailure,
  referToFailures,
  schemaReference,
  type FailureName,
} from './openapi-responses.ts';

export interface OperationParts {
  readonly operationId: string;
  readonly request: SplitRequest;
  /** Schema of the JSON body. */
  readonly body: JsonSchema;
  /** Schema of what the function gives back; for a stream, of one item. */
  readonly returned: JsonSchema;
}

/** The Bearer header, or, as OpenAPI has no word for it, the `token` inside the request's body. */
export const tokenInBodyOrHeader: readonly SecurityRequirement[] = [{ BearerAuth: [] }, {}];

const callFailures: readonly FailureName[] = [
  'BadRequest',
  'Unauthorized',
  'NotFound',
  'PayloadTooLarge',
  'UnsupportedMediaType',
  'ValidationFailed',
  'RateLimited',
  'InternalError',
  'Unavailable',
  'Timeout',
];

/** `POST /<module>/<function>` */
export function endpointOperation(endpoint: Endpoint, parts: OperationParts): Operation {
  const { signature, options, module, name } = endpoint;
  const { description, summary } = texts(endpoint);
  const restricted = (options.roles ?? []).length > 0;
  const failures = restricted ? [...callFailures, 'Forbidden' as const] : callFailures;
  return {
    operationId: parts.operationId,
    tags: [module],
    summary: summary ?? name,
    description,
    ...(signature.deprecated === undefined ? {} : { deprecated: true }),
    ...(signature.effect === undefined ? {} : { 'x-effect': signature.effect }),
    ...(options.timeout === undefined ? {} : { 'x-timeout': options.timeout }),
    security: tokenInBodyOrHeader,
    requestBody: requestBody(parts.request, parts.body),
    responses: {
      '200': {
        description: resultDescription(signature),
        headers: commonHeaders,
        content: successContent(endpoint, parts.returned),
      },
      ...referToFailures(failures),
      ...ownFailure,
    },
  };
}

/** The first line of the doc comment, and all of it with the signature as its author wrote it. */
function texts({ signature, options }: Endpoint): { summary: string | undefined; description: string } {
  const [summary] = signature.description.split('\n');
  const roles = options.roles ?? [];
  const description = [
    signature.description,
    ...(roles.length === 0
      ? []
      : [`Needs a token with ${roles.map((role) => `the role \`${role}\``).join(' and ')}.`]),
    `\`\`\`ts\n${signature.text}\n\`\`\``,
  ];
  return {
    summary: summary === '' ? undefined : summary,
    description: description.filter((part) => part !== '').join('\n\n'),
  };
}

const streamForm = `Sent item by item while they come: as server-sent events, each \`data\` of an event \`data\` being an item as
JSON, with an event \`done\` at the end, or \`error\` with a failure; or by \`Accept\` as JSON lines.`;

function resultDescription({ returns, returnsDescription }: Signature): string {
  const description = returnsDescription ?? 'What the function gave back.';
  switch (returns.kind) {
    case 'value':
      return description;
    case 'stream':
      return `${description}\n\n${streamForm}`;
    case 'response':
      return `${description}\n\nThe function makes the whole answer itself, its status and headers too.`;
    default: {
      const check: never = returns.kind;
      return check;
    }
  }
}

function successContent(
  { path, signature }: Endpoint,
  returned: JsonSchema,
): Readonly<Record<string, MediaType>> {
  const { kind } = signature.returns;
  switch (kind) {
    case 'value':
      return { 'application/json': { schema: successSchema(path, returned) } };
    case 'stream':
      return {
        'text/event-stream': { schema: returned },
        'application/x-ndjson': { schema: lineSchema(returned) },
      };
    case 'response':
      return { '*/*': { schema: {} } };
    default: {
      const check: never = kind;
      return check;
    }
  }
}

/** One line of a stream. */
function lineSchema(item: JsonSchema): JsonSchema {
  const only = (name: string, value: JsonSchema): JsonSchema => ({
    type: 'object',
    required: [name],
    properties: { [name]: value },
    additionalProperties: false,
  });
  return {
    anyOf: [
      only('data', item),
      only('done', { type: 'boolean', const: true }),
      only('error', schemaReference('Failure')),
    ],
  };
}

/** The success envelope around `data`. */
export function successSchema(path: string, data: JsonSchema): JsonSchema {
  return {
    type: 'object',
    required: ['success', 'data', 'endpoint'],
    properties: {
      success: { type: 'boolean', const: true },
      data,
      endpoint: { type: 'string', const: path },
    },
  };
}
