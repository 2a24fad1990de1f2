import { expect, it } from 'vitest';
import { toPostman } from '../../../apis/_platform/exporters/postman/to-postman.ts';
import { convertScript } from '../../../apis/_platform/importers/postman-scripts/convert-script.ts';
import { postmanEnvironmentImporter } from '../../../apis/_platform/importers/postman/postman-environment-importer.ts';
import { postmanImporter } from '../../../apis/_platform/importers/postman/postman-importer.ts';
import { postman21, postmanEnvironment } from './sample-documents.ts';

function read(document: unknown) {
  return postmanImporter.read({ name: 'users.json', text: JSON.stringify(document), others: [] }, {});
}

it('reads folders as categories that inherit auth, and everything of a request', () => {
  const collection = read(postman21);
  expect(collection.auth).toEqual({ type: 'bearer', token: '{{token}}' });
  const basic = { type: 'basic', username: 'root', password: '{{pw}}' };
  expect(collection.categories).toEqual([
    { name: 'Admin', description: '', auth: basic },
    { name: 'Admin / Deep', description: '', auth: basic },
  ]);
  const [create, plain, form, graph] = collection.entries;
  expect(create).toMatchObject({
    category: 'Admin / Deep',
    request: {
      method: 'POST',
      url: '{{baseUrl}}/users/:org',
      params: [{ name: 'dry', value: 'true' }],
      pathParams: [{ name: 'org', value: 'acme' }],
      headers: [
        { name: 'X-Id', value: '{{$guid}}' },
        { name: 'X-Off', value: 'no', enabled: false },
      ],
      body: {
        type: 'json',
        value: {
          name: '{{$randomFullName}}',
          color: "{{$randomPick:'red':'green':'blue':'yellow':'black'}}",
        },
      },
      auth: { type: 'inherit' },
    },
  });
  expect(plain?.request).toMatchObject({
    url: 'https://users.example/ping',
    params: [{ name: 'x', value: 'a b' }],
  });
  expect(form?.request).toMatchObject({
    url: 'http://users.example/form',
    auth: { type: 'none' },
    body: {
      type: 'multipart',
      parts: [
        { name: 'f', fileName: 'a.png', enabled: false },
        { name: 't', value: 'x' },
      ],
    },
  });
  expect(graph?.request.body).toEqual({ type: 'graphql', query: '{ me { id } }', variables: { a: 1 } });
  expect(collection.skipped).toEqual([
    { where: '/item/4', name: 'Broken', reason: "expected 'request' to be a URL or an object, got nothing" },
  ]);
});

it('turns scripts into checks, extractions and variables, and keeps what it does not know', () => {
  const collection = read(postman21);
  const [create] = collection.entries;
  expect(create?.assertions).toEqual([
    { name: 'fast', on: 'time', operator: 'less', expected: 500 },
    { name: 'created', on: 'status', operator: 'equals', expected: 201 },
    { name: 'created', on: 'jsonPath', path: '$.user.name', operator: 'equals', expected: 'Ada' },
  ]);
  expect(create?.extractions).toEqual([
    { name: 'userId', scope: 'environment', from: 'jsonPath', path: '$.user.id' },
  ]);
  expect(collection.variables).toContainEqual({ name: 'limit', value: 10 });
  expect(create?.description).toContain('if (data.x) { sendMail(); }');
  expect(create?.description).toContain('const t = Date.now();');
  const told = collection.notConverted.map(({ what }) => what);
  expect(told).toContain('test script: if (data.x) { sendMail(); }');
  expect(told).toContain('1 saved answers');
});

const onPath = (path: string, operator: string, expected?: unknown) => ({
  on: 'jsonPath',
  path,
  operator,
  ...(expected === undefined ? {} : { expected }),
});

const sized = (path: string, { min, max }: { min?: number; max?: number }) =>
  onPath(path, 'schema', {
    type: ['array', 'string', 'object'],
    ...(min === undefined ? {} : { minItems: min, minLength: min, minProperties: min }),
    ...(max === undefined ? {} : { maxItems: max, maxLength: max, maxProperties: max }),
  });

