import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Signature } from '../../src/contract/signature.ts';
import { toProblems } from '../../src/signatures/to-problems.ts';
import { toZod } from '../../src/signatures/to-zod.ts';
import { createCheckerProject, problemOf, signatureOf, type CheckerProject } from './checker-project.ts';

let project: CheckerProject;
let count = 0;

beforeAll(async () => {
  project = await createCheckerProject();
  await project.write(
    '_lib/user.ts',
    `import type { Deep } from './deep.ts';
    export interface User { id: number; name: string; email?: string; deep?: Deep }
    export interface Tree { value: number; kids: Tree[]; parent?: Tree | null }
    export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
    export class Account { owner = ''; readonly age?: number; #secret = 1; private hidden = 2; protected kept = 3;
      static made = 0; constructor(public level: number) {} get twice() { return this.#secret + this.hidden } rename() {} }
    export enum Color { Red = 'red', Blue = 'blue' }
    export enum Size { Small, Large = 5 }
    export const enum Flag { On = 'on' }`,
  );
  await project.write('_lib/deep.ts', 'export type Deep = { at: Date };');
});
afterAll(() => project.end());

/** Derives `export const f = apiFunction(<code>)`. */
async function derive(code: string, head = ''): Promise<Signature> {
  return signatureOf(await derived(code, head));
}

async function derived(code: string, head = '') {
  count += 1;
  const text = `import { apiFunction, type CallContext } from 'api-deploy';
import { type User, type Tree, type Json, type Account, Color, Size, Flag } from './_lib/user.ts';
${head}
export const f = apiFunction(${code});
export const used = [Color, Size, Flag.On] as unknown as [CallContext, User, Tree, Json, Account];
`;
  const { functions } = await project.save(`types${count}.ts`, text);
  return functions['f'];
}

interface Case {
  readonly type: string;
  readonly good: readonly unknown[];
  readonly bad: readonly unknown[];
}

