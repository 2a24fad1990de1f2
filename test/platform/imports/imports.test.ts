import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ImportReport } from '../../../apis/_platform/imports/import-report.ts';
import { openPlatform, type Platform } from './open-platform.ts';
import { openApi30, postman21, postmanEnvironment } from './sample-documents.ts';

let platform: Platform;
beforeAll(async () => {
  platform = await openPlatform();
});
afterAll(() => platform.close());

interface Entry {
  id: number;
  name: string;
  method: string;
  url: string;
  version: number;
}

async function run(how: 'apply' | 'preview', body: Record<string, unknown>): Promise<ImportReport> {
  const { documents } = await platform.call<{ documents: ImportReport[] }>(`/imports/${how}`, body);
  for (const { read, added, updated, unchanged, skipped } of documents)
    expect(read).toBe(added + updated + unchanged + skipped);
  return documents[0] as ImportReport;
}

async function entriesOf(moduleId: number): Promise<Entry[]> {
  const { items } = await platform.call<{ items: Entry[] }>('/catalog/list', {
    filter: { moduleId },
    pageSize: 200,
  });
  return items;
}

const small = (paths: object): string =>
  JSON.stringify({ openapi: '3.1.0', info: { title: 'Small', version: '1' }, paths });

it('loads', () => {
  expect(platform.caller.failures).toEqual([]);
  expect(platform.caller.endpoints).toEqual(
    expect.arrayContaining(['/imports/apply', '/imports/preview', '/imports/formats', '/exports/openapi']),
  );
});

it('imports into a project: a module with categories, environments, variables, auth', async () => {
  const projectId = await platform.project();
  const report = await run('apply', { projectId, text: JSON.stringify(openApi30) });
  expect(report).toMatchObject({
    format: 'OpenAPI 3.0.3',
    module: 'Shop',
    read: 6,
    added: 6,
    skipped: 0,
    categories: { added: 1 },
    environments: { added: 2 },
  });
  expect(report.unsetVariables).toEqual(['bearerAuthToken', 'key', 'basicUsername', 'basicPassword']);
  const moduleId = report.moduleId ?? 0;
  expect(await entriesOf(moduleId)).toHaveLength(6);
  expect(await platform.call('/modules/get', { id: moduleId })).toMatchObject({
    name: 'Shop',
    auth: { type: 'bearer', token: '{{bearerAuthToken}}' },
  });
  const again = await run('apply', { projectId, text: JSON.stringify(openApi30), mode: 'update' });
  expect(again).toMatchObject({
    moduleId,
    read: 6,
    unchanged: 6,
    added: 0,
    categories: { added: 0 },
    environments: { added: 0, unchanged: 2 },
    variables: { added: 0 },
  });
});

it('previews: says the same, changes nothing', async () => {
  const projectId = await platform.project();
  const call = { projectId, text: JSON.stringify(openApi30) };
  const preview = await run('preview', call);
  expect(preview).toMatchObject({ moduleId: null, module: 'Shop', read: 6, added: 6 });
  expect(preview.entries.every(({ id }) => id === undefined)).toBe(true);
  expect(await platform.call('/modules/list', { filter: { projectId } })).toMatchObject({ total: 0 });
  expect(await platform.call('/environments/list', { filter: { projectId } })).toMatchObject({ total: 0 });
  const applied = await run('apply', call);
  const withoutIds = (report: ImportReport) => ({
    ...report,
    moduleId: 0,
    entries: report.entries.map((entry) => ({ ...entry, id: undefined })),
  });
  expect(withoutIds(applied)).toEqual(withoutIds(preview));
});

