import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  mirrorEndpoints,
  type MirrorCounts,
} from '../../../apis/_platform/own-endpoints/mirror-endpoints.ts';
import { openDatabase, type Database } from '../../../apis/_platform/storage/open-database.ts';
import { stamps } from '../../../apis/_platform/storage/stamps.ts';
import type { RowUpdate } from '../../../apis/_platform/storage/tables.ts';
import { updateRow } from '../../../apis/_platform/storage/update-row.ts';
import type { ServedEndpoint } from '../../../src/index.ts';

let dir: string;
let db: Database;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'own-endpoints-'));
  db = await openDatabase(join(dir, 'platform.sqlite'));
});
afterEach(async () => {
  await db.destroy();
  await rm(dir, { recursive: true, force: true });
});

function endpoint(path: string, more: Partial<ServedEndpoint> = {}): ServedEndpoint {
  const module = path.slice(1, path.lastIndexOf('/'));
  return {
    path,
    module,
    name: path.slice(path.lastIndexOf('/') + 1),
    deprecated: false,
    readOnly: false,
    destructive: false,
    roles: [],
    input: {
      type: 'object',
      properties: { id: { type: 'integer', minimum: 7 } },
      required: ['id'],
      additionalProperties: false,
    },
    output: { type: 'string' },
    returns: 'value',
    takesFiles: false,
    ...more,
  };
}

function mirror(
  endpoints: readonly ServedEndpoint[],
  {
    baseUrl = 'http://127.0.0.1:8000',
    isGone = () => true,
  }: { baseUrl?: string; isGone?: () => boolean } = {},
): Promise<MirrorCounts> {
  return db.transaction().execute((inside) => mirrorEndpoints(inside, { endpoints, baseUrl, isGone }));
}

const nothing = { added: 0, changed: 0, removed: 0, marked: 0 };
const entries = () => db.selectFrom('apis').selectAll().orderBy('id').execute();
async function entry(path: string) {
  const row = await db
    .selectFrom('apis')
    .selectAll()
    .where('ownEndpoint', '=', path)
    .executeTakeFirstOrThrow();
  return row;
}
async function edit(path: string, changes: RowUpdate<'apis'>) {
  const { id, version } = await entry(path);
  return await updateRow(db, 'apis', { id, version, changes });
}