it.each<[script: string, assertions: unknown[]]>([
  ['pm.response.to.have.status("Created")', [{ on: 'status', operator: 'equals', expected: 201 }]],
  [
    'pm.response.to.be.success',
    [
      { on: 'status', operator: 'greaterOrEqual', expected: 200 },
      { on: 'status', operator: 'less', expected: 300 },
    ],
  ],
  ['pm.response.to.not.be.error', [{ on: 'status', operator: 'less', expected: 400 }]],
  [
    'pm.response.to.have.header("X", "1")',
    [{ on: 'header', header: 'X', operator: 'equals', expected: '1' }],
  ],
  ['pm.response.to.have.jsonBody("a.b[0]", null)', [onPath('$.a.b[0]', 'equals', null)]],
  ['pm.response.to.have.responseTime.below(9)', [{ on: 'time', operator: 'less', expected: 9 }]],
  [
    'const schema = {type: "object"}; pm.response.to.have.jsonSchema(schema)',
    [onPath('$', 'schema', { type: 'object' })],
  ],
  [
    'pm.expect(pm.response.code).to.be.oneOf([200, 201])',
    [{ on: 'status', operator: 'in', expected: [200, 201] }],
  ],
  [
    'pm.expect(pm.response.json()["odd name"][2].x).to.not.equal(-1)',
    [onPath("$['odd name'][2].x", 'notEquals', -1)],
  ],
  [
    'pm.expect(pm.response.json()).to.be.an("array").that.has.lengthOf(3)',
    [onPath('$', 'type', 'array'), onPath('$', 'length', 3)],
  ],
  ['const {a: {b}} = pm.response.json(); pm.expect(b.length).to.eql(2)', [onPath('$.a.b', 'length', 2)]],
  ['pm.expect(pm.response.json().list.length).to.be.above(1)', [sized('$.list', { min: 2 })]],
  ['pm.expect(pm.response.json().list.length).to.be.at.least(1)', [sized('$.list', { min: 1 })]],
  ['pm.expect(pm.response.json().list.length).to.be.below(5)', [sized('$.list', { max: 4 })]],
  ['pm.expect(pm.response.json().list.length > 0).to.be.true', [sized('$.list', { min: 1 })]],
  [
    'pm.expect(pm.response.json().list).to.be.an("array").that.is.not.empty',
    [onPath('$.list', 'type', 'array'), sized('$.list', { min: 1 })],
  ],
  [
    'pm.expect(pm.response.json()).to.have.property("id").that.is.a("number")',
    [onPath('$.id', 'exists'), onPath('$.id', 'type', 'number')],
  ],
  ['pm.expect(pm.response.text()).to.include("ok")', [{ on: 'body', operator: 'contains', expected: 'ok' }]],
  [
    'pm.expect(pm.response.headers.get("Content-Type")).to.match(/^app/)',
    [{ on: 'header', header: 'Content-Type', operator: 'matches', expected: '^app' }],
  ],
  ['pm.expect(pm.response.json().a).to.match(/^x/gi)', [onPath('$.a', 'matches', '/^x/i')]],
  [
    String.raw`pm.expect(/^\p{L}+$/u.test(pm.response.json().a)).to.be.true`,
    [onPath('$.a', 'matches', String.raw`/^\p{L}+$/u`)],
  ],
  [
    'pm.expect(pm.response.json().n).to.be.within(1, 5)',
    [onPath('$.n', 'greaterOrEqual', 1), onPath('$.n', 'lessOrEqual', 5)],
  ],
  [
    'pm.expect(pm.response.json().name).to.eql(pm.environment.get("expectedName"))',
    [onPath('$.name', 'equals', '{{expectedName}}')],
  ],
  [
    'pm.expect(pm.response.json()).to.include({a: 1, b: "x"})',
    [onPath('$.a', 'equals', 1), onPath('$.b', 'equals', 'x')],
  ],
  ['pm.expect(pm.response.json().ok === true).to.be.true', [onPath('$.ok', 'equals', true)]],
  [
    'var jsonData = JSON.parse(responseBody); tests["id"] = jsonData.id === 5 && responseTime < 100;',
    [
      { ...onPath('$.id', 'equals', 5), name: 'id' },
      { on: 'time', operator: 'less', expected: 100, name: 'id' },
    ],
  ],
  [
    'tests["has"] = responseBody.has("yes")',
    [{ on: 'body', operator: 'contains', expected: 'yes', name: 'has' }],
  ],
  [
    'tests["code"] = responseCode.code !== 500',
    [{ on: 'status', operator: 'notEquals', expected: 500, name: 'code' }],
  ],
])('converts %s', (script, assertions) => {
  expect(convertScript(script, 'test')).toEqual({
    assertions,
    extractions: [],
    variables: [],
    leftovers: [],
  });
});