it('merges by method and URL: adds only, updates, replaces', async () => {
  const projectId = await platform.project();
  const first = await run('apply', {
    projectId,
    text: small({ '/a': { get: { summary: 'A' } }, '/b': { get: { summary: 'B' } } }),
  });
  const moduleId = first.moduleId ?? 0;
  const second = small({ '/a': { get: { summary: 'A2' } }, '/c': { get: { summary: 'C' } } });

  const added = await run('apply', { moduleId, text: second });
  expect(added).toMatchObject({ added: 1, skipped: 1, updated: 0, removed: 0 });
  expect(added.entries).toContainEqual(
    expect.objectContaining({
      action: 'skipped',
      name: 'A2',
      reason: 'there is an entry with this method and URL already, with other name',
    }),
  );
  expect((await entriesOf(moduleId)).map(({ name }) => name)).toEqual(['A', 'B', 'C']);

  const kept = await run('apply', { moduleId, text: second, mode: 'update', keep: ['name'] });
  expect(kept).toMatchObject({ unchanged: 2, updated: 0 });
  const updated = await run('apply', { moduleId, text: second, mode: 'update' });
  expect(updated).toMatchObject({ updated: 1, unchanged: 1, added: 0, removed: 0 });
  expect(updated.entries).toEqual([
    expect.objectContaining({ action: 'updated', name: 'A2', fields: ['name'] }),
  ]);
  const [entry] = await entriesOf(moduleId);
  expect(entry).toMatchObject({ name: 'A2', version: 2, id: first.entries[0]?.id });

  const replaced = await run('apply', { moduleId, text: second, mode: 'replace' });
  expect(replaced).toMatchObject({ unchanged: 2, removed: 1 });
  expect((await entriesOf(moduleId)).map(({ name }) => name)).toEqual(['A2', 'C']);
});

it('knows an entry again however its URL is written, so that an export as Postman finds what is there', async () => {
  const projectId = await platform.project();
  const paths = {
    '/pets/{petId}/photos': { get: { summary: 'Photos' } },
    '/pets': { get: { summary: 'Pets' } },
  };
  const { moduleId } = await run('apply', { projectId, text: small(paths) });
  const answer = await platform.call<Response>('/exports/postman', { moduleId });
  const text = await answer.text();
  expect(text).toContain('{{baseUrl}}/pets/:petId/photos');
  const again = await run('apply', { moduleId, text, mode: 'update' });
  expect(again).toMatchObject({ read: 2, unchanged: 2, notConverted: [] });
  expect((await entriesOf(moduleId ?? 0)).map(({ url }) => url)).toEqual(['/pets/{petId}/photos', '/pets']);
});

it("keeps a tester's checks when a document that has none is imported again", async () => {
  const projectId = await platform.project();
  const report = await run('apply', { projectId, text: small({ '/a': { get: { summary: 'A' } } }) });
  const [entry] = await entriesOf(report.moduleId ?? 0);
  const assertions = [{ on: 'status', operator: 'equals', expected: 200 }];
  await platform.call('/catalog/update', { id: entry?.id, version: entry?.version, changes: { assertions } });
  const again = await run('apply', {
    moduleId: report.moduleId,
    text: small({ '/a': { get: { summary: 'New' } } }),
    mode: 'update',
  });
  expect(again.entries[0]?.fields).toEqual(['name']);
  expect(await platform.call('/catalog/get', { id: entry?.id })).toMatchObject({ name: 'New', assertions });
});

it('keeps schemas of one name apart when entries are only added, and changes them in an update', async () => {
  const projectId = await platform.project();
  const document = (path: string, type: string): string =>
    JSON.stringify({
      openapi: '3.1.0',
      info: { title: 'Schemas', version: '1' },
      paths: {
        [path]: {
          post: {
            requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/T' } } } },
          },
        },
      },
      components: { schemas: { T: { type: 'object', properties: { a: { type } } } } },
    });
  const first = await run('apply', { projectId, text: document('/one', 'string') });
  const second = await run('apply', { projectId, text: document('/two', 'integer') });
  expect(second).toMatchObject({ added: 1, schemas: { added: 1 } });
  const [, two] = await entriesOf(first.moduleId ?? 0);
  expect(JSON.stringify(await platform.call('/catalog/get', { id: two?.id }))).toContain(
    '"#/components/schemas/T_2"',
  );
  expect(await run('apply', { projectId, text: document('/one', 'boolean'), mode: 'update' })).toMatchObject({
    schemas: { updated: 1 },
  });
});

