import type { Endpoint, Snapshot } from '../registry/snapshot.ts';
import type { Components, OpenapiDocument, PathItem } from './openapi-document.ts';
import { operationIds } from './openapi-operation-ids.ts';
import { endpointOperation } from './openapi-operation.ts';
import { splitRequest, type SplitRequest } from './openapi-form-files.ts';
import { failureResponses, failureSchemas, headers } from './openapi-responses.ts';
import { nameSchemas } from './openapi-schemas.ts';
import { systemSchemas } from './openapi-system-schemas.ts';
import { systemPaths } from './openapi-system.ts';
import { withUsedComponents } from './openapi-used-components.ts';
import type { SignatureSchemas, WrittenSchema } from './signature-schemas.ts';

export interface OpenapiOptions {
  /** Of the runtime. */
  readonly version: string;
  readonly schemas: SignatureSchemas;
}

interface WrittenEndpoint {
  readonly endpoint: Endpoint;
  readonly request: SplitRequest;
  readonly body: WrittenSchema;
  readonly returned: WrittenSchema;
}

const introduction = `Every function is an operation \`POST /<module>/<function>\`.

**Requests** are \`{"token": "…", "body": {…}}\`: parameters go inside \`body\`, which may be left out when none
is required. Functions that take files take \`multipart/form-data\` instead, with the parts \`token\`, \`body\`
(JSON) and one for each file.

**Tokens** come as \`Authorization: Bearer …\` or as \`token\` beside \`body\`. OpenAPI cannot describe the second
way: where an operation's security may be empty, the token in the body has to be there instead.

**Answers** are \`{"success": true, "data": …, "endpoint": "…"}\`, or
\`{"success": false, "error": "…", "code": "…", "endpoint": "…"}\` with \`details\` where there is more to say.`;

const securitySchemes: Components['securitySchemes'] = {
  BearerAuth: { type: 'http', scheme: 'bearer', description: 'A business or admin token.' },
  QueryToken: {
    type: 'apiKey',
    in: 'query',
    name: 'token',
    description: 'An admin token, for admin routes by `GET` only. It reaches no log.',
  },
};

/**
 * The OpenAPI 3.1 document of everything that a snapshot serves, and of the runtime's own routes. It depends
 * on the snapshot's signatures only: the same ones give the same document, whatever their order.
 */
export function toOpenapi({ endpoints }: Snapshot, { version, schemas }: OpenapiOptions): OpenapiDocument {
  const all = [...endpoints.values()].sort(byPath).map((endpoint) => write(endpoint, schemas));
  const ids = operationIds(endpoints.keys());
  const ownSchemas = { ...failureSchemas, ...systemSchemas };
  const named = nameSchemas(
    all.flatMap(({ endpoint: { module, name }, body, returned }) => [
      { written: body, owner: { module, name, part: 'body' as const } },
      { written: returned, owner: { module, name, part: 'result' as const } },
    ]),
    Object.keys(ownSchemas),
  );
  const paths = all.map(({ endpoint, request, body, returned }): [string, PathItem] => {
    const post = endpointOperation(endpoint, {
      operationId: ids.get(endpoint.path) ?? endpoint.path,
      request,
      body: named.resolve(body),
      returned: named.resolve(returned),
    });
    return [endpoint.path, { post }];
  });
  const modules = [...new Set(all.map(({ endpoint }) => endpoint.module))];
  const systemTag = modules.includes('system') ? 'system (runtime)' : 'system';
  return withUsedComponents({
    openapi: '3.1.1',
    info: {
      title: 'api-deploy',
      version,
      description: introduction,
      // The runtime cannot know under which terms the functions of its users may be called.
      license: { name: 'Not stated', identifier: 'NOASSERTION' },
    },
    servers: [{ url: '/', description: 'The service that this document comes from.' }],
    tags: [
      ...modules.map((name) => ({ name, description: `Functions of the module \`${name}\`.` })),
      { name: systemTag, description: "The runtime's own routes." },
    ],
    paths: { ...Object.fromEntries(paths), ...systemPaths(systemTag) },
    components: {
      schemas: { ...ownSchemas, ...named.components },
      responses: failureResponses(),
      headers,
      securitySchemes,
      'x-body-token': {
        property: 'token',
        description: 'Security that OpenAPI has no scheme for: the property of this name beside `body`.',
      },
    },
  });
}

function write(endpoint: Endpoint, schemas: SignatureSchemas): WrittenEndpoint {
  const request = splitRequest(endpoint.signature);
  return {
    endpoint,
    request,
    body: schemas.body(request.json),
    returned: schemas.returned(endpoint.signature),
  };
}

function byPath(a: Endpoint, b: Endpoint): number {
  return a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
}