describe('a new endpoint', () => {
  it('gets an entry in a module of its own, in one project, with a body that fits', async () => {
    const served = [
      endpoint('/orders/create', {
        summary: 'Makes an order.',
        description: 'Makes an order.\n\nIt costs nothing.',
        destructive: true,
        roles: ['admin'],
      }),
      endpoint('/orders/get', { readOnly: true }),
      endpoint('/billing/invoices/list'),
    ];
    expect(await mirror(served)).toEqual({ ...nothing, added: 3 });
    const projects = await db.selectFrom('projects').selectAll().execute();
    expect(projects.map(({ name }) => name)).toEqual(['api-deploy']);
    const modules = await db.selectFrom('modules').selectAll().orderBy('id').execute();
    expect(modules.map(({ name, ownModule, projectId }) => ({ name, ownModule, projectId }))).toEqual([
      { name: 'orders', ownModule: 'orders', projectId: projects[0]?.id },
      { name: 'billing/invoices', ownModule: 'billing/invoices', projectId: projects[0]?.id },
    ]);
    const create = await entry('/orders/create');
    expect(create).toMatchObject({
      moduleId: modules[0]?.id,
      name: 'Makes an order.',
      description: 'Makes an order.\n\nIt costs nothing.',
      method: 'POST',
      url: '{{baseUrl}}/orders/create',
      tagsJson: '["destructive","admin"]',
    });
    expect(JSON.parse(create.bodyJson)).toEqual({ type: 'json', value: { body: { id: 7 } } });
    expect(JSON.parse(create.schemasJson ?? '')).toMatchObject({
      body: { content: { 'application/json': { schema: { properties: { body: served[0]?.input } } } } },
      responses: {
        '200': { content: { 'application/json': { schema: { required: ['success', 'data', 'endpoint'] } } } },
      },
    });
    expect((await entry('/orders/get')).name).toBe('get');
    const variables = await db.selectFrom('variables').selectAll().execute();
    expect(variables).toMatchObject([{ name: 'baseUrl', value: '"http://127.0.0.1:8000"', secret: 0 }]);
  });

  it('is not written twice, by whoever looks again', async () => {
    const served = [endpoint('/a/f'), endpoint('/a/g')];
    await mirror(served);
    const before = await entries();
    expect(await mirror(served)).toEqual(nothing);
    const other = await openDatabase(join(dir, 'platform.sqlite'));
    const counts = await Promise.all([
      mirror([...served, endpoint('/a/h')]),
      other.transaction().execute((inside) =>
        mirrorEndpoints(inside, {
          endpoints: [...served, endpoint('/a/h')],
          baseUrl: 'http://127.0.0.1:8000',
          isGone: () => true,
        }),
      ),
    ]);
    await other.destroy();
    expect(counts.map(({ added }) => added).sort((a, b) => a - b)).toEqual([0, 1]);
    expect((await entries()).slice(0, 2)).toEqual(before);
    expect(await entries()).toHaveLength(3);
  });

  it('that takes files gets a form, with the other arguments as JSON', async () => {
    await mirror([
      endpoint('/files/put', {
        takesFiles: true,
        input: {
          type: 'object',
          properties: { file: { type: 'string', format: 'binary' }, note: { type: 'string' } },
          required: ['file', 'note'],
        },
      }),
    ]);
    const body = JSON.parse((await entry('/files/put')).bodyJson);
    expect(body.type).toBe('multipart');
    expect(body.parts.map(({ name }: { name: string }) => name)).toEqual(['body', 'file']);
    expect(JSON.parse(body.parts[0].value)).toEqual({ note: 'string' });
  });

  it('shares definitions with its module, under another name where it means something else', async () => {
    const user = { type: 'object', properties: { name: { type: 'string' } } };
    const withUser = (definition: object) => ({
      type: 'object',
      properties: { user: { $ref: '#/$defs/User' } },
      $defs: { User: definition },
    });
    await mirror([
      endpoint('/u/a', { input: withUser(user) }),
      endpoint('/u/b', { input: withUser(user) }),
      endpoint('/u/c', { input: withUser({ ...user, required: ['name'] }) }),
    ]);
    const schemas = await db.selectFrom('moduleSchemas').selectAll().orderBy('name').execute();
    expect(schemas.map(({ name }) => name)).toEqual(['User', 'c.body.User']);
    expect((await entry('/u/b')).schemasJson).toContain('"#/components/schemas/User"');
    expect((await entry('/u/c')).schemasJson).toContain('"#/components/schemas/c.body.User"');
    expect((await entry('/u/c')).schemasJson).not.toContain('$defs');
    expect(JSON.parse((await entry('/u/a')).bodyJson)).toEqual({
      type: 'json',
      value: { body: { user: { name: 'string' } } },
    });
  });
});

describe('an endpoint that changed', () => {
  const before = endpoint('/a/f', { summary: 'Old name' });
  const after = endpoint('/a/f', {
    summary: 'New name',
    readOnly: true,
    input: { type: 'object', properties: { key: { type: 'string' } }, required: ['key'] },
  });

  it('takes its entry with it', async () => {
    await mirror([before]);
    const { id } = await entry('/a/f');
    expect(await mirror([after])).toEqual({ ...nothing, changed: 1 });
    expect(await entry('/a/f')).toMatchObject({ id, name: 'New name', tagsJson: '["readonly"]', version: 2 });
    expect(JSON.parse((await entry('/a/f')).bodyJson).value).toEqual({ body: { key: 'string' } });
  });

  it('leaves to people what they changed', async () => {
    await mirror([before]);
    const body = '{"type":"json","value":{"body":{"id":4711}}}';
    await edit('/a/f', {
      bodyJson: body,
      tagsJson: '["smoke"]',
      assertionsJson: '[{"on":"status","operator":"equals","expected":422}]',
      extractionsJson: '[{"name":"id","from":"jsonPath","path":"$.data"}]',
    });
    expect(await mirror([after])).toMatchObject({ changed: 1 });
    const row = await entry('/a/f');
    expect(row).toMatchObject({ name: 'New name', bodyJson: body });
    expect(JSON.parse(row.tagsJson).sort()).toEqual(['readonly', 'smoke']);
    expect(row.assertionsJson).toContain('422');
    expect(row.extractionsJson).toContain('$.data');
    expect(row.schemasJson).toContain('key');
    expect(await mirror([after])).toEqual(nothing);
    expect(await mirror([endpoint('/a/f')])).toMatchObject({ changed: 1 });
    expect(JSON.parse((await entry('/a/f')).tagsJson)).toEqual(['smoke']);
  });
});

