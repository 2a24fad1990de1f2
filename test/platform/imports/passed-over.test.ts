import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { projectRoot, startServer, type TestServer } from '../../support/start-server.ts';

let server: TestServer;
let projectId: number;
beforeAll(async () => {
  server = await startServer({ env: { APIS_DIR: join(projectRoot, 'apis') } });
  projectId = (await server.call('/projects/create', { name: 'Told' })).json.data.id;
});
afterAll(() => server.stop());

interface Told {
  where: string;
  what: string;
  reason: string;
  more?: number;
}

async function told(document: object): Promise<Told[]> {
  const { json } = await server.call('/imports/preview', { projectId, text: JSON.stringify(document) });
  const [report] = json.data.documents;
  expect(report.read).toBe(report.added);
  return report.notConverted;
}

const info = { title: 'T', version: '1' };
const json = (more: object = {}) => ({ schema: { type: 'object' }, ...more });

it('tells each alternative that is not taken, with its place', async () => {
  const parameters = [
    {
      name: 'where',
      in: 'query',
      schema: { type: 'string' },
      content: { 'application/json': json(), 'text/plain': { example: 'x' } },
    },
    { name: 'Content-Type', in: 'header', schema: { type: 'string' } },
    { name: 'raw', in: 'query', allowReserved: true, examples: { a: { value: '1' }, b: { value: '2' } } },
  ];
  const content = {
    'application/xml': json(),
    'application/json': json({ examples: { first: { value: { a: 1 } }, second: { value: { a: 2 } } } }),
    'text/csv': { example: 'a,b' },
  };
  const list = await told({
    openapi: '3.0.3',
    info: { ...info, description: 'Much.', license: { name: 'MIT' } },
    externalDocs: { url: 'https://docs.example' },
    servers: [
      { url: 'https://{env}.example', variables: { env: { default: 'live', enum: ['live', 'test'] } } },
      {},
    ],
    tags: [{ name: 'used' }, { name: 'idle' }],
    paths: {
      '/a': {
        post: {
          tags: ['used'],
          externalDocs: { url: 'https://docs.example/a' },
          security: [{ cert: [] }, { key: [] }, { oauth: ['r'] }, {}],
          parameters,
          requestBody: { content },
          responses: {
            200: {
              description: '',
              content: { 'application/json': { examples: { x: { value: 1 }, y: { value: 2 } } } },
            },
          },
        },
        get: {
          security: [{ person: [] }],
          requestBody: { content: { 'application/json': json() } },
          responses: {},
        },
        put: { security: [{ oauth: [] }], responses: {} },
      },
    },
    components: {
      schemas: { Idle: { type: 'string' }, Alias: { $ref: '#/components/schemas/Idle' } },
      securitySchemes: {
        cert: { type: 'mutualTLS' },
        key: { type: 'apiKey', name: 'k', in: 'query' },
        oauth: {
          type: 'oauth2',
          flows: {
            clientCredentials: { tokenUrl: 'https://id.example', scopes: {} },
            implicit: { authorizationUrl: 'https://id.example', scopes: {} },
          },
        },
        person: {
          type: 'oauth2',
          flows: { authorizationCode: { tokenUrl: 'x', authorizationUrl: 'x', scopes: {} } },
        },
        idle: { type: 'http', scheme: 'basic' },
      },
    },
  });
  const post = '/paths/~1a/post';
  const schemes = '/components/securitySchemes';
  expect(list.map(({ where, what }) => [where, what])).toEqual(
    expect.arrayContaining([
      [`${post}/security`, 'security alternatives cert, oauth, none at all'],
      [`${post}/requestBody`, 'body of type application/xml, text/csv'],
      [`${post}/requestBody/content/application~1json/examples`, 'further examples'],
      [`${post}/responses/200/content/application~1json/examples`, 'further examples'],
      [`${post}/parameters/0`, 'value of type text/plain'],
      [`${post}/parameters/0`, 'schema of a parameter'],
      [`${post}/parameters/1`, "parameter 'Content-Type'"],
      [`${post}/parameters/2`, 'allowReserved'],
      [`${post}/parameters/2/examples`, 'further examples'],
      [post, 'externalDocs'],
      ['/paths/~1a/get/requestBody', 'body of a GET'],
      [`${schemes}/person`, 'flows authorizationCode'],
      [`${schemes}/oauth`, 'flows implicit'],
      [`${schemes}/idle`, 'security scheme'],
      ['/components/schemas/Idle', 'schema'],
      ['/tags/1', 'tag'],
      ['/servers/0', "further values of the variable 'env'"],
      ['/servers/1', 'server'],
      ['/info/description', 'description'],
      ['/info/license', 'license'],
      ['/externalDocs', 'externalDocs'],
    ]),
  );
  expect(list).toHaveLength(21);
  for (const { reason } of list) expect(reason).toMatch(/\w{3}/);
});

it('tells the same of Swagger 2.0', async () => {
  const list = await told({
    swagger: '2.0',
    info,
    host: 'shop.example',
    schemes: ['https', 'wss'],
    consumes: ['application/json', 'application/xml'],
    securityDefinitions: {
      code: { type: 'oauth2', flow: 'accessCode', tokenUrl: 'x', authorizationUrl: 'x' },
    },
    security: [{ code: [] }],
    definitions: { Idle: {} },
    paths: { '/a': { post: { parameters: [{ name: 'b', in: 'body', schema: {} }], responses: {} } } },
  });
  expect(list.map(({ where, what }) => `${where}: ${what}`).sort()).toEqual([
    '/definitions/Idle: schema',
    '/paths/~1a/post/parameters/0: body of type application/xml',
    '/schemes: schemes wss',
    '/securityDefinitions/code: flows accessCode',
  ]);
});

it('tells what thousands have in common by the first places and a count', async () => {
  const shared = { $ref: '#/components/parameters/Shared' };
  const operation = (index: number) => ({
    parameters: [shared],
    requestBody: { content: { 'application/json': json(), 'text/csv': {} } },
    ...(index % 2 === 0 ? {} : { externalDocs: { url: 'https://docs.example' } }),
    responses: {},
  });
  const list = await told({
    openapi: '3.1.0',
    info,
    paths: Object.fromEntries(
      Array.from({ length: 1500 }, (_, index) => [`/p${index}`, { post: operation(index) }]),
    ),
    components: {
      parameters: { Shared: { name: 'q', in: 'query', allowReserved: true, schema: { type: 'string' } } },
    },
  });
  const of = (what: string) => list.filter((one) => one.what === what);
  const bodies = of('body of type text/csv');
  expect(bodies).toHaveLength(20);
  expect(bodies.map(({ where }) => where)).toContain('/paths/~1p0/post/requestBody');
  expect(bodies.map(({ more = 0 }) => more).reduce((sum, more) => sum + more)).toBe(1480);
  expect(of('externalDocs').reduce((sum, { more = 0 }) => sum + 1 + more, 0)).toBe(750);
  expect(of('allowReserved')).toEqual([expect.objectContaining({ where: '/components/parameters/Shared' })]);
});
