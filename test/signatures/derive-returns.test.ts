import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Shape } from '../../src/contract/signature.ts';
import { createCodeProject, type CodeProject } from './derive-code.ts';

let code: CodeProject;
beforeAll(async () => {
  code = await createCodeProject();
});
afterAll(() => code.end());

const number: Shape = { kind: 'number' };
const string: Shape = { kind: 'string' };
const unknown: Shape = { kind: 'unknown' };
const nil: Shape = { kind: 'null' };
const union = (...members: readonly Shape[]): Shape => ({ kind: 'union', members });
const object = (properties: Readonly<Record<string, Shape>>): Shape => ({
  kind: 'object',
  properties: Object.entries(properties).map(([name, shape]) => ({ name, shape, optional: false })),
});

describe('values', () => {
  it.each<[body: string, shape: Shape]>([
    ['() => 1 as number', number],
    ['async () => 1 as number', number],
    ['(): PromiseLike<number> => Promise.resolve(1)', number],
    ['(a: boolean) => (a ? Promise.resolve(1) : "x")', union({ kind: 'literal', value: 'x' }, number)],
    ['() => {}', nil],
    ['async () => {}', nil],
    ['(a?: string) => a', union(string, nil)],
    ['(): never => { throw new Error(); }', { kind: 'never' }],
    [
      '() => ({ at: new Date(), id: 1n as bigint, re: /x/, fn: () => 1, url: new URL("a:b") })',
      object({
        at: { kind: 'date' },
        id: { kind: 'bigint' },
        re: unknown,
        fn: unknown,
        url: { kind: 'url' },
      }),
    ],
    [
      '() => new Map<string, Set<Date>>()',
      { kind: 'map', key: string, value: { kind: 'set', element: { kind: 'date' } } },
    ],
    [
      '() => [Buffer.from(""), new Uint8Array(1), new Float64Array(1), new ArrayBuffer(1)]',
      { kind: 'array', element: { kind: 'bytes' } },
    ],
    ['() => [1, undefined] as (number | undefined)[]', { kind: 'array', element: union(number, nil) }],
    [
      '() => [1, undefined, "a"] as [number, undefined, string?]',
      {
        kind: 'tuple',
        elements: [
          { shape: number, optional: false, rest: false },
          { shape: nil, optional: false, rest: false },
          { shape: string, optional: true, rest: false },
        ],
      },
    ],
    ['(): [...string[], number] => [1]', { kind: 'array', element: union(string, number) }],
    ['() => new TypeError("x")', object({ name: string, message: string })],
    ['() => Symbol("x") as symbol', unknown],
    ['<T>() => ({}) as T', unknown],
    ['(v: any) => v', unknown],
    ['() => new WeakMap()', unknown],
    ['() => process', unknown],
    ["(): import('zod').ZodType => { throw new Error(); }", unknown],
    ["(): import('hono').Hono => { throw new Error(); }", unknown],
    ["(): import('node:http').IncomingMessage => { throw new Error(); }", unknown],
    ['() => ({ get a() { return 1 as number; }, run() {} })', object({ a: number })],
    ['(a: boolean) => (a ? { x: 1 } : (() => 1))', unknown],
  ])('%s', async (body, shape) => {
    expect(await code.returned(body)).toEqual({ kind: 'value', shape });
  });

  it('are what they become as JSON: toJSON, errors, private fields', async () => {
    const head = `class Money { #cents = 1; currency = 'EUR'; toJSON(): { cents: number } { return { cents: this.#cents }; } }
class Itself { a = 1; toJSON() { return this; } }
class NotFound extends Error { extra = 1; }
class Secret { constructor(public open: number, private kept: string) { void this.kept; } get computed() { return 1; } method() {} }
class Special extends Map<string, number> {}`;
    const shapeOf = async (type: string) => {
      const { returns, definitions } = await code.signature(`(): ${type} => { throw new Error(); }`, head);
      return returns.shape.kind === 'ref' ? definitions[returns.shape.name]!.shape : returns.shape;
    };
    expect(await shapeOf('Money')).toEqual(object({ cents: number }));
    expect(await shapeOf('Itself')).toEqual(object({ a: number }));
    expect(await shapeOf('NotFound')).toEqual(object({ name: string, message: string }));
    expect(await shapeOf('Secret')).toEqual(object({ open: number, kept: string }));
    expect(await shapeOf('Special')).toEqual(unknown);
  });

  it('share the definitions of parameters as long as both directions are the same', async () => {
    const head = `interface Node1 { next?: Node2; list: Node1[] } interface Node2 { back: Node1 }
class Secret { constructor(public open: number, private kept: string) { void this.kept; } }
interface Holder { secret: Secret; self?: Holder }`;
    const same = await code.signature('(v: Node1): Node1 => v', head);
    expect(Object.keys(same.definitions)).toEqual(['Node1', 'Node2']);
    expect(same.returns.shape).toEqual({ kind: 'ref', name: 'Node1' });
    const other = await code.signature('(v: Holder): Holder => v', head);
    expect(other.returns.shape).toEqual({ kind: 'ref', name: 'Holder2' });
    expect(Object.keys(other.definitions)).toEqual(['Holder', 'Secret', 'Holder2', 'Secret2']);
    const swapped = await code.signature('(v: Node2): [Node1, Node2] => [v.back, v]', head);
    expect(Object.keys(swapped.definitions).toSorted()).toEqual(['Node1', 'Node2']);
  });

  it('await whatever can be awaited', async () => {
    const head = `interface Query<T> { then<R>(done: (value: T) => R | PromiseLike<R>, failed?: (why: unknown) => R): PromiseLike<R>; where(): Query<T> }
declare const query: Query<{ id: number }>;`;
    expect(await code.returned('() => query', head)).toEqual({
      kind: 'value',
      shape: object({ id: number }),
    });
    expect(await code.returned('async () => query.where()', head)).toEqual({
      kind: 'value',
      shape: object({ id: number }),
    });
  });

  it('stop at types that are too large', async () => {
    const wide = Array.from({ length: 1200 }, (_, at) => `p${at}: { a: ${at} }`).join('; ');
    expect(
      await code.returned(
        '(): { wide: Wide; n: number } => { throw new Error(); }',
        `type Wide = { ${wide} };`,
      ),
    ).toEqual({
      kind: 'value',
      shape: object({ wide: unknown, n: number }),
    });
  });
});

