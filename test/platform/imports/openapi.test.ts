import { expect, it } from 'vitest';
import { stringify } from 'yaml';
import { openApiImporter } from '../../../apis/_platform/importers/openapi/openapi-importer.ts';
import { openApi30, swagger2 } from './sample-documents.ts';

function read(document: unknown, others: { name: string; text: string }[] = [], options = {}) {
  const text = typeof document === 'string' ? document : JSON.stringify(document);
  return openApiImporter.read({ name: 'api.json', text, others }, options);
}

function entry(collection: ReturnType<typeof read>, method: string, url: string) {
  const found = collection.entries.find(({ request }) => request.method === method && request.url === url);
  if (found === undefined)
    throw new Error(
      `no ${method} ${url} among ${collection.entries.map((e) => `${e.request.method} ${e.request.url}`).join(', ')}`,
    );
  return found;
}

it('reads parameters of every place, with examples and samples', () => {
  const get = entry(read(openApi30), 'GET', '/orders/{orderId}');
  expect(get.name).toBe('Get an order');
  expect(get.category).toBe('orders');
  expect(get.request.pathParams).toEqual([{ name: 'orderId', value: '5' }]);
  expect(get.request.params).toEqual([
    { name: 'fields', value: 'id', enabled: false },
    { name: 'fields', value: 'total', enabled: false },
    { name: 'filter[from]', value: '2030-01-31' },
  ]);
  expect(get.request.headers).toEqual([
    { name: 'X-Trace', value: expect.stringMatching(/^[a-f]{4}-\d{2}$/) },
    { name: 'Cookie', value: 'session=abc' },
    { name: 'Cookie', value: 'theme=dark; size=1', enabled: false },
  ]);
  expect(get.request.auth).toEqual({ type: 'inherit' });
});

it('makes samples from schemas that refer to themselves, with allOf, oneOf and a property called $ref', () => {
  const put = entry(read(openApi30), 'PUT', '/orders/{orderId}');
  expect(put.request.body).toEqual({
    type: 'json',
    value: { id: 1, note: 'be quick', items: [{ name: 'str', of: 'a', price: 1.05 }], $ref: 'string' },
  });
  expect(put.request.auth).toEqual({ type: 'none' });
});

it('reads bodies of every kind', () => {
  const collection = read(openApi30);
  expect(entry(collection, 'POST', 'https://upload.shop.example/upload').request.body).toEqual({
    type: 'multipart',
    parts: [
      { name: 'file', value: '', enabled: false },
      { name: 'note', value: 'string' },
      { name: 'meta', value: '{"a":1}', contentType: 'application/json' },
    ],
  });
  expect(entry(collection, 'POST', '/login').request.body).toEqual({
    type: 'form',
    fields: [
      { name: 'user', value: 'string' },
      { name: 'age', value: '18' },
    ],
  });
  expect(entry(collection, 'POST', '/xml').request.body).toEqual({
    type: 'text',
    text: '<tag><name>str</name><of>a</of></tag>',
    contentType: 'application/xml',
  });
});

it('reads servers as environments and security as auth', () => {
  const collection = read(openApi30);
  expect(collection.environments).toEqual([
    {
      name: 'Live',
      variables: [
        { name: 'baseUrl', value: 'https://{{region}}.shop.example/v1' },
        { name: 'region', value: 'eu' },
      ],
    },
    { name: 'http://localhost:3000', variables: [{ name: 'baseUrl', value: 'http://localhost:3000' }] },
  ]);
  expect(collection.auth).toEqual({ type: 'bearer', token: '{{bearerAuthToken}}' });
  expect(entry(collection, 'DELETE', '/orders/{orderId}').request.auth).toEqual({
    type: 'apiKey',
    name: 'X-Key',
    value: '{{key}}',
    in: 'header',
  });
  expect(collection.notConverted.map(({ what }) => what)).toEqual(
    expect.arrayContaining(['callbacks', "file 'file' of a form"]),
  );
});

it('keeps schemas in the words of JSON Schema 2020-12', () => {
  const { schemas } = read(openApi30);
  expect(schemas['Order']).toMatchObject({
    properties: {
      id: { type: 'integer', exclusiveMinimum: 0 },
      note: { type: ['string', 'null'], examples: ['be quick'] },
      parent: { $ref: '#/components/schemas/Order' },
      $ref: { type: 'string' },
    },
  });
  expect(schemas['Order']).not.toHaveProperty('properties.id.minimum');
});

it('adds checks of answers against their schemas on request', () => {
  const get = entry(read(openApi30, [], { schemaAssertions: true }), 'GET', '/orders/{orderId}');
  expect(get.assertions).toMatchObject([
    { on: 'status', operator: 'equals', expected: 200 },
    {
      on: 'jsonPath',
      path: '$',
      operator: 'schema',
      expected: { $ref: '#/$defs/Order', $defs: { Order: {}, Item: {}, Tag: {} } },
    },
  ]);
});

