import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ObjectShape, Property, Shape } from '../../src/contract/signature.ts';
import { createCodeProject, type CodeProject } from './derive-code.ts';

let code: CodeProject;
beforeAll(async () => {
  code = await createCodeProject();
});
afterAll(() => code.end());

const string: Shape = { kind: 'string' };
const number: Shape = { kind: 'number' };
const literal = (value: string | number | boolean): Shape => ({ kind: 'literal', value });
const union = (...members: readonly Shape[]): Shape => ({ kind: 'union', members });
const array = (element: Shape): Shape => ({ kind: 'array', element });
const property = (name: string, shape: Shape): Property => ({ name, shape, optional: false });
const object = (...properties: readonly Property[]): ObjectShape => ({ kind: 'object', properties });
const numericKey = '^-?(?:0|[1-9]\\d*)(?:\\.\\d*[1-9])?(?:e[+-]\\d+)?$';

describe('simple types', () => {
  it.each<[type: string, shape: Shape]>([
    ['string', string],
    ['number', number],
    ['boolean', { kind: 'boolean' }],
    ['null', { kind: 'null' }],
    ['bigint', { kind: 'bigint' }],
    ['10n', { kind: 'bigintLiteral', value: '10' }],
    [
      '-1n | 9007199254740993n',
      union({ kind: 'bigintLiteral', value: '-1' }, { kind: 'bigintLiteral', value: '9007199254740993' }),
    ],
    ["'a'", literal('a')],
    ['unknown', { kind: 'unknown' }],
    ['any', { kind: 'unknown' }],
    ['object', { kind: 'anyObject' }],
    ['never', { kind: 'never' }],
    ['void', { kind: 'undefined' }],
    ['undefined', { kind: 'undefined' }],
    ['void | undefined', { kind: 'undefined' }],
    ["string & { readonly __brand: 'Id' }", string],
    ['bigint & { readonly __brand: 1 }', { kind: 'bigint' }],
    [
      "`a${string}` & { readonly __brand: 'Id' }",
      { kind: 'template', pattern: '^a[\\s\\S]*$', text: '`a${string}`' },
    ],
  ])('%s', async (type, shape) => {
    expect(await code.shape(type)).toEqual(shape);
  });
});

describe('types of the standard library', () => {
  it.each<[type: string, shape: Shape]>([
    ['Date', { kind: 'date' }],
    ['URL', { kind: 'url' }],
    ["import('node:url').URL", { kind: 'url' }],
    ['Uint8Array', { kind: 'bytes' }],
    ['Buffer', { kind: 'bytes' }],
    ["import('node:buffer').Buffer", { kind: 'bytes' }],
    ['Map<string, number>', { kind: 'map', key: string, value: number }],
    [
      'ReadonlyMap<1 | 2, Date>',
      { kind: 'map', key: union(literal(1), literal(2)), value: { kind: 'date' } },
    ],
    ['Set<bigint>', { kind: 'set', element: { kind: 'bigint' } }],
    ['ReadonlySet<string[]>', { kind: 'set', element: array(string) }],
    ['File', { kind: 'file' }],
    ['Blob', { kind: 'file' }],
    ['File[]', array({ kind: 'file' })],
    ['(File | Blob)[]', array({ kind: 'file' })],
    ['File | null', union({ kind: 'null' }, { kind: 'file' })],
    ['Date & { readonly __brand: 1 }', { kind: 'date' }],
    ['Map<string, number> & { readonly __brand: 1 }', { kind: 'map', key: string, value: number }],
    ['readonly string[]', array(string)],
    ['(string | undefined)[]', array(string)],
  ])('%s', async (type, shape) => {
    expect(await code.shape(type)).toEqual(shape);
  });
});

