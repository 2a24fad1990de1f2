import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Shape } from '../../src/contract/signature.ts';
import { signatureOf } from './checker-project.ts';
import { createCodeProject, type CodeProject } from './derive-code.ts';

let code: CodeProject;
beforeAll(async () => {
  code = await createCodeProject();
});
afterAll(() => code.end());

const limits = '@minimum 1 @exclusiveMaximum 9.5 @multipleOf 0.5 @integer';
const all = { minimum: 1, exclusiveMaximum: 9.5, multipleOf: 0.5 };

describe('constraints', () => {
  it.each<[tags: string, type: string, shape: Shape]>([
    [limits, 'number', { kind: 'number', ...all, integer: true }],
    [limits, 'bigint', { kind: 'bigint', ...all }],
    [
      '@exclusiveMinimum -1e3 @maximum .5',
      'number',
      { kind: 'number', exclusiveMinimum: -1000, maximum: 0.5 },
    ],
    [
      '@minLength 0 @maxLength 8 @format email',
      'string',
      { kind: 'string', minLength: 0, maxLength: 8, format: 'email' },
    ],
    ['@pattern ^[a-z]+ \\d$', 'string', { kind: 'string', pattern: '^[a-z]+ \\d$' }],
    ['@pattern /^a\\/b$/u', 'string', { kind: 'string', pattern: '^a\\/b$' }],
    ['@pattern `^\\S+@\\S+$`', 'string', { kind: 'string', pattern: '^\\S+@\\S+$' }],
    [
      '@minItems 1 @maxItems 3 @uniqueItems',
      'string[]',
      { kind: 'array', element: { kind: 'string' }, minItems: 1, maxItems: 3, uniqueItems: true },
    ],
    [
      '@uniqueItems false @minItems 2',
      '1[]',
      { kind: 'array', element: { kind: 'literal', value: 1 }, minItems: 2 },
    ],
    [
      '@minimum 1',
      'number | string | null',
      { kind: 'union', members: [{ kind: 'null' }, { kind: 'string' }, { kind: 'number', minimum: 1 }] },
    ],
    [
      '@maxLength 3',
      'Named',
      { kind: 'union', members: [{ kind: 'string', maxLength: 3 }, { kind: 'number' }] },
    ],
    ['@maxLength 3', "string & { __brand: 'Id' }", { kind: 'string', maxLength: 3 }],
    ['@format date-time', 'Date', { kind: 'date' }],
    ['@format uri', 'URL', { kind: 'url' }],
  ])('%s on %s', async (tags, type, shape) => {
    const head = `type Named = string | number;
interface Before { /** Text. ${tags} */ v: ${type} }
interface Lines {
  /**
   * Text.
${tags
  .split(/ (?=@)/)
  .map((tag) => `   * ${tag}`)
  .join('\n')}
   */
  v: ${type};
}
export type Used = Named;`;
    for (const [body, doc] of [
      [`(/** ${tags} */ v: ${type}) => void v`],
      [`({ v }: Before) => void v`],
      [`({ v }: Lines) => void v`],
      [`(v: ${type}) => void v`, `/** @param v Text. ${tags} */`],
      [`({ v }: { v: ${type} }) => void v`, `/** @param options.v - Text. ${tags} */`],
    ]) {
      const { functions, warnings } = await code.file(body!, `${head}\n${doc ?? ''}`);
      const [parameter] = signatureOf(functions['f']).parameters;
      expect(parameter!.shape, body).toEqual(shape);
      expect(parameter!.description ?? 'Text.', body).toBe('Text.');
      expect(warnings).toEqual([]);
    }
  });

  it('of an alias belong to the type wherever it is used', async () => {
    const head = `/** @format email */ type Email = string & { readonly __brand: 'Email' };
/** @minItems 2 */ type Pair = string[];`;
    const signature = await code.signature(
      '(a: Email, b: { c: Email }, d: Pair, e: string[]) => [a, b, d, e]',
      head,
    );
    const email = { kind: 'string', format: 'email' };
    const shapes = signature.parameters.map(({ shape }) => shape);
    expect(shapes[0]).toEqual(email);
    expect(shapes[1]).toMatchObject({ properties: [{ shape: email }] });
    expect(shapes[2]).toEqual({ kind: 'array', element: { kind: 'string' }, minItems: 2 });
    expect(shapes[3]).toEqual({ kind: 'array', element: { kind: 'string' } });
  });

  it('of properties hold behind utility types, and for what is given back', async () => {
    const head = 'interface User { /** @minimum 1 */ id: number; name: string }';
    const { parameters, returns } = await code.signature(
      "(v: Partial<Pick<User, 'id'>>): User => v as User",
      head,
    );
    const id = { name: 'id', shape: { kind: 'number', minimum: 1 } };
    expect(parameters[0]!.shape).toMatchObject({ properties: [{ ...id, optional: true }] });
    expect(returns.shape).toEqual({ kind: 'ref', name: 'User' });
  });
});

