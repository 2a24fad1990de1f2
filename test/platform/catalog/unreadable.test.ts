import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { projectRoot, startServer, type TestServer } from '../../support/start-server.ts';

let server: TestServer;
let moduleId: number;
let count = 0;
beforeAll(async () => {
  server = await startServer({ env: { APIS_DIR: join(projectRoot, 'apis') } });
  const { json } = await server.call('/projects/create', { name: 'Readable' });
  const module = await server.call('/modules/create', { projectId: json.data.id, name: 'one' });
  moduleId = module.json.data.id;
});
afterAll(() => server.stop());

const create = (fields: object) =>
  server.call('/catalog/create', { moduleId, name: `entry ${count++}`, url: '/orders', ...fields });

const status = { on: 'status', operator: 'equals', expected: 200 };
const onPath = (path: string, more: object = { operator: 'exists' }) => ({ on: 'jsonPath', path, ...more });
const cases: [fields: object, path: string, reason: RegExp][] = [
  [{ assertions: [status, onPath('$.a[')] }, 'assertions[1].path', /"\$\.a\[" is no JSONPath/],
  [
    { assertions: [{ on: 'body', operator: 'matches', expected: '(a' }] },
    'assertions[0].expected',
    /no regular expression/,
  ],
  [
    { assertions: [onPath('$', { operator: 'schema', expected: { type: 'objekt' } })] },
    'assertions[0].expected',
    /JSON Schema cannot be used/,
  ],
  [
    { assertions: [{ on: 'status', operator: 'in', expected: 200 }] },
    'assertions[0].expected',
    /needs a list/,
  ],
  [{ assertions: [{ on: 'status', operator: 'equals' }] }, 'assertions[0].expected', /needs an expected/],
  [
    { assertions: [{ on: 'body', operator: 'equals', expected: { a: ['{{x'] } }] },
    'assertions[0].expected.a[0]',
    /no closing }}/,
  ],
  [
    { assertions: [{ on: 'call', call: '/checks/any', arguments: { id: '{{x | nope}}' } }] },
    'assertions[0].arguments.id',
    /no filter "nope"/,
  ],
  [{ extractions: [{ name: 'a', from: 'jsonPath', path: '$..' }] }, 'extractions[0].path', /no JSONPath/],
  [{ extractions: [{ name: 'a', from: 'regex', path: '[z-a]' }] }, 'extractions[0].path', /no regular/],
  [{ extractions: [{ name: 'a', from: 'header' }] }, 'extractions[0].path', /needs the name of a header/],
  [
    { extractions: [{ name: 'a', from: 'status', default: '{{}}' }] },
    'extractions[0].default',
    /a name is missing/,
  ],
  [{ url: '/orders/{{id' }, 'url', /"\{\{id" in url has no closing }}/],
  [{ url: '/{{id | uper}}' }, 'url', /no filter "uper".*upper/],
  [{ url: '/{{$randomIntt}}' }, 'url', /no built-in "\$randomIntt"/],
  [{ params: [{ name: 'a', value: '{{b' }] }, 'params[0].value', /no closing/],
  [{ pathParams: [{ name: 'a', value: '{{b' }] }, 'pathParams[0].value', /no closing/],
  [{ headers: [{ name: 'X-{{b', value: '' }] }, 'headers[0].name', /no closing/],
  [{ body: { type: 'json', value: { user: [{ name: '{{b' }] } } }, 'body.value.user[0].name', /no closing/],
  [{ body: { type: 'form', fields: [{ name: 'a', value: '{{b' }] } }, 'body.fields[0].value', /no closing/],
  [{ auth: { type: 'bearer', token: '{{b |}}' } }, 'auth.token', /a filter is missing/],
  [{ settings: { proxy: 'http://{{b' } }, 'settings.proxy', /no closing/],
];

it('refuses what no run could read when it is saved, with the path of the field and the reason', async () => {
  const good = (await create({})).json.data;
  for (const [fields, path, reason] of cases) {
    const made = await create(fields);
    expect(made, path).toMatchObject({ status: 422, json: { code: 'VALIDATION_ERROR' } });
    expect(made.json.details, path).toEqual([
      { path, code: expect.any(String), message: expect.stringMatching(reason) },
    ]);
    expect(made.json.error).toContain(`${path}: `);
    const changed = await server.call('/catalog/update', { id: good.id, version: 1, changes: fields });
    expect(changed.json.details, path).toMatchObject([{ path: `changes.${path}` }]);
  }
  expect((await server.call('/catalog/get', { id: good.id })).json.data).toEqual(good);
});

