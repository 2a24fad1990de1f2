import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPlatform, type Platform } from '../support/open-platform.ts';

let platform: Platform;
beforeAll(async () => {
  platform = await openPlatform();
}, 120_000);
afterAll(() => platform.close());

let count = 0;
const newProject = async () => platform.call('/projects/create', { name: `项目 ${count++}` });
const newModule = async (projectId: number, name = `模块 ${count++}`) =>
  platform.call('/modules/create', { projectId, name });
const newCategory = async (moduleId: number, name = `分类 ${count++}`) =>
  platform.call('/categories/create', { moduleId, name });
const newEntry = async (moduleId: number, more: object = {}) =>
  platform.call('/catalog/create', { moduleId, name: `接口 ${count++}`, url: '/orders', ...more });

it('loads', () => {
  expect(platform.caller.failures).toEqual([]);
});

describe('projects', () => {
  it('are created with defaults, read, changed and removed', async () => {
    const made = await platform.call('/projects/create', { name: '  商城  ' });
    expect(made).toMatchObject({
      name: '商城',
      description: '',
      auth: { type: 'none' },
      settings: {},
      version: 1,
      id: expect.any(Number),
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    });
    expect(await platform.call('/projects/get', { id: made.id })).toEqual(made);
    const changed = await platform.call('/projects/update', {
      id: made.id,
      version: 1,
      changes: { auth: { type: 'bearer', token: '{{token}}' }, settings: { allow: ['10.0.0.0/8'] } },
    });
    expect(changed).toMatchObject({ version: 2, name: '商城', settings: { allow: ['10.0.0.0/8'] } });
    expect(await platform.call('/projects/remove', { id: made.id })).toEqual({ removed: made.id });
    expect(await platform.refusal('/projects/get', { id: made.id })).toMatchObject({
      code: 'NOT_FOUND',
      status: 404,
      message: `there is no project ${made.id}`,
    });
  });

  it('refuse what is too long, blank, unknown, or no number', async () => {
    for (const [body, path] of [
      [{ name: '长'.repeat(101) }, 'name'],
      [{ name: '   ' }, 'name'],
      [{ name: '' }, 'name'],
      [{ name: 'a', nam: 'b' }, 'nam'],
      [{ name: 'a', auth: { type: 'basic', username: 'u' } }, 'auth.password'],
      [{ name: 'a', settings: { allow: ['10.0.0.0/8', 'http://x/'] } }, 'settings.allow[1]'],
    ] as const) {
      const error = await platform.refusal('/projects/create', body);
      expect(error).toMatchObject({ code: 'VALIDATION_ERROR', status: 422 });
      expect(error.details[0].path).toBe(path);
    }
    expect(await platform.refusal('/projects/get', { id: 1.5 })).toMatchObject({ status: 422 });
    expect((await platform.call('/projects/create', { name: '𠮷'.repeat(100) })).name).toHaveLength(200);
  });

  it('have names of their own', async () => {
    const { id, name } = await newProject();
    const other = await newProject();
    const taken = { code: 'NAME_TAKEN', status: 409, details: { id, name } };
    expect(await platform.refusal('/projects/create', { name: ` ${name} ` })).toMatchObject(taken);
    expect(
      await platform.refusal('/projects/update', { id: other.id, version: 1, changes: { name } }),
    ).toMatchObject(taken);
    expect(await platform.call('/projects/update', { id, version: 1, changes: { name } })).toMatchObject({
      name,
    });
  });

  it('are not overwritten by who has not seen the last change', async () => {
    const { id } = await newProject();
    await platform.call('/projects/update', { id, version: 1, changes: { description: 'first' } });
    const error = await platform.refusal('/projects/update', {
      id,
      version: 1,
      changes: { description: 'second' },
    });
    expect(error).toMatchObject({ code: 'CONFLICT', status: 409, details: { id, version: 2, given: 1 } });
    expect(error.message).toContain('has version 2 by now');
    expect(await platform.call('/projects/get', { id })).toMatchObject({ description: 'first', version: 2 });
    const both = ['a', 'b'].map((description) =>
      platform.caller.call('/projects/update', { id, version: 2, changes: { description } }),
    );
    const outcomes = (await Promise.allSettled(both)).map(({ status }) => status);
    expect(outcomes.sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('are listed in pages, filtered and sorted', async () => {
    const names = ['甲-list', '乙-list', '100%_list', 'B-list', 'a-list'];
    for (const name of names) await platform.call('/projects/create', { name, description: '清单' });
    const page = await platform.call('/projects/list', {
      filter: { text: '-list' },
      sort: '-createdAt',
      pageSize: 2,
    });
    expect(page).toMatchObject({ total: 4, page: 1, pageSize: 2 });
    expect(page.items.map(({ name }: any) => name)).toEqual(['a-list', 'B-list']);
    const second = await platform.call('/projects/list', {
      filter: { text: '-list' },
      sort: '-createdAt',
      page: 2,
      pageSize: 2,
    });
    expect(second.items.map(({ name }: any) => name)).toEqual(['乙-list', '甲-list']);
    expect((await platform.call('/projects/list', { filter: { text: '0%_' } })).total).toBe(1);
    expect((await platform.call('/projects/list', { filter: { text: '清单' } })).total).toBe(5);
    expect((await platform.call('/projects/list', { page: 999 })).items).toEqual([]);
    for (const body of [{ pageSize: 201 }, { pageSize: 0 }, { page: 0 }, { sort: 'colour' }]) {
      expect(await platform.refusal('/projects/list', body)).toMatchObject({ code: 'VALIDATION_ERROR' });
    }
  });

  it('are put in order', async () => {
    const [a, b, c] = [await newProject(), await newProject(), await newProject()];
    await platform.call('/projects/reorder', { ids: [c.id, a.id] });
    const { items } = await platform.call('/projects/list', { pageSize: 200 });
    expect(items.slice(0, 2).map(({ id }: any) => id)).toEqual([c.id, a.id]);
    expect(items.at(-1).id).toBe(b.id);
    expect(await platform.refusal('/projects/reorder', { ids: [a.id, 999_999] })).toMatchObject({
      code: 'NOT_FOUND',
    });
    expect(await platform.refusal('/projects/reorder', { ids: [a.id, a.id] })).toMatchObject({ status: 422 });
  });
});

describe('modules and categories', () => {
  it('have limits and defaults', async () => {
    const project = await newProject();
    const module = await newModule(project.id, '用户');
    expect(module).toMatchObject({ projectId: project.id, icon: '', auth: { type: 'inherit' }, position: 0 });
    expect(await newCategory(module.id, '登录')).toMatchObject({ colour: '#00d4ff', description: '' });
    expect(
      await platform.call('/categories/create', { moduleId: module.id, name: 'x', colour: '#ABCDEF' }),
    ).toMatchObject({ colour: '#abcdef' });
    for (const [path, body] of [
      ['/modules/create', { projectId: project.id, name: 'x'.repeat(51) }],
      ['/modules/create', { projectId: project.id, name: 'x', icon: '🙂'.repeat(11) }],
      ['/categories/create', { moduleId: module.id, name: 'y', colour: 'red' }],
      ['/categories/create', { moduleId: module.id, name: 'x'.repeat(101) }],
    ] as const) {
      expect(await platform.refusal(path, body)).toMatchObject({ code: 'VALIDATION_ERROR' });
    }
    expect(await platform.refusal('/modules/create', { projectId: 999_999, name: 'x' })).toMatchObject({
      message: 'there is no project 999999',
    });
    expect(await platform.refusal('/categories/create', { moduleId: module.id, name: '登录' })).toMatchObject(
      {
        code: 'NAME_TAKEN',
      },
    );
    const elsewhere = await newModule(project.id);
    expect(await newCategory(elsewhere.id, '登录')).toMatchObject({ name: '登录' });
  });

  it('move to another owner, a category with its entries', async () => {
    const [project, target] = [await newProject(), await newProject()];
    const module = await newModule(project.id, 'same');
    expect(await platform.call('/modules/move', { id: module.id, projectId: target.id })).toMatchObject({
      projectId: target.id,
      version: 2,
    });
    const blocked = await newModule(project.id, 'same');
    expect(await platform.refusal('/modules/move', { id: blocked.id, projectId: target.id })).toMatchObject({
      code: 'NAME_TAKEN',
    });
    const category = await newCategory(blocked.id);
    const entry = await newEntry(blocked.id, { categoryId: category.id });
    await newEntry(module.id);
    await platform.call('/categories/move', { id: category.id, moduleId: module.id });
    expect(await platform.call('/catalog/get', { id: entry.id })).toMatchObject({
      moduleId: module.id,
      categoryId: category.id,
      position: 1,
    });
  });

  it('are listed by project and by module, and put in order', async () => {
    const project = await newProject();
    const [one, two] = [await newModule(project.id), await newModule(project.id)];
    const [a, b] = [await newCategory(one.id), await newCategory(one.id)];
    await newCategory(two.id);
    expect((await platform.call('/categories/list', { filter: { projectId: project.id } })).total).toBe(3);
    await platform.call('/categories/reorder', { moduleId: one.id, ids: [b.id] });
    const { items } = await platform.call('/categories/list', { filter: { moduleId: one.id } });
    expect(items.map(({ id }: any) => id)).toEqual([b.id, a.id]);
    await platform.call('/modules/reorder', { projectId: project.id, ids: [two.id, one.id] });
    const modules = await platform.call('/modules/list', { filter: { projectId: project.id } });
    expect(modules.items.map(({ id }: any) => id)).toEqual([two.id, one.id]);
    expect(await platform.refusal('/categories/reorder', { moduleId: two.id, ids: [a.id] })).toMatchObject({
      message: `there is no category ${a.id} in module ${two.id}`,
    });
  });
});

describe('the catalog', () => {
  it('keeps a request with its checks, whatever is in it', async () => {
    const module = await newModule((await newProject()).id);
    const fields = {
      name: '创建订单 😀',
      description: '# 说明\n"引号" \\ 反斜杠',
      method: 'POST',
      url: '{{baseUrl}}/orders/:id?debug=1',
      pathParams: [{ name: 'id', value: '{{orderId}}' }],
      params: [{ name: 'q', value: 'a b', enabled: false, description: '搜索' }],
      headers: [{ name: 'X-Trace', value: '{{$uuid}}' }],
      body: { type: 'json', value: { snake_case: [1, null, { camelCase: true }] } },
      auth: { type: 'apiKey', name: 'k', value: '{{key}}', in: 'query' },
      settings: { timeouts: { total: 1000 }, retries: { count: 2 } },
      tags: ['订单', 'smoke'],
      assertions: [
        { on: 'status', operator: 'equals', expected: 201 },
        { on: 'call', call: '/checks/isValidOrder' },
      ],
      extractions: [{ name: 'orderId', from: 'jsonPath', path: '$.id', scope: 'scenario' }],
      schemas: { operationId: 'createOrder' },
    };
    const made = await platform.call('/catalog/create', { moduleId: module.id, ...fields });
    expect(made).toMatchObject({ ...fields, moduleId: module.id, categoryId: null, ownEndpoint: null });
    expect(await platform.call('/catalog/get', { id: made.id })).toEqual(made);
    const changed = await platform.call('/catalog/update', {
      id: made.id,
      version: 1,
      changes: { method: 'put', tags: [' a ', 'a', ''], schemas: null },
    });
    expect(changed).toMatchObject({ method: 'PUT', tags: ['a'], schemas: null, url: fields.url, version: 2 });
  });

  it('refuses bad fields with their path', async () => {
    const module = await newModule((await newProject()).id);
    for (const [more, path] of [
      [{ name: 'x'.repeat(201) }, 'name'],
      [{ url: '' }, 'url'],
      [{ method: 'G E T' }, 'method'],
      [{ headers: [{ name: '', value: '' }] }, 'headers[0].name'],
      [{ body: { type: 'xml' } }, 'body.type'],
      [{ assertions: [{ on: 'status', operator: 'is' }] }, 'assertions[0].operator'],
    ] as const) {
      const error = await platform.refusal('/catalog/create', {
        moduleId: module.id,
        name: 'n',
        url: '/',
        ...more,
      });
      expect(error).toMatchObject({ code: 'VALIDATION_ERROR' });
      expect(error.details.map((detail: any) => detail.path)).toContain(path);
    }
    const foreign = await newCategory((await newModule((await newProject()).id)).id);
    expect(
      await platform.refusal('/catalog/create', {
        moduleId: module.id,
        categoryId: foreign.id,
        name: 'n',
        url: '/',
      }),
    ).toMatchObject({ code: 'CATEGORY_OF_OTHER_MODULE', status: 422 });
  });

  it('is filtered and sorted', async () => {
    const project = await newProject();
    const module = await newModule(project.id);
    const category = await newCategory(module.id);
    await newEntry(module.id, { name: 'b', method: 'POST', categoryId: category.id, tags: ['冒烟'] });
    await newEntry(module.id, { name: 'a', url: '/登录/{id}', tags: ['冒烟测试'] });
    const names = async (filter: object, sort = 'name') => {
      const page = await platform.call('/catalog/list', {
        filter: { projectId: project.id, ...filter },
        sort,
      });
      expect(page.total).toBe(page.items.length);
      return page.items.map(({ name }: any) => name);
    };
    expect(await names({})).toEqual(['a', 'b']);
    expect(await names({}, '-method')).toEqual(['b', 'a']);
    expect(await names({ categoryId: null })).toEqual(['a']);
    expect(await names({ categoryId: category.id })).toEqual(['b']);
    expect(await names({ method: 'post' })).toEqual(['b']);
    expect(await names({ tag: '冒烟' })).toEqual(['b']);
    expect(await names({ text: '登录' })).toEqual(['a']);
    expect(await names({ own: true })).toEqual([]);
    expect(await names({ tested: false })).toEqual(['a', 'b']);
  });

  it('moves and orders entries, all or none', async () => {
    const project = await newProject();
    const [one, two] = [await newModule(project.id), await newModule(project.id)];
    const category = await newCategory(two.id);
    const [a, b, c] = [await newEntry(one.id), await newEntry(one.id), await newEntry(two.id)];
    expect(await platform.refusal('/catalog/move', { ids: [a.id, 999_999], moduleId: two.id })).toMatchObject(
      { message: 'there is no catalog entry 999999' },
    );
    expect((await platform.call('/catalog/get', { id: a.id })).moduleId).toBe(one.id);
    await platform.call('/catalog/move', { ids: [b.id, a.id], moduleId: two.id, categoryId: category.id });
    const ids = async () =>
      (await platform.call('/catalog/list', { filter: { moduleId: two.id } })).items.map(({ id }: any) => id);
    expect(await ids()).toEqual([c.id, b.id, a.id]);
    await platform.call('/catalog/reorder', { moduleId: two.id, ids: [a.id] });
    expect(await ids()).toEqual([a.id, c.id, b.id]);
    expect(await platform.call('/catalog/duplicate', { id: a.id })).toMatchObject({
      name: `${a.name} (2)`,
      categoryId: category.id,
      position: 3,
      version: 1,
    });
  });
});

it('removes what belongs to what was removed', async () => {
  const project = await newProject();
  const module = await newModule(project.id);
  const category = await newCategory(module.id);
  const entry = await newEntry(module.id, { categoryId: category.id });
  await platform.call('/categories/remove', { id: category.id });
  expect(await platform.call('/catalog/get', { id: entry.id })).toMatchObject({ categoryId: null });
  await platform.call('/projects/remove', { id: project.id });
  for (const [path, id] of [
    ['/modules/get', module.id],
    ['/catalog/get', entry.id],
  ] as const) {
    expect(await platform.refusal(path, { id })).toMatchObject({ code: 'NOT_FOUND' });
  }
  for (const name of ['projects', 'modules', 'categories', 'catalog', 'environments', 'datasets', 'files']) {
    expect(await platform.refusal(`/${name}/remove`, { id: 999_999 })).toMatchObject({ code: 'NOT_FOUND' });
    expect(await platform.refusal(`/${name}/duplicate`, { id: 999_999 })).toMatchObject({
      code: 'NOT_FOUND',
    });
  }
});