const cases: readonly Case[] = [
  { type: 'string', good: ['', 'a'], bad: [1, null, true, [], {}] },
  { type: 'number', good: [0, -1.5], bad: ['1', null, true] },
  { type: 'boolean', good: [true, false], bad: [0, 'true', null] },
  { type: 'null', good: [null], bad: [0, 'null'] },
  { type: "'a' | 'b' | 3", good: ['a', 'b', 3], bad: ['c', 4, '3'] },
  { type: 'true', good: [true], bad: [false] },
  { type: '-1 | 0 | 1', good: [-1, 0], bad: [2] },
  { type: 'string | number | boolean | null', good: ['a', 1, true, false, null], bad: [[], {}] },
  { type: 'boolean | string', good: [true, false, 'x'], bad: [1] },
  { type: 'Color', good: ['red', 'blue'], bad: ['Red', 0] },
  { type: 'Color.Red | Size.Large', good: ['red', 5], bad: ['blue', 0] },
  { type: 'Size', good: [0, 5], bad: [1, 'Small'] },
  { type: 'Flag', good: ['on'], bad: ['off'] },
  { type: 'string[]', good: [[], ['a']], bad: [[1], 'a', {}] },
  { type: 'readonly number[][]', good: [[[1], []]], bad: [[1], [['a']]] },
  { type: 'Array<string | null>', good: [['a', null]], bad: [[1]] },
  { type: '[number, string]', good: [[1, 'a']], bad: [[1], ['a', 1], [1, 'a', 2], {}] },
  { type: 'readonly [x: number, y?: string]', good: [[1], [1, 'a']], bad: [[], [1, 2]] },
  { type: '[number, ...string[]]', good: [[1], [1, 'a', 'b']], bad: [[], [1, 2]] },
  { type: '[number, string?, ...boolean[]]', good: [[1], [1, 'a', true]], bad: [[1, true]] },
  { type: '[]', good: [[]], bad: [[1]] },
  {
    type: '{ a: number; b?: string }',
    good: [{ a: 1 }, { a: 1, b: 'x' }],
    bad: [{}, { a: '1' }, { a: 1, c: 1 }, null, []],
  },
  { type: '{ a: string | undefined }', good: [{}, { a: 'x' }], bad: [{ a: null }] },
  { type: 'User', good: [{ id: 1, name: 'a' }], bad: [{ id: 1 }, { id: 1, name: 'a', age: 3 }] },
  { type: "Partial<Omit<User, 'id'>>", good: [{}, { name: 'a', email: 'x' }], bad: [{ id: 1 }] },
  { type: "Required<Pick<User, 'name' | 'email'>>", good: [{ name: 'a', email: 'b' }], bad: [{ name: 'a' }] },
  {
    type: "Readonly<Record<'a' | 'b', number>>",
    good: [{ a: 1, b: 2 }],
    bad: [{ a: 1 }, { a: 1, b: 2, c: 3 }],
  },
  { type: 'Record<string, number[]>', good: [{}, { x: [1] }], bad: [{ x: 1 }, []] },
  {
    type: '{ a: string; [key: string]: string | number }',
    good: [{ a: 'x', n: 1 }],
    bad: [{ n: 1 }, { a: 'x', n: true }],
  },
  { type: "NonNullable<User['email']>", good: ['x'], bad: [null] },
  { type: "Exclude<'a' | 'b' | 'c', 'b'>", good: ['a', 'c'], bad: ['b'] },
  { type: 'Parameters<(a: number, b: string) => void>', good: [[1, 'a']], bad: [[1]] },
  { type: "Awaited<Promise<User>>['id']", good: [1], bad: ['1'] },
  { type: 'User & { role: Color }', good: [{ id: 1, name: 'a', role: 'red' }], bad: [{ id: 1, name: 'a' }] },
  { type: "string & { readonly __brand: 'Id' }", good: ['x'], bad: [{}, 1] },
  { type: "'a' | (string & {})", good: ['a', 'zzz'], bad: [1] },
  { type: 'keyof User', good: ['id', 'email'], bad: ['nope'] },
  { type: "{ [K in 'x' | 'y' as `get_${K}`]?: number }", good: [{ get_x: 1 }], bad: [{ x: 1 }] },
  { type: 'User extends { id: number } ? 1 : 2', good: [1], bad: [2] },
  {
    type: 'Tree',
    good: [{ value: 1, kids: [{ value: 2, kids: [], parent: null }] }],
    bad: [{ value: 1, kids: [{ value: 'x', kids: [] }] }],
  },
  { type: 'Json', good: ['a', [1, { x: null }], { y: [true] }], bad: [] },
  {
    type: 'Account',
    good: [
      { owner: 'a', level: 1 },
      { owner: 'a', level: 1, age: 2 },
    ],
    bad: [{ owner: 'a' }, { owner: 'a', level: 1, hidden: 2 }, { owner: 'a', level: 1, twice: 2 }],
  },
  {
    type: "{ kind: 'a'; n: number } | { kind: 'b'; s: string }",
    good: [
      { kind: 'a', n: 1 },
      { kind: 'b', s: '' },
    ],
    bad: [{ kind: 'a', s: '' }, { kind: 'c' }],
  },
  { type: 'unknown', good: [1, null, { a: [] }], bad: [] },
  { type: 'any', good: [1, 'x'], bad: [] },
  { type: 'object', good: [{}, { a: 1 }], bad: [1, 'a', null] },
  {
    type: 'Date',
    good: ['2030-12-31T23:59:59Z', '2030-12-31T23:59:59.123+02:00', '2030-12-31'],
    bad: ['2030-02-30', '2030-12-31T23:59:59', 'x', 0, null, '2030-12-31T25:00:00Z'],
  },
  { type: 'Date | null', good: [null, '2030-12-31'], bad: ['x'] },
  { type: 'never', good: [], bad: [1, null] },
];