it('changes nothing when one of several documents is broken', async () => {
  const projectId = await platform.project();
  const files = [
    new File([JSON.stringify(postman21)], 'users.json'),
    new File(['{"openapi":"3.0.0","paths":[]}'], 'broken.json'),
  ];
  await expect(platform.call('/imports/apply', { projectId, files })).rejects.toMatchObject({
    code: 'IMPORT_INVALID',
    status: 422,
    message: "broken.json at /paths: expected 'paths' to be an object of paths, got a list",
    details: { file: 'broken.json', pointer: '/paths' },
  });
  expect(await platform.call('/modules/list', { filter: { projectId } })).toMatchObject({ total: 0 });
});

it('imports a collection and its environment together; secrets are stored as secrets', async () => {
  const projectId = await platform.project();
  const files = [
    new File([JSON.stringify(postman21)], 'users.json'),
    new File([JSON.stringify(postmanEnvironment)], 'staging.json'),
  ];
  const { documents } = await platform.call<{ documents: ImportReport[] }>('/imports/apply', {
    projectId,
    files,
  });
  expect(documents).toMatchObject([
    { module: 'Users', read: 5, added: 4, skipped: 1 },
    {
      format: 'Postman environment',
      read: 0,
      moduleId: null,
      environments: { added: 1 },
      variables: { added: 2 },
    },
  ]);
  const { items } = await platform.call<{ items: { id: number }[] }>('/environments/list', {
    filter: { projectId },
  });
  const variables = await platform.call<object[]>('/environments/variables', {
    of: 'environment',
    id: items[0]?.id,
  });
  expect(variables).toMatchObject([
    { name: 'baseUrl', secret: false },
    { name: 'pw', secret: true },
  ]);
  expect(JSON.stringify(variables)).not.toContain('hidden');
});

it.each([
  [{ text: 'hello' }, 'IMPORT_FORMAT_UNKNOWN', /begins with 'hello'/],
  [
    { text: '{}', format: 'Excel' },
    'IMPORT_FORMAT_UNKNOWN',
    /there is no importer 'Excel'; expected one of OpenAPI, Postman/,
  ],
  [{}, 'IMPORT_EMPTY', /give 'text', 'files' or 'url'/],
  [{ text: 'openapi: 3.0.0\npaths: {\n' }, 'IMPORT_INVALID', /^text:\d+:\d+: not valid YAML/],
])('refuses %j', async (body, code, message) => {
  const projectId = await platform.project();
  await expect(platform.call('/imports/preview', { projectId, ...body })).rejects.toMatchObject({
    code,
    message: expect.stringMatching(message),
  });
});

