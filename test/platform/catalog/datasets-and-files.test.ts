import { createHash, randomBytes } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeText, readDataset } from '../../../apis/_platform/catalog/read-dataset.ts';
import { openPlatform, type Platform } from '../support/open-platform.ts';

let platform: Platform;
let projectId: number;
beforeAll(async () => {
  platform = await openPlatform();
  projectId = (await platform.call('/projects/create', { name: 'p' })).id;
}, 120_000);
afterAll(() => platform.close());

describe('a dataset as text', () => {
  const csv = (text: string, inferTypes = false) => readDataset(text, { format: 'csv', inferTypes });

  it('is CSV with quotes, any line ends and separators, empty cells and lines', () => {
    const { columns, rows } = csv('\uFEFF姓名,age, note \r\n"王, ""五""",007,"two\nlines"\n\n李四,18\r');
    expect(columns).toEqual(['姓名', 'age', 'note']);
    expect(rows).toEqual([
      { 姓名: '王, "五"', age: '007', note: 'two\nlines' },
      { 姓名: '李四', age: '18', note: '' },
    ]);
    expect(csv('a;b\n1,5;2').rows).toEqual([{ a: '1,5', b: '2' }]);
    expect(csv('a\tb\n1\t2').rows).toEqual([{ a: '1', b: '2' }]);
    expect(csv('__proto__\nx').rows[0]).toHaveProperty(['__proto__'], 'x');
  });

  it('keeps text unless types are asked for, and then only what stays the same', () => {
    expect(csv('a,b,c,d,e,f\n12,007,true,null,1e5,12345678901234567890', true).rows).toEqual([
      { a: 12, b: '007', c: true, d: null, e: '1e5', f: '12345678901234567890' },
    ]);
    expect(csv('a\n12').rows).toEqual([{ a: '12' }]);
  });

  it('is JSON, a list or lines', () => {
    const json = (text: string) => readDataset(text, { format: 'json' });
    expect(json('[{"a":1},{"b":[null]}]')).toEqual({ columns: ['a', 'b'], rows: [{ a: 1 }, { b: [null] }] });
    expect(json('{"a":1}\n\n{"a":2}\n').rows).toEqual([{ a: 1 }, { a: 2 }]);
    expect(json('{"a":1}').rows).toEqual([{ a: 1 }]);
    expect(() => json('[1]')).toThrow("row 1: expected an object, got '1'");
    expect(() => json('{"a":1}\n{')).toThrow('JSON line 2');
    expect(() => json('"text"')).toThrow('expected a JSON list of objects');
  });

  it('is refused with the line of its fault', () => {
    expect(() => csv('')).toThrow('got an empty text');
    expect(() => csv('a,a\n1,2')).toThrow("CSV line 1: the column 'a' is there twice");
    expect(() => csv('a,\n1,2')).toThrow('column 2 has no name');
    expect(() => csv('a,b\n1,2\n1,2,3')).toThrow('CSV line 3: expected 2 values at most');
    expect(() => csv('a\n\n"open')).toThrow('CSV line 3: the quote that begins here does not end');
    expect(() => csv('a\n"x"y')).toThrow("got 'y'");
  });

  it('is read as it was written, in whichever encoding', () => {
    const seed = Date.now() % 2 ** 31;
    const cell = fc.string({
      unit: fc.constantFrom('a', '"', ',', ';', '\n', '\r', ' ', '中'),
      maxLength: 6,
    });
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell), { minLength: 1 }), (rows) => {
        const quoted = rows.map((row) => row.map((value) => `"${value.replaceAll('"', '""')}"`).join(','));
        expect(csv(['x,y', ...quoted].join('\n')).rows).toEqual(rows.map(([x, y]) => ({ x, y })));
      }),
      { seed },
    );
    expect(decodeText(Buffer.from('姓名'))).toBe('姓名');
    expect(decodeText(new Uint8Array([0xd0, 0xd5, 0xc3, 0xfb]))).toBe('姓名');
    expect(decodeText(Buffer.from('\uFEFF姓名', 'utf16le'))).toBe('姓名');
  });
});

