/** The same large OpenAPI document for the same numbers: everything that real ones have, thousands of times. */
export function largeDocument({ operations, schemas }: { operations: number; schemas: number }): object {
  const next = generator(42);
  const ref = (): object => ({ $ref: `#/components/schemas/Model${next(schemas)}` });
  const methods = ['get', 'post', 'put', 'patch', 'delete'];
  const paths: Record<string, Record<string, object>> = {};
  for (let index = 0; index < operations; index++) {
    const method = methods[index % methods.length] ?? 'get';
    const group = Math.floor(index / methods.length);
    const path = `/v${next(3)}/group-${group % 97}/things-${group}/{thingId}/parts/{part.name}`;
    const holder = Object.keys(paths).find((known) => known.includes(`/things-${group}/`)) ?? path;
    const item = (paths[holder] ??= { parameters: [{ $ref: '#/components/parameters/thingId' }] as never });
    item[method] = operation({ index, method, tag: `Group ${group % 97}`, ref, next });
  }
  return {
    openapi: '3.0.3',
    info: { title: 'Everything at once', version: '1', description: 'Ä lot of «things»' },
    servers: [
      {
        url: 'https://{tenant}.example.com/api',
        description: 'Live',
        variables: { tenant: { default: 'acme', enum: ['acme', 'b'] } },
      },
    ],
    security: [{ oauth: ['read'] }],
    tags: Array.from({ length: 97 }, (_, index) => ({
      name: `Group ${index}`,
      description: `The group number ${index}`,
    })),
    paths,
    components: {
      parameters: {
        thingId: { name: 'thingId', in: 'path', required: true, schema: { type: 'string', format: 'uuid' } },
      },
      responses: {
        Problem: {
          description: 'A problem',
          content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Model0' } } },
        },
      },
      securitySchemes: {
        oauth: {
          type: 'oauth2',
          flows: {
            clientCredentials: { tokenUrl: 'https://id.example.com/token', scopes: { read: '', write: '' } },
          },
        },
        api_key: { type: 'apiKey', name: 'X-Api-Key', in: 'query' },
      },
      schemas: Object.fromEntries(
        Array.from({ length: schemas }, (_, index) => [`Model${index}`, model(index, ref, next)]),
      ),
    },
  };
}

interface Parts {
  index: number;
  method: string;
  tag: string;
  ref: () => object;
  next: (below: number) => number;
}

function operation({ index, method, tag, ref, next }: Parts): object {
  const parameters = [
    {
      name: 'filter',
      in: 'query',
      style: 'deepObject',
      explode: true,
      schema: { type: 'object', properties: { a: { type: 'integer' } } },
    },
    {
      name: 'ids',
      in: 'query',
      required: next(2) === 0,
      schema: { type: 'array', items: { type: 'integer' } },
      example: [1, 2, next(100)],
    },
    { name: 'q', in: 'query', schema: { type: 'string', nullable: true, default: 'größer & {{kleiner}}' } },
    { name: 'X-Request-Id', in: 'header', required: true, schema: { type: 'string', format: 'uuid' } },
    { name: 'part.name', in: 'path', required: true, schema: { type: 'string', enum: ['a/b', 'c'] } },
  ];
  const types = [
    'application/json',
    'application/vnd.thing+json',
    'application/x-www-form-urlencoded',
    'multipart/form-data',
    'text/plain',
    'application/xml',
    'application/octet-stream',
  ];
  const type = types[next(types.length)] ?? 'application/json';
  const flat = {
    type: 'object',
    required: ['name'],
    properties: {
      name: { type: 'string', maxLength: 12 },
      count: { type: 'integer', minimum: 2 },
      tags: { type: 'array', items: { type: 'string' } },
    },
  };
  const isForm = /form/.test(type);
  return {
    operationId: `${method}Thing${index}`,
    ...(next(3) === 0 ? {} : { summary: `${method} thing ${index}` }),
    description: `What **${method}** does, number ${index}.`,
    tags: next(11) === 0 ? [] : [tag, 'common'],
    ...(next(20) === 0 ? { deprecated: true } : {}),
    ...(next(5) === 0 ? { security: [{ api_key: [] }] } : next(7) === 0 ? { security: [] } : {}),
    parameters: parameters.filter((_, place) => place > 3 || next(3) > 0),
    ...(method === 'get' || method === 'delete'
      ? {}
      : {
          requestBody: {
            required: next(2) === 0,
            content: {
              [type]: { schema: isForm ? flat : ref() },
              ...(next(4) === 0 ? { 'text/csv': { example: 'a,b' } } : {}),
            },
          },
        }),
    responses: {
      200: {
        description: 'ok',
        headers: { 'X-Rate': { schema: { type: 'integer' } } },
        content: { 'application/json': { schema: { type: 'array', items: ref() } } },
      },
      default: { $ref: '#/components/responses/Problem' },
    },
  };
}

function model(index: number, ref: () => object, next: (below: number) => number): object {
  const properties = {
    id: { type: 'string', format: 'uuid', readOnly: true },
    name: { type: 'string', minLength: 1, example: `name ${index}` },
    amount: { type: 'number', minimum: 0, exclusiveMinimum: true },
    parent: ref(),
    children: { type: 'array', items: ref() },
    kind: { type: 'string', enum: ['a', 'b', null], nullable: true },
    extra: { type: 'object', additionalProperties: ref() },
  };
  const base = { type: 'object', required: ['id', 'name'], properties };
  if (next(5) === 0) return { allOf: [ref(), base] };
  if (next(6) === 0)
    return {
      oneOf: [ref(), { type: 'string' }],
      discriminator: { propertyName: 'kind', mapping: { a: '#/components/schemas/Model0' } },
    };
  return base;
}

/** Numbers that look random and are always the same. */
function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % below;
  };
}