describe('an endpoint that is gone', () => {
  it('takes entry and module with it, when nobody changed anything', async () => {
    await mirror([endpoint('/a/f'), endpoint('/a/g'), endpoint('/b/f')]);
    expect(await mirror([endpoint('/a/f')])).toEqual({ ...nothing, removed: 2 });
    expect((await entries()).map(({ ownEndpoint }) => ownEndpoint)).toEqual(['/a/f']);
    const modules = await db.selectFrom('modules').select('ownModule').execute();
    expect(modules).toEqual([{ ownModule: 'a' }]);
  });

  it('leaves an entry that people changed or a scenario uses, with a mark that goes when it is back', async () => {
    await mirror([endpoint('/a/f'), endpoint('/a/g'), endpoint('/a/h'), endpoint('/a/stays')]);
    await edit('/a/f', { headersJson: '[{"name":"X-A","value":"1"}]' });
    const { id: used, moduleId } = await entry('/a/g');
    await db
      .insertInto('scenarios')
      .values({
        moduleId,
        name: 's',
        description: '',
        stepsJson: JSON.stringify({
          steps: [{ type: 'repeat', times: 2, steps: [{ type: 'api', api: used }] }],
        }),
        position: 0,
        ...stamps(),
      })
      .execute();
    expect(await mirror([endpoint('/a/stays')])).toEqual({ ...nothing, removed: 1, marked: 2 });
    expect(JSON.parse((await entry('/a/f')).tagsJson)).toEqual(['gone']);
    expect(await mirror([endpoint('/a/stays')])).toEqual(nothing);
    expect(await mirror([endpoint('/a/f'), endpoint('/a/g'), endpoint('/a/stays')])).toEqual({
      ...nothing,
      changed: 2,
    });
    expect(await entry('/a/g')).toMatchObject({ id: used, tagsJson: '[]' });
    expect((await entry('/a/f')).headersJson).toContain('X-A');
  });

  it('keeps its entry while its module only fails to load', async () => {
    await mirror([endpoint('/a/f'), endpoint('/b/f')]);
    expect(await mirror([endpoint('/b/f')], { isGone: () => false })).toEqual(nothing);
    expect(await entries()).toHaveLength(2);
  });
});

it('another address of the service goes into the variable, unless people set another one', async () => {
  const value = async () =>
    (await db.selectFrom('variables').select('value').executeTakeFirstOrThrow()).value;
  await mirror([endpoint('/a/f')]);
  await mirror([endpoint('/a/f')], { baseUrl: 'http://127.0.0.1:9000' });
  expect(await value()).toBe('"http://127.0.0.1:9000"');
  await db.updateTable('variables').set({ value: '"https://test.example.com"' }).execute();
  await mirror([endpoint('/a/f')], { baseUrl: 'http://127.0.0.1:9001' });
  expect(await value()).toBe('"https://test.example.com"');
});

it('a project of people that has its name stays as it is', async () => {
  await db
    .insertInto('projects')
    .values({
      name: 'api-deploy',
      description: 'theirs',
      authJson: '{"type":"none"}',
      settingsJson: '{}',
      position: 0,
      ...stamps(),
    })
    .execute();
  await mirror([endpoint('/a/f')]);
  const projects = await db.selectFrom('projects').select(['name', 'description']).orderBy('id').execute();
  expect(projects.map(({ name }) => name)).toEqual(['api-deploy', 'api-deploy (2)']);
  expect(projects[0]?.description).toBe('theirs');
});
