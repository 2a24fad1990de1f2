import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPlatform, type Platform } from '../support/open-platform.ts';

let platform: Platform;
let projectId: number;
beforeAll(async () => {
  platform = await openPlatform();
  projectId = (await platform.call('/projects/create', { name: '商城' })).id;
}, 120_000);
afterAll(() => platform.close());

const secret = 'sehr-geheim-密码';

describe('environments', () => {
  it('have variables, plain ones of any JSON and secrets that nobody reads again', async () => {
    const { id } = await platform.call('/environments/create', { projectId, name: '测试' });
    const set = await platform.call('/environments/setVariables', {
      of: 'environment',
      id,
      variables: [
        { name: 'baseUrl', value: 'https://example.com' },
        { name: '用户', value: { id: 7, tags: ['a'] } },
        { name: 'password', secretValue: secret, enabled: false },
      ],
    });
    expect(set[2]).toEqual({
      id: expect.any(Number),
      name: 'password',
      secret: true,
      enabled: false,
      createdAt: expect.any(String),
      updatedAt: expect.any(String),
    });
    const got = await platform.call('/environments/get', { id });
    expect(got).toMatchObject({ name: '测试', projectId });
    expect(got.variables.map(({ name, value }: any) => [name, value])).toEqual([
      ['baseUrl', 'https://example.com'],
      ['password', undefined],
      ['用户', { id: 7, tags: ['a'] }],
    ]);
    expect(JSON.stringify(got)).not.toContain('geheim');
    const file = new SqliteDatabase(join(platform.dataDir, 'platform.sqlite'), { readonly: true });
    const stored = file.prepare("select value from variables where name = 'password'").pluck().get();
    file.close();
    expect(stored).toMatch(/^v1\./);
    expect((await readFile(join(platform.dataDir, 'platform.key'), 'utf8')).length).toBeGreaterThan(40);
  });

  it('change one variable and leave the others; a secret is switched on without being entered again', async () => {
    const { id } = await platform.call('/environments/create', { projectId, name: '预发' });
    const place = { of: 'environment', id };
    await platform.call('/environments/setVariables', {
      ...place,
      variables: [
        { name: 'a', value: 1 },
        { name: 's', secretValue: secret, enabled: false },
      ],
    });
    await platform.call('/environments/setVariables', {
      ...place,
      variables: [{ name: 's', enabled: true }],
    });
    await platform.call('/environments/setVariables', { ...place, variables: [{ name: 'a', value: null }] });
    const all = await platform.call('/environments/variables', place);
    expect(all).toMatchObject([
      { name: 'a', value: null, secret: false },
      { name: 's', secret: true, enabled: true },
    ]);
    await platform.call('/environments/removeVariable', { ...place, name: 'a' });
    expect(await platform.call('/environments/variables', place)).toHaveLength(1);
    expect(await platform.refusal('/environments/removeVariable', { ...place, name: 'a' })).toMatchObject({
      code: 'NOT_FOUND',
      message: `there is no variable of environment ${id} with the name 'a'`,
    });
  });

  it('refuse bad variables, all of a call or none', async () => {
    const { id } = await platform.call('/environments/create', { projectId, name: '坏' });
    const set = (variables: unknown[]) =>
      platform.refusal('/environments/setVariables', { of: 'environment', id, variables });
    expect(await set([{ name: 'ok', value: 1 }, { name: 'none' }])).toMatchObject({
      code: 'INVALID_VARIABLE',
      message: "variable 'none': expected value or secretValue, got neither",
    });
    expect(await set([{ name: 'x', value: 1, secretValue: 'b' }])).toMatchObject({
      code: 'INVALID_VARIABLE',
    });
    for (const name of ['', ' a', '{{a}}', '$uuid', 'a|b', 'x'.repeat(201)]) {
      expect(await set([{ name, value: 1 }])).toMatchObject({ code: 'VALIDATION_ERROR' });
    }
    expect(await platform.call('/environments/variables', { of: 'environment', id })).toEqual([]);
    expect(
      await platform.refusal('/environments/setVariables', {
        of: 'module',
        id: 999_999,
        variables: [{ name: 'a', value: 1 }],
      }),
    ).toMatchObject({ message: 'there is no module 999999' });
  });

  it('are copied with their secrets, moved, ordered and removed', async () => {
    const { id } = await platform.call('/environments/create', { projectId, name: '原件' });
    await platform.call('/environments/setVariables', {
      of: 'environment',
      id,
      variables: [{ name: 's', secretValue: secret }],
    });
    const copy = await platform.call('/environments/duplicate', { id });
    expect(copy).toMatchObject({ name: '原件 (2)' });
    expect(await platform.call('/environments/duplicate', { id, name: '副本' })).toMatchObject({
      name: '副本',
    });
    expect(await platform.refusal('/environments/duplicate', { id, name: '副本' })).toMatchObject({
      code: 'NAME_TAKEN',
    });
    expect((await platform.call('/environments/get', { id: copy.id })).variables).toMatchObject([
      { name: 's', secret: true },
    ]);
    const other = await platform.call('/projects/create', { name: '别的' });
    expect(await platform.call('/environments/move', { id: copy.id, projectId: other.id })).toMatchObject({
      projectId: other.id,
    });
    await platform.call('/environments/reorder', { projectId, ids: [id] });
    const { items } = await platform.call('/environments/list', { filter: { projectId } });
    expect(items[0].id).toBe(id);
    expect(
      await platform.refusal('/environments/update', { id, version: 5, changes: { name: 'x' } }),
    ).toMatchObject({ code: 'CONFLICT' });
    await platform.call('/environments/remove', { id });
    expect(await platform.refusal('/environments/get', { id })).toMatchObject({ code: 'NOT_FOUND' });
  });
});

it('goes on without a good key, except for secrets', async () => {
  const before = process.env['PLATFORM_KEY'];
  process.env['PLATFORM_KEY'] = 'c2hvcnQ=';
  const other = await openPlatform();
  try {
    const project = await other.call('/projects/create', { name: 'p' });
    const place = { of: 'project', id: project.id };
    expect(
      await other.refusal('/environments/setVariables', {
        ...place,
        variables: [{ name: 's', secretValue: secret }],
      }),
    ).toMatchObject({
      code: 'SECRET_KEY_INVALID',
      message: expect.stringMatching(/PLATFORM_KEY.*got 5 bytes/),
    });
    await other.call('/environments/setVariables', { ...place, variables: [{ name: 'plain', value: 1 }] });
    expect(await other.call('/environments/variables', place)).toHaveLength(1);
    expect(await readdir(other.dataDir)).not.toContain('platform.key');
  } finally {
    if (before === undefined) delete process.env['PLATFORM_KEY'];
    else process.env['PLATFORM_KEY'] = before;
    await other.close();
  }
});