describe('template literal types', () => {
  const cases: readonly [type: string, good: readonly string[], bad: readonly string[]][] = [
    ['`user-${string}`', ['user-', 'user-a\nb'], ['User-1', 'xuser-1']],
    ['`${number}px`', ['0px', '-1.5px', '1e3px'], ['px', '1', '01px', '.px', '--1px']],
    ['`v${bigint}`', ['v0', 'v-12'], ['v1.5', 'v', 'v01']],
    ['`is-${boolean}`', ['is-true', 'is-false'], ['is-', 'is-True']],
    ["`${'a' | 'b'}-${1 | 2}`", ['a-1', 'b-2'], ['a-3', 'ab-1']],
    ['`${string}.*(x)+[1]?^$|{}\\\\/`', ['a.*(x)+[1]?^$|{}\\/'], ['a', 'axx']],
    ['`a${`b${string}`}c`', ['abc', 'abxxc'], ['ac', 'abx']],
    ['Uppercase<string>', ['', 'ABC-1', 'ÄÖ'], ['aBC', 'é']],
    ['Lowercase<string>', ['', 'abc', 'é'], ['A', 'É']],
    ['Capitalize<string>', ['', 'Abc', '1a'], ['abc']],
    ['Uncapitalize<string>', ['', 'aBC'], ['ABC']],
    ['`x-${Uppercase<string>}`', ['x-', 'x-AB'], ['x-a', 'X-A']],
    ['Uppercase<`a${string}`>', ['A', 'AB'], ['a', 'Ab']],
    ["`${string & { __brand: 'Id' }}!`", ['!', 'a!'], ['a']],
  ];
  it.each(cases)('%s', async (type, good, bad) => {
    const shape = await code.shape(type);
    const members = shape.kind === 'union' ? shape.members : [shape];
    const accepts = (text: string): boolean =>
      members.some((member) =>
        member.kind === 'template'
          ? new RegExp(member.pattern, 'u').test(text)
          : member.kind === 'literal' && member.value === text,
      );
    expect(members.every(({ kind }) => kind === 'template' || kind === 'literal')).toBe(true);
    expect(good.filter((text) => !accepts(text))).toEqual([]);
    expect(bad.filter((text) => accepts(text))).toEqual([]);
  });
});

describe('objects', () => {
  it.each<[type: string, shape: Shape]>([
    ["Record<'a' | 'b', 1>", object(property('a', literal(1)), property('b', literal(1)))],
    ['Record<string, number>', { ...object(), index: [{ value: number }] }],
    ['Record<number, string>', { ...object(), index: [{ pattern: numericKey, value: string }] }],
    ['Record<`x-${string}`, string>', { ...object(), index: [{ pattern: '^x-[\\s\\S]*$', value: string }] }],
    ["Record<string & { __brand: 'Id' }, 1>", { ...object(), index: [{ value: literal(1) }] }],
    [
      '{ a: 1; [key: string]: number; [key: `x-${string}`]: 2 }',
      {
        ...object(property('a', literal(1))),
        index: [{ pattern: '^x-[\\s\\S]*$', value: literal(2) }, { value: number }],
      },
    ],
    ['{ [key: symbol]: string; a: 1 }', object(property('a', literal(1)))],
    ['{ [key: string]: number | undefined }', { ...object(), index: [{ value: number }] }],
    ['{ a: string } & { b: number }', object(property('a', string), property('b', number))],
    [
      '({ a: 1 } | { b: 2 }) & { c: 3 }',
      union(
        object(property('a', literal(1)), property('c', literal(3))),
        object(property('b', literal(2)), property('c', literal(3))),
      ),
    ],
    [
      '{ a?: string; b: string | null; c: string | undefined; d: undefined }',
      object(
        { name: 'a', shape: string, optional: true },
        property('b', union({ kind: 'null' }, string)),
        { name: 'c', shape: string, optional: true },
        { name: 'd', shape: { kind: 'undefined' }, optional: true },
      ),
    ],
    ["{ [K in 'a' as `get_${K}`]: number }", object(property('get_a', number))],
    [
      '{}',
      {
        kind: 'union',
        members: (['string', 'number', 'boolean', 'anyObject'] as const).map((kind) => ({ kind })),
      },
    ],
  ])('%s', async (type, shape) => {
    expect(await code.shape(type)).toEqual(shape);
  });

  it('takes the public fields of a class, and of those that it extends', async () => {
    const head = `abstract class Base { base = 1; protected hidden = 1; static all = 2; abstract kind: string }
class Child extends Base { kind = 'x'; constructor(readonly level: number, private secret?: string) { super(); void this.secret; } get twice() { return 2; } method() { return 1; } #own = 1; own() { return this.#own; } }`;
    const { definitions } = await code.signature('(v: Child) => void v', head);
    expect(definitions['Child']!.shape).toEqual(
      object(property('kind', string), property('level', number), property('base', number)),
    );
  });
});