it('tells all at once, and leaves what is not used, or only looks broken', async () => {
  const both = await create({ url: '/{{a', extractions: [{ name: 'a', from: 'regex', path: '(' }] });
  expect(both.json.details.map(({ path }: { path: string }) => path)).toEqual(['url', 'extractions[0].path']);
  expect(both.json.error).toContain('(and 1 more)');
  const fine = await create({
    url: "/{{'{{'}}/{{id}}",
    headers: [{ name: 'X-Off', value: '{{b', enabled: false, description: '{{ of it' }],
    body: { type: 'json', value: { a: '}} {', '{{name}}': '{{n | default:1}}' } },
    assertions: [
      onPath('$[', { operator: 'exists', enabled: false }),
      { on: 'body', operator: 'matches', expected: '{{pattern}}' },
      onPath('$', { operator: 'schema', expected: { $schema: 'http://json-schema.org/draft-04/schema#' } }),
    ],
  });
  expect(fine.status).toBe(200);
});

it('refuses the same in steps of a scenario, and in conditions', async () => {
  const request = { url: 'http://127.0.0.1/' };
  const steps = [
    { type: 'request', request: { ...request, headers: [{ name: 'X', value: '{{b' }] } },
    { type: 'request', request, assertions: [onPath('$.[')] },
    { type: 'if', condition: { left: 'a', operator: 'matches', right: '(' }, then: [] },
    { type: 'while', condition: { left: 1, operator: 'in', right: 1 }, steps: [] },
    { type: 'call', call: '/projects/list', extractions: [{ name: 'a', from: 'regex', path: '(' }] },
  ];
  const refused = await server.call('/scenarios/create', { moduleId, name: 'broken', steps: { steps } });
  expect(refused).toMatchObject({ status: 422, json: { code: 'SCENARIO_INVALID' } });
  expect(refused.json.details.map(({ path, code }: Record<string, string>) => [path, code])).toEqual([
    ['steps[0]', 'TEMPLATE_INVALID'],
    ['steps[1]', 'JSON_PATH_INVALID'],
    ['steps[2]', 'PATTERN_INVALID'],
    ['steps[3]', 'VALUE_INVALID'],
    ['steps[4]', 'PATTERN_INVALID'],
  ]);
});

it('takes an import that holds such: the checks are left out, the texts sent as they stand, all told', async () => {
  const script = ["pm.test('ok', () => pm.response.to.have.status(200));"];
  const document = {
    info: { name: 'Broken', schema: 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json' },
    item: [
      {
        name: 'One',
        request: {
          method: 'POST',
          url: 'http://127.0.0.1/{{id',
          header: [{ key: 'X-A', value: '{{a | nope}}' }],
          body: { mode: 'raw', raw: '{{open' },
        },
        event: [{ listen: 'test', script: { exec: script } }],
      },
      { name: 'Two', request: 'http://127.0.0.1/two' },
    ],
  };
  const call = { moduleId, text: JSON.stringify(document), mode: 'update' };
  const { status: answered, json } = await server.call('/imports/apply', call);
  expect(answered).toBe(200);
  const [report] = json.data.documents;
  expect(report).toMatchObject({ read: 2, added: 2, skipped: 0 });
  const told = report.notConverted.map(({ what, reason }: Record<string, string>) => [what, reason]);
  expect(told).toEqual(
    expect.arrayContaining([
      ['url', expect.stringMatching(/no closing .*sent as it stands/)],
      ['headers[0].value', expect.stringMatching(/no filter "nope".*sent as it stands/)],
      ['body.text', expect.stringMatching(/no closing .*sent as it stands/)],
    ]),
  );
  const { id } = report.entries.find(({ name }: { name: string }) => name === 'One');
  const entry = (await server.call('/catalog/get', { id })).json.data;
  // What was taken can be saved again.
  const { name, url, headers, body, assertions, version } = entry;
  const again = { id, version, changes: { name, url, headers, body, assertions } };
  expect((await server.call('/catalog/update', again)).status).toBe(200);
  expect(body.text).toBe("{{'{'}}{open");
  expect(assertions).toContainEqual(expect.objectContaining(status));
});

it('leaves out checks of an import whose JSONPath, pattern or schema cannot be read', async () => {
  const assertions = [
    status,
    { name: 'path', ...onPath('$[') },
    { on: 'body', operator: 'matches', expected: '(' },
    onPath('$', { operator: 'schema', expected: { type: 1 } }),
  ];
  const extractions = [
    { name: 'good', from: 'jsonPath', path: '$.a' },
    { name: 'bad', from: 'jsonPath', path: '$[' },
  ];
  const document = {
    openapi: '3.1.0',
    info: { title: 'Checks', version: '1' },
    paths: { '/checked': { get: { responses: {}, 'x-api-deploy': { assertions, extractions } } } },
  };
  const { json } = await server.call('/imports/apply', { moduleId, text: JSON.stringify(document) });
  const [report] = json.data.documents;
  expect(report).toMatchObject({ read: 1, added: 1 });
  expect(report.notConverted.map(({ where, what }: Record<string, string>) => [where, what])).toEqual(
    ['assertions[1].path', 'assertions[2].expected', 'assertions[3].expected', 'extractions[1].path'].map(
      (what) => ['/paths/~1checked/get', what],
    ),
  );
  const entry = (await server.call('/catalog/get', { id: report.entries[0].id })).json.data;
  expect(entry).toMatchObject({ assertions: [status], extractions: [extractions[0]] });
});