describe('datasets', () => {
  it('take 100,000 rows from a file, and give them in pages', async () => {
    const text = `id,名称\n${Array.from({ length: 100_000 }, (_, n) => `${n},商品${n}`).join('\n')}`;
    const file = new File([text], '商品.csv', { type: 'text/csv' });
    const made = await platform.call('/datasets/upload', { projectId, file, inferTypes: true });
    expect(made).toMatchObject({ name: '商品', columns: ['id', '名称'], rowCount: 100_000, version: 1 });
    const page = await platform.call('/datasets/rows', { id: made.id, page: 100, pageSize: 1000 });
    expect(page).toMatchObject({ total: 100_000, page: 100 });
    expect(page.items).toHaveLength(1000);
    expect(page.items[999]).toEqual({ id: 99_999, 名称: '商品99999' });
    expect(await platform.refusal('/datasets/rows', { id: made.id, pageSize: 1001 })).toMatchObject({
      status: 422,
    });
    const replaced = await platform.call('/datasets/replaceRows', {
      id: made.id,
      version: 1,
      file: new File(['[{"x":1}]'], 'rows.json'),
    });
    expect(replaced).toMatchObject({ columns: ['x'], rowCount: 1, version: 2 });
  });

  it('are made from rows, added to, copied, moved, ordered and removed', async () => {
    const made = await platform.call('/datasets/create', {
      projectId,
      name: '行',
      rows: [{ a: 1 }, { b: null }],
    });
    const { id } = made;
    expect(made.columns).toEqual(['a', 'b']);
    expect(await platform.call('/datasets/appendRows', { id, rows: [{ c: [1] }] })).toMatchObject({
      columns: ['a', 'b', 'c'],
      rowCount: 3,
      version: 2,
    });
    expect((await platform.call('/datasets/rows', { id, page: 2, pageSize: 2 })).items).toEqual([{ c: [1] }]);
    expect(await platform.refusal('/datasets/create', { projectId, name: '行' })).toMatchObject({
      code: 'NAME_TAKEN',
    });
    expect(
      await platform.refusal('/datasets/create', { projectId, name: 'n', rows: [{ '': 1 }] }),
    ).toMatchObject({
      code: 'DATASET_INVALID',
    });
    const copy = await platform.call('/datasets/duplicate', { id });
    expect((await platform.call('/datasets/rows', { id: copy.id })).total).toBe(3);
    const other = await platform.call('/projects/create', { name: 'other' });
    expect(await platform.call('/datasets/move', { id: copy.id, projectId: other.id })).toMatchObject({
      projectId: other.id,
    });
    await platform.call('/datasets/reorder', { projectId, ids: [id] });
    expect((await platform.call('/datasets/list', { filter: { projectId } })).items[0].id).toBe(id);
    expect(
      await platform.call('/datasets/update', { id, version: 2, changes: { name: '新' } }),
    ).toMatchObject({ name: '新' });
    await platform.call('/datasets/remove', { id });
    expect(await platform.refusal('/datasets/rows', { id })).toMatchObject({ code: 'NOT_FOUND' });
  });

  it('are not made at all from a broken file', async () => {
    const before = (await platform.call('/datasets/list')).total;
    const file = new File(['a,b\n1,2,3'], 'x.csv');
    expect(await platform.refusal('/datasets/upload', { projectId, file })).toMatchObject({
      code: 'DATASET_INVALID',
      details: { line: 2 },
    });
    expect((await platform.call('/datasets/list')).total).toBe(before);
  });
});

describe('files', () => {
  const stored = async () => (await readdir(join(platform.dataDir, 'files'))).sort();
  const put = (bytes: Uint8Array<ArrayBuffer>, name = '图 片.png', owner = projectId) =>
    platform.call('/files/create', {
      projectId: owner,
      file: new File([bytes], name, { type: 'image/png' }),
    });

  it('are stored once for each content, given back as they were, and go with the last one', async () => {
    const bytes = new Uint8Array(randomBytes(300_000));
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const [one, two] = await Promise.all([put(bytes), put(bytes, 'b.png')]);
    expect(one).toMatchObject({
      name: '图 片.png',
      contentType: 'image/png',
      size: 300_000,
      sha256,
      projectId,
    });
    expect(await stored()).toEqual([sha256]);
    const answer = (await platform.caller.call('/files/download', { id: one.id })) as Response;
    expect(answer.headers.get('content-disposition')).toBe(
      "attachment; filename*=UTF-8''%E5%9B%BE%20%E7%89%87.png",
    );
    expect(answer.headers.get('content-type')).toBe('image/png');
    expect(Buffer.from(await answer.arrayBuffer()).equals(bytes)).toBe(true);
    await platform.call('/files/remove', { id: one.id });
    expect(await stored()).toEqual([sha256]);
    await platform.call('/files/remove', { id: two.id });
    expect(await stored()).toEqual([]);
  });

  it('go with their project, unless another one has the same content', async () => {
    const [a, b] = [
      await platform.call('/projects/create', { name: 'a' }),
      await platform.call('/projects/create', { name: 'b' }),
    ];
    const shared = await put(new Uint8Array([1]), 'x', a.id);
    const own = await put(new Uint8Array([2]), 'x', a.id);
    await put(new Uint8Array([1]), 'x', b.id);
    await platform.call('/projects/remove', { id: a.id });
    expect(await stored()).toEqual([shared.sha256]);
    expect(own.sha256).not.toBe(shared.sha256);
    await platform.call('/projects/remove', { id: b.id });
    expect(await stored()).toEqual([]);
  });

  it('are renamed, copied, moved and ordered', async () => {
    const { id, sha256 } = await put(new Uint8Array([3]));
    expect(
      await platform.call('/files/update', {
        id,
        version: 1,
        changes: { name: '新.txt', contentType: 'text/plain' },
      }),
    ).toMatchObject({ version: 2, name: '新.txt', contentType: 'text/plain', sha256 });
    for (const changes of [{ name: '../etc' }, { name: '' }, { contentType: 'text' }]) {
      expect(await platform.refusal('/files/update', { id, version: 2, changes })).toMatchObject({
        status: 422,
      });
    }
    const copy = await platform.call('/files/duplicate', { id });
    expect(copy).toMatchObject({ name: '新.txt', sha256 });
    await platform.call('/files/reorder', { projectId, ids: [copy.id, id] });
    const { items } = await platform.call('/files/list', { filter: { projectId } });
    expect(items.map((item: any) => item.id)).toEqual([copy.id, id]);
    const other = await platform.call('/projects/create', { name: 'of files' });
    expect(await platform.call('/files/move', { id, projectId: other.id })).toMatchObject({
      projectId: other.id,
    });
    await rm(join(platform.dataDir, 'files', sha256));
    expect(await platform.refusal('/files/download', { id })).toMatchObject({ code: 'FILE_CONTENT_MISSING' });
  });

  it('leave nothing behind when the project is not there', async () => {
    const before = await stored();
    const file = new File(['x'], 'x');
    expect(await platform.refusal('/files/create', { projectId: 999_999, file })).toMatchObject({
      code: 'NOT_FOUND',
    });
    expect(await stored()).toEqual(before);
  });
});