describe('defaults, examples, deprecation', () => {
  it('are read as JSON, or as the text that they are', async () => {
    const body = `(
  /** @default 5 @example 6 */ a?: number,
  /** @default five @example "six" @example 'seven' @example 8 */ b?: string,
  /** @default {"x":[1,null]} */ c?: { x: unknown[] },
  /** @example \`[1, 2]\` @deprecated use a */ d?: number[],
  /** @default null */ e?: string | null,
  /** @example 2030-01-31 */ f?: Date,
  /** @example 12345678901234567890 */ g?: bigint,
  /** @default 4 */ h = 4,
) => [a, b, c, d, e, f, g, h]`;
    const { functions, warnings } = await code.file(body);
    const facts = signatureOf(functions['f']).parameters.map(
      ({ name, defaultValue, examples, deprecated }) => [name, defaultValue, examples, deprecated],
    );
    expect(facts).toEqual([
      ['a', 5, [6], undefined],
      ['b', 'five', ['six', 'seven', '8'], undefined],
      ['c', { x: [1, null] }, undefined, undefined],
      ['d', undefined, [[1, 2]], true],
      ['e', null, undefined, undefined],
      ['f', undefined, ['2030-01-31'], undefined],
      ['g', undefined, ['12345678901234567890'], undefined],
      ['h', 4, undefined, undefined],
    ]);
    expect(warnings).toEqual([]);
  });
});

describe('functions', () => {
  it('have an effect, a description of the result, and may be deprecated', async () => {
    const head = `/** Deletes.
 * @returns {string} - how it went
 * @destructive
 * @deprecated use purge
 * @example remove(1)
 * @throws never
 * @see purge @todo more
 */`;
    const { functions, warnings } = await code.file('() => "x"', head);
    expect(signatureOf(functions['f'])).toMatchObject({
      description: 'Deletes.',
      effect: 'destructive',
      deprecated: true,
      returnsDescription: 'how it went',
    });
    expect(warnings).toEqual([]);
    expect(await code.signature('() => 1', '/** @readonly */')).toMatchObject({ effect: 'readonly' });
    expect(await code.signature('() => 1', '/** Lists all. @readonly @deprecated soon */')).toMatchObject({
      effect: 'readonly',
      deprecated: true,
      description: 'Lists all.',
    });
  });
});