describe('types', () => {
  it.each(cases)('$type', async ({ type, good, bad }) => {
    const schema = toZod(await derive(`(v: ${type}) => v`));
    expect(good.filter((v) => !schema.safeParse({ v }).success)).toEqual([]);
    expect(bad.filter((v) => schema.safeParse({ v }).success)).toEqual([]);
    for (const v of bad) {
      const { error } = schema.safeParse({ v });
      const problems = error === undefined ? [] : toProblems(error, { v });
      expect(problems.length).toBeGreaterThan(0);
      for (const problem of problems) {
        expect(problem.path).toMatch(/^v/);
        expect(problem.message).toMatch(/^(required: )?expected .*got |^unknown property/);
      }
    }
  });

  it('gives dates as Date, also of string | Date', async () => {
    const schema = toZod(await derive('(at: Date, either: string | Date, list: Date[]) => at'));
    const parsed = schema.parse({ at: '2030-12-31', either: '2030-12-31T00:00:00Z', list: ['2030-01-01'] });
    expect(parsed).toEqual({
      at: new Date('2030-12-31'),
      either: new Date('2030-12-31'),
      list: [new Date('2030-01-01')],
    });
    expect(schema.parse({ at: '2030-12-31', either: 'soon', list: [] })['either']).toBe('soon');
  });

  it('names recursive types after themselves', async () => {
    const signature = await derive('(tree: Tree, json: Json) => [tree, json]');
    expect(Object.keys(signature.definitions).toSorted()).toEqual(['Json', 'Tree']);
    expect(signature.parameters[0]!.shape).toEqual({ kind: 'ref', name: 'Tree' });
  });

  it('takes types of packages that only the runtime has', async () => {
    const head =
      "import { z } from 'zod'; import { cors } from 'hono/cors'; const schema = z.object({ a: z.string(), n: z.number().optional() }); void cors;";
    const schema = toZod(await derive('(v: z.infer<typeof schema>) => v', head));
    expect(schema.safeParse({ v: { a: 'x' } }).success).toBe(true);
    expect(schema.safeParse({ v: { a: 1 } }).success).toBe(false);
  });
});

