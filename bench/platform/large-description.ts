/** An OpenAPI description as text: many operations of about 1 KB, with parameters, bodies, answers and shared schemas. */
export function largeDescription(operations: number): string {
  const methods = ['get', 'post', 'put', 'patch', 'delete'];
  const schemas = Math.ceil(operations / 25);
  const ref = (index: number): object => ({ $ref: `#/components/schemas/Model${index % schemas}` });
  const paths: Record<string, Record<string, object>> = {};
  for (let index = 0; index < operations; index++) {
    const group = Math.floor(index / methods.length);
    const method = methods[index % methods.length] ?? 'get';
    const item = (paths[`/v1/group-${group % 97}/things-${group}/{thingId}`] ??= {});
    item[method] = {
      operationId: `${method}Thing${group}`,
      summary: `${method} thing ${group}`,
      description: `What ${method} does with thing ${group}. `.repeat(5),
      tags: [`Group ${group % 97}`],
      parameters: [
        { name: 'thingId', in: 'path', required: true, schema: { type: 'string', format: 'uuid' } },
        { name: 'ids', in: 'query', schema: { type: 'array', items: { type: 'integer' } }, example: [1, 2] },
        { name: 'X-Request-Id', in: 'header', required: true, schema: { type: 'string' } },
      ],
      ...(method === 'get' || method === 'delete'
        ? {}
        : { requestBody: { required: true, content: { 'application/json': { schema: ref(index) } } } }),
      responses: {
        200: {
          description: 'ok',
          content: { 'application/json': { schema: { type: 'array', items: ref(index * 7) } } },
        },
        default: { description: 'A problem', content: { 'application/problem+json': { schema: ref(0) } } },
      },
    };
  }
  return JSON.stringify({
    openapi: '3.0.3',
    info: { title: 'Everything at once', version: '1' },
    servers: [{ url: 'https://shop.example.com/api', description: 'Live' }],
    paths,
    components: {
      schemas: Object.fromEntries(
        Array.from({ length: schemas }, (_, index) => [`Model${index}`, model(index, ref)]),
      ),
    },
  });
}

function model(index: number, ref: (index: number) => object): object {
  return {
    type: 'object',
    required: ['id', 'name'],
    properties: {
      id: { type: 'string', format: 'uuid', readOnly: true },
      name: { type: 'string', minLength: 1, example: `name ${index}` },
      amount: { type: 'number', minimum: 0, exclusiveMinimum: true },
      children: { type: 'array', items: ref(index * 3 + 1) },
      kind: { type: 'string', enum: ['a', 'b', null], nullable: true },
    },
  };
}