describe('warnings', () => {
  const number = '(n: number, s?: string, list?: string[]) => [n, s, list]';
  it.each<[head: string, body: string, line: number, column: number, message: string]>([
    ['/** @param n a @minumum 3 */', number, 2, 16, "unknown tag '@minumum'; did you mean '@minimum'?"],
    ['/** @param n a @min 3 */', number, 2, 16, "unknown tag '@min'; did you mean '@minimum'?"],
    [
      '',
      '(/** @minlength 3 */ s: string) => s',
      2,
      35,
      "unknown tag '@minlength'; did you mean '@minLength'?",
    ],
    [
      '/**\n * Text.\n * @param n a\n *   more @minLength 3 */',
      number,
      5,
      11,
      "'@minLength' of 'n': expected a string, got 'number'",
    ],
    [
      '/** @param list @minLength 3 */',
      number,
      2,
      17,
      "'@minLength' of 'list': expected a string, got 'array'",
    ],
    ['/** @param n @minimum abc */', number, 2, 14, "'@minimum' of 'n': expected a number, got 'abc'"],
    [
      '/** @param n @multipleOf 0 */',
      number,
      2,
      14,
      "'@multipleOf' of 'n': expected a number above 0, got '0'",
    ],
    [
      '/** @param s @minLength 1.5 */',
      number,
      2,
      14,
      "'@minLength' of 's': expected a whole number from 0, got '1.5'",
    ],
    [
      '/** @param s @pattern ( */',
      number,
      2,
      14,
      "'@pattern' of 's': expected a regular expression, got '(' (/(/u: Unterminated group)",
    ],
    [
      '/** @param s @pattern /a/i */',
      number,
      2,
      14,
      "'@pattern' of 's': expected a pattern without flags, got '/a/i'",
    ],
    [
      '/** @param s @format url */',
      number,
      2,
      14,
      "'@format' of 's': unknown format 'url'; did you mean 'uri'?",
    ],
    [
      '/** @param s @format nonsense */',
      number,
      2,
      14,
      "'@format' of 's': unknown format 'nonsense'; expected one of date, date-time, time, duration, email, hostname, ipv4, ipv6, uri, uuid",
    ],
    [
      '/** @param s @default 3 @minLength 4 @maxLength 2 */',
      number,
      2,
      38,
      "'@minLength' and '@maxLength' of 's': expected the first not to be above the second, got '4' and '2'",
    ],
    [
      '/** @param n @default 3 */',
      number,
      2,
      14,
      "'@default' of 'n': expected something optional; write 'n?' or give the parameter a default in the code",
    ],
    [
      '/** @param list @example 3 */',
      number,
      2,
      17,
      "'@example' of 'list': expected JSON that fits 'array', got '3'",
    ],
    [
      '/** @param n @default 5 */',
      '(n = 4) => n',
      2,
      14,
      "'@default' of 'n': expected 4 as in the code, got '5'",
    ],
    [
      '/** @minimum 1 */',
      number,
      2,
      5,
      "'@minimum' says nothing about a function; write '@param <name> … @minimum 1', or '/** @minimum 1 */' before the parameter",
    ],
    [
      '/** @param m @minimum 1 */',
      number,
      2,
      14,
      "'@minimum' is about 'm', which is no parameter; expected 'n', 's', 'list'",
    ],
    [
      '/** @readonly @destructive */',
      number,
      2,
      5,
      "'@readonly' and '@destructive' exclude each other; '@destructive' counts",
    ],
    [
      'type T = {\n  inner: {\n    /** @minItems 2 */\n    id: number } };',
      '(v: T) => v',
      4,
      9,
      "'@minItems' of 'id': expected an array, got 'number'",
    ],
    [
      '/** @minimum 2 */\ninterface User { id: number }',
      '(v: User) => v',
      2,
      5,
      "'@minimum' of 'User': expected a number, got 'object'",
    ],
  ])('%s', async (head, body, line, column, message) => {
    const { warnings, functions } = await code.file(body, head);
    expect(functions['f']).toHaveProperty('signature');
    const file = expect.stringMatching(/code\d+\.ts$/);
    expect(warnings).toEqual([{ file, line, column, message }]);
  });

  it('come once for each place, by place, also from other files', async () => {
    await code.project.write('_lib/types.ts', 'export interface Id {\n  /** @maximun 3 */ id: number;\n}\n');
    const head = "import type { Id } from './_lib/types.ts';\n/** @param b @minimum x */";
    const { warnings } = await code.file(
      '(a: Id, b: number, c: Id[]): Id => { void [a, b, c]; return a; }',
      head,
    );
    expect(
      warnings.map(({ file, line, message }) => [file.replace(/.*\//, '').replace(/\d+/, ''), line, message]),
    ).toEqual([
      ['types.ts', 2, "unknown tag '@maximun'; did you mean '@maximum'?"],
      ['code.ts', 3, "'@minimum' of 'b': expected a number, got 'x'"],
    ]);
  });

  it.each([
    '/** Mail bob@example.com, see @maximus, use {@link minimum}. */',
    '/** @since 1 @internal @remarks x @alpha @author me @template T @customTag y */',
    '/** @example\n * f(1)\n * @param n text with a `@minimum` and user@minimum.com */',
  ])('leave other tags and texts alone: %s', async (head) => {
    expect((await code.file(number, head)).warnings).toEqual([]);
  });
});