describe('parameters', () => {
  it('takes defaults, optional ones and values that may be undefined', async () => {
    const signature = await derive(
      "(a = 'World', b: number = -0.5, c?: boolean, d: string | undefined, e = [1], f: null | string = null) => [a, b, c, d, e, f]",
    );
    expect(
      signature.parameters.map(({ name, optional, defaultValue }) => [name, optional, defaultValue]),
    ).toEqual([
      ['a', true, 'World'],
      ['b', true, -0.5],
      ['c', true, undefined],
      ['d', true, undefined],
      ['e', true, undefined],
      ['f', true, null],
    ]);
    expect(signature.style).toBe('positional');
    const schema = toZod(signature);
    expect(schema.parse({})).toEqual({});
    expect(schema.safeParse({ a: null }).success).toBe(false);
  });

  it('takes one destructured object as the body', async () => {
    const signature = await derive(
      "({ id, tags = [], limit = 10, 'odd-key': odd }: { id: number; tags?: string[]; limit?: number; 'odd-key'?: string }, ctx: CallContext) => [id, tags, limit, odd, ctx]",
    );
    expect(signature.style).toBe('object');
    expect(signature.contextIndex).toBe(1);
    expect(
      signature.parameters.map(({ name, optional, defaultValue }) => [name, optional, defaultValue]),
    ).toEqual([
      ['id', false, undefined],
      ['tags', true, undefined],
      ['limit', true, 10],
      ['odd-key', true, undefined],
    ]);
    expect(toZod(signature).parse({ id: 1 })).toEqual({ id: 1 });
  });

  it('takes a destructured recursive type', async () => {
    const signature = await derive('({ value, kids }: Tree) => [value, kids]');
    expect(signature.parameters.map(({ name }) => name)).toEqual(['value', 'kids', 'parent']);
    expect(toZod(signature).safeParse({ value: 1, kids: [{ value: 2, kids: [] }] }).success).toBe(true);
  });

  it('takes rest parameters as a list', async () => {
    const list = await derive('(a: number, ...xs: string[]) => [a, xs]');
    expect(list.parameters[1]).toMatchObject({
      name: 'xs',
      rest: true,
      optional: true,
      shape: { kind: 'array' },
    });
    const tuple = await derive('(...xs: [a: number, b?: string]) => xs');
    expect(tuple.parameters[0]).toMatchObject({
      name: 'xs',
      rest: true,
      optional: false,
      shape: { kind: 'tuple' },
    });
    expect(toZod(tuple).safeParse({ xs: [1] }).success).toBe(true);
    expect(toZod(tuple).safeParse({}).success).toBe(false);
  });

  it.each([
    ['(ctx: CallContext) => ctx', 0, []],
    ['(a: number, ctx: CallContext, b: string) => [a, ctx, b]', 1, ['a', 'b']],
    ['(a: number, context?: CallContext) => [a, context]', 1, ['a']],
    ['(a: number) => a', -1, ['a']],
  ])('injects the context: %s', async (code, index, names) => {
    const signature = await derive(code);
    expect(signature.contextIndex).toBe(index);
    expect(signature.parameters.map(({ name }) => name)).toEqual(names);
  });

  it('knows the context by its declaration, not by its name', async () => {
    const signature = await derive(
      '(c: Own.CallContext) => c',
      'namespace Own { export interface CallContext { a: 1 } }',
    );
    expect(signature.contextIndex).toBe(-1);
    expect(signature.parameters[0]!.shape).toEqual({ kind: 'ref', name: 'CallContext' });
  });

  it('prints the signature for people', async () => {
    const signature = await derive(
      "async (id: number, name = 'x', ctx: CallContext, opt?: User, ...tags: string[]): Promise<User> => { void [id, name, ctx, opt, tags]; throw 1; }",
    );
    expect(signature.text).toBe(
      '(id: number, name?: string, opt?: User, ...tags: string[]) => Promise<User>',
    );
    expect((await derive('<T,>() => 1 as T, {}').catch(() => undefined))?.text).toBe('() => T');
  });
});