describe('tuples', () => {
  const element = (shape: Shape, more: object = {}) => ({ shape, optional: false, rest: false, ...more });
  it.each<[type: string, elements: readonly object[]]>([
    ['[number, string]', [element(number), element(string)]],
    [
      '[x: number, y?: string]',
      [element(number, { name: 'x' }), element(string, { name: 'y', optional: true })],
    ],
    [
      'readonly [a: number, ...rest: string[]]',
      [element(number, { name: 'a' }), element(string, { name: 'rest', rest: true })],
    ],
    ['[number, ...(string | undefined)[]]', [element(number), element(string, { rest: true })]],
    ['[]', []],
    [
      'Parameters<(a: number, b?: string) => void>',
      [element(number, { name: 'a' }), element(string, { name: 'b', optional: true })],
    ],
  ])('%s', async (type, elements) => {
    expect(await code.shape(type)).toEqual({ kind: 'tuple', elements });
  });

  it('keeps the labels behind an alias', async () => {
    const shape = await code.shape('Pair', 'type Pair = [x: number, y: number];');
    expect(shape).toEqual({
      kind: 'tuple',
      elements: [element(number, { name: 'x' }), element(number, { name: 'y' })],
    });
  });
});

describe('unions', () => {
  const a = object(property('kind', literal('a')), property('n', number));
  const b = object(property('kind', literal('b')), property('s', string));
  const ab = "{ kind: 'a'; n: number } | { kind: 'b'; s: string }";

  it('name the property that tells their members apart', async () => {
    expect(await code.shape(ab)).toEqual({ kind: 'union', members: [a, b], discriminator: 'kind' });
    expect(await code.shape(`${ab} | null`)).toEqual(
      union({ kind: 'union', members: [a, b], discriminator: 'kind' }, { kind: 'null' }),
    );
    expect(await code.shape('{ ok: true; v: 1 } | { ok: false; e: 2 }')).toMatchObject({
      discriminator: 'ok',
    });
  });

  it('name it through names and circles', async () => {
    const head = `interface Num { kind: 'num'; value: number }
interface Add { kind: 'add'; left: Expr; right: Expr }
type Expr = Num | Add;`;
    const { parameters, definitions } = await code.signature('(v: Add) => void v', head);
    expect(parameters[0]!.shape).toEqual({ kind: 'ref', name: 'Add' });
    expect(Object.keys(definitions)).toEqual(['Add', 'Expr', 'Num']);
    expect(definitions['Expr']!.shape).toEqual({
      kind: 'union',
      members: [
        { kind: 'ref', name: 'Add' },
        { kind: 'ref', name: 'Num' },
      ],
      discriminator: 'kind',
    });
  });

  it.each([
    "{ kind: 'a'; n: 1 } | { kind: 'a'; s: 1 }",
    "{ kind: 'a'; n: 1 } | { kind?: 'b'; s: 1 }",
    "{ kind: 'a'; n: 1 } | { kind: string; s: 1 }",
  ])('name none where none does: %s', async (type) => {
    expect(await code.shape(type)).not.toHaveProperty('discriminator');
  });
});