describe('streams and responses', () => {
  const head =
    "import { Readable } from 'node:stream'; void Readable; export interface User { id: number } class Rows { async *[Symbol.asyncIterator]() { yield 1 as number; } } void Rows;";
  it.each<[body: string, shape: Shape]>([
    ['async function* () { yield 1 as number; }', number],
    [
      'async function* (): AsyncGenerator<User | undefined> { yield undefined; }',
      union({ kind: 'ref', name: 'User' }, nil),
    ],
    ['(): AsyncIterable<string> => { throw new Error(); }', string],
    ['async (): Promise<AsyncIterableIterator<string>> => { throw new Error(); }', string],
    ['() => new ReadableStream<string>()', string],
    ['async () => Readable.from([])', unknown],
    ['() => new Rows()', number],
    ['() => ({ async *[Symbol.asyncIterator]() { yield 1 as number; } })', number],
    ['(a: boolean): AsyncIterable<string> | AsyncIterable<number> => { throw a; }', union(string, number)],
  ])('%s', async (body, shape) => {
    expect(await code.returned(body, head)).toEqual({ kind: 'stream', shape });
  });

  it.each([
    '() => new Response("x")',
    'async () => fetch("x")',
    '(): Response & { typed: 1 } => { throw new Error(); }',
  ])('%s', async (body) => {
    expect(await code.returned(body)).toEqual({ kind: 'response', shape: unknown });
  });

  it('leave the rest of a mixed result', async () => {
    expect(await code.returned('(a: boolean) => (a ? new Response("x") : { ok: 1 as number })')).toEqual({
      kind: 'value',
      shape: object({ ok: number }),
    });
  });

  it('knows the global Response by its declaration', async () => {
    expect(
      await code.returned(
        '(): Own.Response => ({ a: 1 })',
        'namespace Own { export interface Response { a: number } }',
      ),
    ).toMatchObject({
      kind: 'value',
    });
  });
});