describe('problems', () => {
  const message = async (code: string, head = ''): Promise<string> =>
    problemOf(await derived(code, head)).message;

  it.each([
    ['() => void', /'v' has type '\(\) => void', which has no JSON form; expected string, number, bigint/],
    ['{ profile: { run(): void } }', /'v\.profile\.run' has type '\(\) => void'/],
    ['{ list: WeakMap<object, number>[] }', /'v\.list\[\]' has type 'WeakMap<object, number>'.*use Map/],
    ['Map<string, () => void>', /'v\[value\]' has type '\(\) => void'/],
    ['symbol', /'v' has type 'symbol'/],
    ['{ [key: string]: symbol }', /'v\[key\]' has type 'symbol'/],
    ['RegExp', /'RegExp'.*take the pattern's text as a string/],
    ['Promise<string>', /take the value itself/],
    ['Uint16Array', /'Uint16Array.*use Uint8Array/],
    ['BigInt64Array', /use Uint8Array/],
    ['ArrayBuffer', /use Uint8Array/],
    ['ReadableStream<string>', /use File instead/],
    ['AsyncIterable<string>', /use an array/],
    ['String', /write 'string' instead/],
    ['Uppercase<Lowercase<string>>', /no pattern can describe; use string/],
    ['{ file: File }', /'v\.file' is a file, which can only be a parameter of its own/],
    ['{ list: { file: File }[] } | null', /'v\.list\[\]\.file' is a file/],
    ['Map<string, File>', /'v\[value\]' is a file/],
    ['File[][]', /'v\[\]\[\]' is a file/],
    ['typeof Shop', /no JSON form/],
    ['Shop', /'v\.name' has type '\(\) => string'|'v.stock'/],
    ['Error & { run: () => void }', /'Error/],
    ['new () => object', /no JSON form/],
    ['[...string[], number]', /rest element before others; put the rest element last/],
    [
      '{ x: Missing }',
      /'v\.x' has type .*cannot be resolved: Cannot find name 'Missing'\. \(.*types\d+\.ts:\d+:\d+\)/,
    ],
  ])('%s', async (type, expected) => {
    const head = 'class Shop { open = true; stock = () => 1; static all = []; }; void Shop;';
    expect(await message(`(v: ${type}) => v`, head)).toMatch(expected);
  });

  it('names the place of the parameter', async () => {
    const problem = problemOf(await derived('(\n  good: string,\n  bad: () => void,\n) => [good, bad]'));
    expect(problem).toMatchObject({
      file: project.path(`types${count}.ts`),
      line: 6,
      column: 3,
      parameter: 'bad',
    });
  });

  it('refuses an implicit any, takes a written one', async () => {
    expect(await message('(x) => x')).toBe(
      "parameter 'x' has no type; write 'x: string' or give it a default",
    );
    expect(await message('({ a, b = 1 }) => [a, b]')).toMatch(/'body\.a' has no type; write/);
    expect((await derive('(x: any) => x')).parameters[0]!.shape).toEqual({ kind: 'unknown' });
  });

  it('tells apart an any on purpose and one from an import that failed', async () => {
    expect(await message('(v: Gone) => v', "import type { Gone } from './_lib/gone.ts';")).toMatch(
      /'Gone', which cannot be resolved: Cannot find module '\.\/_lib\/gone\.ts'/,
    );
    expect(await message("(v: Omit<Gone, 'a'>) => v", "import type { Gone } from './_lib/gone.ts';")).toMatch(
      /cannot be resolved: Cannot find module/,
    );
    expect(await message('(v: Gone[]) => v', "import type { Gone } from './_lib/user.ts';")).toMatch(
      /cannot be resolved: .*no exported member/,
    );
  });

  it.each([
    [
      'f2',
      'function f2(a: string): void; function f2(a: number): void; function f2(a: unknown) { void a; }',
      /has 2 overloads; expected one/,
    ],
    ['(a: CallContext, b: CallContext) => [a, b]', '', /call context 2 times/],
    ['({ a }: { a: 1 }, b: number) => [a, b]', '', /must be the only one/],
    ['([a]: [number]) => a', '', /give it a name/],
    ['({ ...all }: Record<string, number>) => all', '', /known properties/],
    ['({ a }: { a: 1 } | { a: 2; b: 1 }) => a', '', /known properties/],
    ['<T,>(t: T) => t', '', /'t' has type 'T', which is not known here; replace the type parameter/],
    ['<T,>(t: { list: T[] }) => t', '', /'t\.list\[\]' has type 'T'/],
    ['<T,>(t: keyof T) => t', '', /replace the type parameter/],
    ['function (this: User, a: number) { return [this, a]; }', '', /'f' needs 'this' of type 'User'/],
    [
      '({ box }: { box: { file: File } }) => box',
      '',
      /'body\.box\.file' is a file, which can only be .* a property of the destructured parameter/,
    ],
    ['(t: Nest<string>) => t', 'type Nest<T> = { v: T; next: Nest<T[]> };', /too large or never ends/],
  ])('%s', async (code, head, expected) => {
    expect(await message(code, head)).toMatch(expected);
  });

  it('points into the file of a wrapped function', async () => {
    await project.write(
      '_lib/wrapped.ts',
      'export function wrapped(\n  a: WeakMap<object, string>) { return a; }\n',
    );
    const problem = problemOf(await derived('wrapped', "import { wrapped } from './_lib/wrapped.ts';"));
    expect(problem).toMatchObject({ file: project.path('_lib/wrapped.ts'), line: 2, column: 3 });
  });
});