it('says where documents go', async () => {
  await expect(platform.call('/imports/apply', { text: '{}' })).rejects.toMatchObject({
    code: 'IMPORT_TARGET',
  });
  await expect(
    platform.call('/imports/apply', { moduleId: 987_654, text: 'curl https://a.example' }),
  ).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

it('fetches a URL, and what it refers to only when asked', async () => {
  const server = createServer((request, response) => {
    const documents: Record<string, unknown> = {
      '/api.json': {
        openapi: '3.1.0',
        info: { title: 'Far', version: '1' },
        paths: { '/a': { $ref: 'parts/a.json#/item' } },
      },
      '/parts/a.json': { item: { get: { summary: 'Far away' } } },
    };
    const found = documents[request.url ?? ''];
    response.writeHead(found === undefined ? 404 : 200).end(JSON.stringify(found ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const projectId = await platform.project();
    const without = await run('preview', { projectId, url: `${url}/api.json` });
    expect(without).toMatchObject({ read: 1, skipped: 1 });
    const report = await run('apply', { projectId, url: `${url}/api.json`, resolveUrls: true });
    expect(report).toMatchObject({ read: 1, added: 1 });
    expect(report.entries[0]?.name).toBe('Far away');
    await expect(platform.call('/imports/apply', { projectId, url: `${url}/none` })).rejects.toMatchObject({
      code: 'IMPORT_FETCH_FAILED',
      message: expect.stringMatching(/answered 404/),
    });
    await expect(
      platform.call('/imports/apply', { projectId, url: 'http://169.254.169.254/x' }),
    ).rejects.toMatchObject({ code: 'IMPORT_FETCH_FAILED' });
  } finally {
    server.close();
  }
});

it('exports a project as OpenAPI, a collection, and an entry as a command', async () => {
  const projectId = await platform.project('Export "me"');
  await run('apply', { projectId, text: JSON.stringify(openApi30) });
  const second = await run('apply', { projectId, text: JSON.stringify(postman21) });
  const answer = await platform.call<Response>('/exports/openapi', { projectId });
  expect(answer.headers.get('content-disposition')).toContain('attachment');
  const document = (await answer.json()) as { openapi: string; paths: object };
  expect(document.openapi).toBe('3.1.1');
  expect(Object.keys(document.paths)).toEqual(expect.arrayContaining(['/orders/{orderId}', '/users/{org}']));
  const collection = (await (
    await platform.call<Response>('/exports/postman', { moduleId: second.moduleId })
  ).json()) as { item: unknown[] };
  expect(collection.item).toHaveLength(4);
  const create = second.entries.find(({ name }) => name === 'Create');
  const command = await (await platform.call<Response>('/exports/curl', { id: create?.id })).text();
  expect(command).toContain('https://users.example/users/acme?dry=true');
  expect(command).toContain("-u 'root:{{pw}}'");
});

it('exports the results of a run as HAR, which can be imported', async () => {
  const projectId = await platform.project();
  const recordId = storeRun(projectId, 250);
  const text = await (await platform.call<Response>('/exports/har', { recordId })).text();
  const { log } = JSON.parse(text) as {
    log: { version: string; entries: { request: object; response: object }[] };
  };
  expect(log.version).toBe('1.2');
  expect(log.entries).toHaveLength(249);
  expect(log.entries[0]).toMatchObject({
    request: {
      method: 'POST',
      queryString: [{ name: 'n', value: '1' }],
      postData: { mimeType: 'application/json', text: '{"a":1}' },
    },
    response: { status: 201, content: { size: 2, text: 'ok' } },
    timings: { wait: 3, dns: -1 },
  });
  expect(await run('apply', { projectId, text })).toMatchObject({ format: 'HAR 1.2', read: 249, added: 249 });
  await expect(platform.call('/exports/har', { recordId: 98_765 })).rejects.toMatchObject({
    code: 'NOT_FOUND',
  });
});

/** A run as the runner stores it: the first result sent nothing. */
function storeRun(projectId: number, results: number): number {
  const db = new Database(join(platform.dir, 'data/platform.sqlite'));
  try {
    const at = new Date(0).toISOString();
    const record = db
      .prepare(
        `insert into test_records (project_id, name, type, status, config_json, total, passed, failed, error, skipped,
          cancelled, cancel_requested, created_at, updated_at)
          values (?, 'run', 'normal', 'passed', '{}', 0, 0, 0, 0, 0, 0, 0, ?, ?)`,
      )
      .run(projectId, at, at);
    const insert = db.prepare(
      `insert into test_results (record_id, sequence, iteration, path, name, status, started_at, result_json)
        values (?, ?, 0, ?, 'r', 'passed', ?, ?)`,
    );
    const body = (text: string) => ({ size: text.length, sha256: '', text, truncated: false });
    for (let index = 0; index < results; index++) {
      const sent = {
        request: {
          method: 'POST',
          url: `https://a.example/?n=${index}`,
          headers: [['Content-Type', 'application/json']],
          body: body('{"a":1}'),
        },
        response: { status: 201, httpVersion: '1.1', headers: [], body: body('ok') },
        timings: { firstByte: 3, total: 5 },
      };
      const result = {
        iteration: 0,
        path: `p${index}`,
        name: 'r',
        status: 'passed',
        attempts: 1,
        startedAt: at,
        assertions: [],
        extractions: [],
        variables: [],
      };
      insert.run(
        record.lastInsertRowid,
        index,
        `p${index}`,
        at,
        JSON.stringify(index === 0 ? result : { ...result, ...sent }),
      );
    }
    return Number(record.lastInsertRowid);
  } finally {
    db.close();
  }
}
