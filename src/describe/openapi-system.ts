import type {
  JsonSchema,
  MediaType,
  Operation,
  PathItem,
  RequestBody,
  Response,
  SecurityRequirement,
} from './openapi-document.ts';
import { successSchema, tokenInBodyOrHeader } from './openapi-operation.ts';
import { commonHeaders, referToFailures, type FailureName } from './openapi-responses.ts';
import {
  configChangesSchema,
  generationsSchema,
  healthSchema,
  liftedSchema,
  notReadySchema,
  quarantineSchema,
  readySchema,
  reloadSchema,
  rollbackSchema,
  stateSchema,
} from './openapi-system-schemas.ts';

interface AdminRoute {
  readonly path: string;
  /** `reload`: its operations are `reload` and `reloadByQuery`. */
  readonly id: string;
  readonly summary: string;
  readonly description: string;
  readonly data: JsonSchema;
  readonly failures?: readonly FailureName[];
  /** What a POST takes beside the token. */
  readonly parameters?: Readonly<Record<string, JsonSchema>>;
  /** It changes what serves, so that a GET is no way to it. */
  readonly postOnly?: boolean;
}

const open: readonly SecurityRequirement[] = [];
const tokenInQueryOrHeader: readonly SecurityRequirement[] = [{ BearerAuth: [] }, { QueryToken: [] }];

const adminRoutes: readonly AdminRoute[] = [
  {
    path: '/api/reload',
    id: 'reload',
    summary: 'Loads what changed on disk.',
    description: 'Answers when the new generation serves. Needs an admin token.',
    data: reloadSchema,
    failures: ['ReloadFailed'],
  },
  {
    path: '/api/reload-config',
    id: 'reloadConfig',
    summary: 'Reads the configuration anew.',
    description:
      'An invalid one changes nothing, and the answer says why. Keys that need a restart are named. Needs an admin token.',
    data: configChangesSchema,
    failures: ['ConfigInvalid', 'ReloadFailed'],
  },
  {
    path: '/api/generations',
    id: 'listGenerations',
    summary: 'The last good generations, newest first.',
    description: 'When, why, and what changed. With a number, that one with all files. Needs an admin token.',
    data: generationsSchema,
    failures: ['GenerationNotFound', 'ValidationFailed', 'InternalError'],
    parameters: { generation: { type: 'integer', minimum: 1 } },
  },
  {
    path: '/api/rollback',
    id: 'rollBack',
    summary: 'Goes back to an earlier version, of everything or of one module.',
    description:
      'It is held until its file is saved again; `latest` stands for what is on disk. What does not load changes nothing. Needs an admin token.',
    data: rollbackSchema,
    failures: ['GenerationNotFound', 'RollbackRefused', 'ReloadFailed'],
    parameters: {
      generation: {
        anyOf: [
          { type: 'integer', minimum: 1 },
          { type: 'string', const: 'latest' },
        ],
      },
      module: { type: 'string', minLength: 1 },
    },
    postOnly: true,
  },
  {
    path: '/api/quarantine',
    id: 'listQuarantine',
    summary: 'Endpoints that are not called any more.',
    description: 'They have blocked the process several times in a row. Needs an admin token.',
    data: quarantineSchema,
  },
  {
    path: '/api/quarantine/lift',
    id: 'liftQuarantine',
    summary: 'Lets an endpoint be called again.',
    description: 'Although its file has not changed. Needs an admin token.',
    data: liftedSchema,
    failures: ['ValidationFailed'],
    parameters: {
      endpoint: { type: 'string', pattern: '^/', description: 'Path such as `/orders/create`.' },
    },
    postOnly: true,
  },
];

/** The runtime's own routes. */
export function systemPaths(tag: string): Record<string, PathItem> {
  const admin = adminRoutes.map((route): [string, PathItem] => [route.path, adminPath(route, tag)]);
  return {
    '/': { get: stateOperation(tag) },
    '/health': { get: healthOperation(tag) },
    '/readiness': { get: readinessOperation(tag) },
    ...Object.fromEntries(admin),
  };
}

function stateOperation(tag: string): Operation {
  return {
    operationId: 'getState',
    tags: [tag],
    summary: 'What is served, since when, and what is on disk but does not serve.',
    security: open,
    responses: {
      '200': jsonResponse('The state of the service.', successSchema('/', stateSchema)),
      ...referToFailures(['MalformedRequest', 'InternalError']),
    },
  };
}

function healthOperation(tag: string): Operation {
  return {
    operationId: 'getHealth',
    tags: [tag],
    summary: 'Whether the process answers at all.',
    security: open,
    responses: {
      '200': jsonResponse('It does, also while it starts or stops.', healthSchema),
      ...referToFailures(['MalformedRequest']),
    },
  };
}

function readinessOperation(tag: string): Operation {
  return {
    operationId: 'getReadiness',
    tags: [tag],
    summary: 'Whether new calls are welcome.',
    security: open,
    responses: {
      '200': jsonResponse('They are.', readySchema),
      '503': jsonResponse('They are not, for this reason.', notReadySchema),
      ...referToFailures(['MalformedRequest']),
    },
  };
}

function adminPath(route: AdminRoute, tag: string): PathItem {
  const { id, path, summary, description, data, failures = ['InternalError'], postOnly = false } = route;
  const shared = { tags: [tag], summary, description } as const;
  const answer = jsonResponse('Done.', successSchema(path, data));
  const always: readonly FailureName[] = ['AdminUnauthorized', 'AdminForbidden', 'Stopping', ...failures];
  const get: Operation = {
    operationId: `${id}ByQuery`,
    ...shared,
    security: tokenInQueryOrHeader,
    responses: { '200': answer, ...referToFailures(always) },
  };
  return {
    ...(postOnly ? {} : { get }),
    post: {
      operationId: id,
      ...shared,
      security: tokenInBodyOrHeader,
      requestBody: adminBody(route.parameters),
      responses: {
        '200': answer,
        ...referToFailures([...always, 'BadRequest', 'PayloadTooLarge', 'UnsupportedMediaType']),
      },
    },
  };
}

function adminBody(parameters: Readonly<Record<string, JsonSchema>> = {}): RequestBody {
  return {
    required: false,
    content: {
      'application/json': {
        schema: {
          type: 'object',
          properties: {
            token: {
              type: 'string',
              description: 'An admin token; left out, or empty, when it comes as `Authorization: Bearer …`.',
            },
            ...parameters,
          },
          additionalProperties: false,
        },
        example: {},
      } satisfies MediaType,
    },
  };
}

function jsonResponse(description: string, schema: JsonSchema): Response {
  return { description, headers: commonHeaders, content: { 'application/json': { schema } } };
}