it('reads Swagger 2.0', () => {
  const collection = read(swagger2);
  expect(collection.environments.map(({ variables }) => variables[0]?.value)).toEqual([
    'https://old.example/api',
    'http://old.example/api',
  ]);
  const get = entry(collection, 'GET', '/pets');
  expect(get.request.params).toEqual([{ name: 'ids', value: '1,2', enabled: false }]);
  expect(get.request.auth).toMatchObject({
    type: 'oauth2',
    grant: 'clientCredentials',
    tokenUrl: 'https://old.example/token',
    scope: 'read',
  });
  expect(get.schemas?.responses?.['200']).toEqual({
    description: 'ok',
    content: {
      'application/json': { schema: { type: 'array', items: { $ref: '#/components/schemas/Pet' } } },
    },
  });
  expect(entry(collection, 'POST', '/pets').request.body).toEqual({
    type: 'json',
    value: { name: 'string', owner: 'string' },
  });
  expect(entry(collection, 'POST', '/photos').request.body).toEqual({
    type: 'multipart',
    parts: [
      { name: 'photo', value: '', enabled: false },
      { name: 'title', value: 'string' },
    ],
  });
});

it('follows references between files, by path or by name alone', () => {
  const main = stringify({
    openapi: '3.1.0',
    info: { title: 'Many', version: '1' },
    paths: { '/a': { $ref: './paths/a.yaml' }, '/gone': { $ref: 'nowhere.yaml' } },
  });
  const a = stringify({
    post: {
      requestBody: { content: { 'application/json': { schema: { $ref: '../schemas/thing.yaml#/Thing' } } } },
    },
  });
  const thing = stringify({
    Thing: { type: 'object', properties: { next: { $ref: '#/Thing' }, size: { $ref: 'size.json' } } },
  });
  const size = JSON.stringify({ type: 'integer', minimum: 7 });
  for (const names of [
    ['paths/a.yaml', 'schemas/thing.yaml', 'schemas/size.json'],
    ['a.yaml', 'thing.yaml', 'size.json'],
  ]) {
    const others = [a, thing, size].map((text, index) => ({ name: names[index] ?? '', text }));
    const collection = read(main, others);
    expect(entry(collection, 'POST', '/a').request.body).toEqual({ type: 'json', value: { size: 7 } });
    expect(collection.skipped).toEqual([
      {
        where: '/paths/~1gone',
        name: '/gone',
        reason: "its $ref 'nowhere.yaml' leads nowhere or in a circle",
      },
    ]);
  }
});

it('says which documents are missing', () => {
  const text = JSON.stringify({
    openapi: '3.0.0',
    paths: { '/a': { $ref: 'https://x.example/a.json#/p' } },
    components: {
      schemas: { A: { properties: { $ref: { type: 'string' } }, example: { $ref: 'data.json' } } },
    },
  });
  expect(openApiImporter.missing?.({ name: 'a.json', text, others: [] })).toEqual([
    'https://x.example/a.json',
  ]);
});

it('does not take references in circles for more than they are', () => {
  const collection = read({
    openapi: '3.0.0',
    info: {},
    paths: {
      '/a': {
        post: {
          parameters: [{ $ref: '#/components/parameters/x' }],
          requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/A' } } } },
        },
      },
    },
    components: {
      parameters: { x: { $ref: '#/components/parameters/y' }, y: { $ref: '#/components/parameters/x' } },
      schemas: { A: { $ref: '#/components/schemas/B' }, B: { $ref: '#/components/schemas/A' } },
    },
  });
  expect(collection.entries).toHaveLength(1);
  expect(collection.notConverted.length).toBeGreaterThan(0);
});

it('skips what is no operation, with the reason', () => {
  const { entries, skipped } = read({
    openapi: '3.1.0',
    paths: { '/a': { get: null, post: [], put: {} }, '/b': 5, 'x-note': 5 },
  });
  expect(entries).toHaveLength(1);
  expect(skipped).toEqual(
    [
      { where: '/paths/~1a/post', name: 'POST /a', reason: 'expected an object, got a list' },
      { where: '/paths/~1a/get', name: 'GET /a', reason: 'expected an object, got null' },
      { where: '/paths/~1b', name: '/b', reason: 'expected an object of operations, got number' },
    ].toSorted((x, y) => x.where.localeCompare(y.where)),
  );
});

it.each([
  ['{"openapi":"3.0.0","paths":\n{"/a": {,}}}', /api\.json:2:\d+: not valid JSON/],
  ['{"openapi":"4.0.0","paths":{}}', /expected 'openapi' 3\.0 or 3\.1, or 'swagger' 2\.0, got '4\.0\.0'/],
  ['{"openapi":"3.0.0","paths":[]}', /at \/paths: expected 'paths' to be an object of paths, got a list/],
  ['', /the document is empty/],
])('refuses %s with its place', (text, message) => {
  expect(() => read(text)).toThrow(message);
});

it('refuses YAML with its line', () => {
  const text = 'openapi: 3.0.0\npaths:\n  /a: {\n  b: [\n';
  expect(() => openApiImporter.read({ name: 'api.yaml', text, others: [] }, {})).toThrow(
    /api\.yaml:\d+:\d+: not valid YAML/,
  );
});

it('leaves braces in samples what they are', () => {
  const collection = read({
    openapi: '3.1.0',
    paths: {
      '/t': {
        post: { requestBody: { content: { 'application/json': { example: { template: 'Hi {{name}}' } } } } },
      },
    },
  });
  expect(entry(collection, 'POST', '/t').request.body).toEqual({
    type: 'json',
    value: { template: "Hi {{'{'}}{name}}" },
  });
});
