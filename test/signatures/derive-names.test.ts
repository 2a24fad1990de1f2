import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Shape } from '../../src/contract/signature.ts';
import { createCodeProject, type CodeProject } from './derive-code.ts';

let code: CodeProject;
beforeAll(async () => {
  code = await createCodeProject();
  await code.project.write(
    '_lib/shop.ts',
    `/** A buyer. */
export interface User { id: number; friend?: User }
export interface Page<T> { items: T[]; next?: string }
export type Maybe<T> = { value: T } | null;
/** How it goes. */
export type Status = 'open' | 'paid' | 'gone';
export enum Color { Red = 'red', Blue = 'blue' }
export const enum Size { Small, Large = 5 }
export namespace Other { export interface User { other: true } }
export class Money { constructor(readonly cents: number) {} }
export default interface Unnamed { u: 1 }
`,
  );
});
afterAll(() => code.end());

const head =
  "import { z } from 'zod'; import type { User, Page, Maybe, Status, Other, Money } from './_lib/shop.ts'; import { Color, Size } from './_lib/shop.ts'; import type Unnamed from './_lib/shop.ts'; export type Used = [User, Page<1>, Maybe<1>, Status, Other.User, Money, Unnamed, Color, Size];";
const ref = (name: string): Shape => ({ kind: 'ref', name });
const nullable = (shape: Shape): Shape => ({ kind: 'union', members: [shape, { kind: 'null' }] });

describe('named types', () => {
  it.each<[type: string, shape: Shape]>([
    ['User', ref('User')],
    ['User | undefined', ref('User')],
    ['Color', ref('Color')],
    ['Color | null', nullable(ref('Color'))],
    ['Color | number', { kind: 'union', members: [{ kind: 'number' }, ref('Color')] }],
    [
      'Color | Status | null',
      { kind: 'union', members: expect.arrayContaining([ref('Color'), { kind: 'null' }]) as never },
    ],
    ['Size', ref('Size')],
    ['Color.Red', { kind: 'literal', value: 'red' }],
    ['Status', ref('Status')],
    ['Status | null | undefined', nullable(ref('Status'))],
    ['Money', ref('Money')],
    ['Page<User>', ref('Page_User')],
    ['Page<User[]>', ref('Page_UserList')],
    ['Page<Status | null>', ref('Page_Status_null')],
    ['Page<Page<number>>', ref('Page_Page_number')],
    ['Maybe<User>', ref('Maybe_User')],
    ['User[]', { kind: 'array', element: ref('User') }],
  ])('%s', async (type, shape) => {
    expect(await code.shape(type, head)).toEqual(shape);
  });

  it.each([
    'Partial<User>',
    "Omit<User, 'id'>",
    '{ a: 1 }',
    "'a' | 'b'",
    'Record<string, 1>',
    'string[]',
    "Ctx['principal']",
  ])('stay inline without a name of their own: %s', async (type) => {
    expect((await code.shape(type, head)).kind).not.toBe('ref');
  });

  it('become definitions with their doc comments, in the order met', async () => {
    const { definitions } = await code.signature('(s: Status, u: User) => [s, u]', head);
    expect(definitions).toEqual({
      Status: {
        shape: {
          kind: 'union',
          members: ['gone', 'open', 'paid'].map((value) => ({ kind: 'literal', value })),
        },
        description: 'How it goes.',
      },
      User: {
        shape: {
          kind: 'object',
          properties: [
            { name: 'id', shape: { kind: 'number' }, optional: false },
            { name: 'friend', shape: ref('User'), optional: true },
          ],
        },
        description: 'A buyer.',
      },
    });
  });

  it('get a number when two have the same name', async () => {
    const signature = await code.signature('(a: Other.User, b: User, c: Other.User) => [a, b, c]', head);
    expect(signature.parameters.map(({ shape }) => shape)).toEqual([ref('User'), ref('User2'), ref('User')]);
    expect(signature.definitions['User2']!.shape).toMatchObject({
      properties: [{ name: 'id' }, { name: 'friend' }],
    });
  });

  it('keep the name of an alias that the checker resolves', async () => {
    const zod = `${head}
const schema = z.object({ a: z.string(), n: z.number().optional() });
/** From zod. */
type Row = z.infer<typeof schema>; interface Box { row: Row; rows: readonly Row[] }`;
    const signature = await code.signature(
      '(row: Row, box: Box, rows?: Array<Row>): Promise<Row> => { void [box, rows]; return Promise.resolve(row); }',
      zod,
    );
    expect(signature.parameters.map(({ shape }) => shape)).toEqual([
      ref('Row'),
      ref('Box'),
      { kind: 'array', element: ref('Row') },
    ]);
    expect(signature.returns.shape).toEqual(ref('Row'));
    expect(signature.definitions['Row']).toEqual({
      shape: {
        kind: 'object',
        properties: [
          { name: 'a', shape: { kind: 'string' }, optional: false },
          { name: 'n', shape: { kind: 'number' }, optional: true },
        ],
      },
      description: 'From zod.',
    });
  });

  it('take the name of a default export, and none that an object has already', async () => {
    expect(await code.shape('Unnamed', head)).toEqual(ref('Unnamed'));
    expect(await code.shape('__proto__', 'interface __proto__ { a: 1 }')).toMatchObject({ kind: 'object' });
    expect(await code.shape('Größe', 'interface Größe { a: 1 }')).toEqual(ref('Gr_e'));
  });
});

describe('recursive types', () => {
  it.each<[type: string, head: string, shape: Shape, names: readonly string[]]>([
    ['A', 'interface A { b?: B } interface B { a: A[] }', ref('A'), ['A', 'B']],
    [
      'List<string>',
      'type List<T> = { value: T; next: List<T> | null };',
      ref('List_string'),
      ['List_string'],
    ],
    ['Json', 'type Json = string | Json[] | { [key: string]: Json };', ref('Json'), ['Json']],
    [
      'Partial<A>',
      'interface A { a: A; n: 1 }',
      {
        kind: 'object',
        properties: [
          { name: 'a', shape: ref('A'), optional: true },
          { name: 'n', shape: { kind: 'literal', value: 1 }, optional: true },
        ],
      },
      ['A'],
    ],
    [
      'Deep<A>',
      'type Deep<T> = { [K in keyof T]?: Deep<T[K]> }; interface A { a: A; n: { m: 1 } }',
      ref('Deep_A'),
      ['Deep_A', 'Deep_m_1'],
    ],
  ])('%s', async (type, types, shape, names) => {
    const signature = await code.signature(`(v: ${type}) => void v`, types);
    expect(signature.parameters[0]!.shape).toEqual(shape);
    expect(Object.keys(signature.definitions)).toEqual(names);
  });

  it('end where a type that is given back grows for ever', async () => {
    const nest = 'type Nest<T> = { value: T; next: Nest<T[]> };';
    const { definitions } = await code.signature('(): Nest<string> => { throw new Error(); }', nest);
    expect(Object.keys(definitions).length).toBeLessThan(10);
  });
});