it.each([
  'pm.sendRequest("https://x.example", () => {})',
  'for (const x of pm.response.json()) pm.expect(x).to.exist',
  'pm.expect(pm.response.json().a + 1).to.eql(2)',
  'pm.expect(pm.response.json().a).to.not.match(/x/)',
  'pm.expect(pm.response.json().a).to.match(/x/y)',
  'pm.test("async", (done) => { done(); })',
  'tests["or"] = responseCode.code === 200 || responseCode.code === 201',
  'pm.environment.set("now", new Date())',
  'pm.environment.set("fixed", "text")',
  'this is no javascript',
])('leaves %s to people', (script) => {
  const converted = convertScript(script, 'test');
  expect(converted.assertions).toEqual([]);
  expect(converted.extractions).toEqual([]);
  expect(converted.leftovers.map(({ source }) => source)).toEqual([script]);
});

it('does not trust a name that an unknown statement changed', () => {
  const script =
    'let data = pm.response.json(); if (data.list) { data = data.list[0]; } pm.expect(data.id).to.eql(1);';
  const { assertions, leftovers } = convertScript(script, 'test');
  expect(assertions).toEqual([]);
  expect(leftovers).toHaveLength(2);
});

it('reads environments, secrets as secrets', () => {
  const read = postmanEnvironmentImporter.read(
    { name: 'e.json', text: JSON.stringify(postmanEnvironment), others: [] },
    {},
  );
  expect(read.environments).toEqual([
    {
      name: 'Staging',
      variables: [
        { name: 'baseUrl', value: 'https://staging.example' },
        { name: 'pw', value: 'hidden', secret: true },
      ],
    },
  ]);
});

it('reads version 2.0: auth as objects, URLs and headers as text', () => {
  const collection = read({
    info: { name: 'Old', schema: 'https://schema.getpostman.com/json/collection/v2.0.0/collection.json' },
    auth: { type: 'apikey', apikey: { key: 'X-Key', value: '{{k}}', in: 'header' } },
    item: [
      { name: 'A', request: { method: 'GET', header: 'A: 1\nB: 2', url: 'https://o.example/a?x=1#top' } },
    ],
  });
  expect(collection.format).toBe('Postman 2.0');
  expect(collection.auth).toEqual({ type: 'apiKey', name: 'X-Key', value: '{{k}}', in: 'header' });
  expect(collection.entries[0]?.request).toMatchObject({
    url: 'https://o.example/a',
    params: [{ name: 'x', value: '1' }],
    headers: [
      { name: 'A', value: '1' },
      { name: 'B', value: '2' },
    ],
  });
});

it('exports what it reads: the same requests, checks and extractions come back', () => {
  const first = read(postman21);
  const second = read(toPostman(first));
  const comparable = (collection: typeof first) =>
    collection.entries.map((entry) => ({
      ...entry,
      where: undefined,
      request: {
        ...entry.request,
        body: entry.request.body.type === 'multipart' ? 'multipart' : entry.request.body,
      },
    }));
  expect(comparable(second)).toEqual(comparable(first));
  expect(second.categories).toEqual(first.categories);
  expect(second.auth).toEqual(first.auth);
});
