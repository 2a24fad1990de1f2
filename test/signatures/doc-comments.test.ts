import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseDocComment } from '../../src/signatures/doc-comments.ts';
import { toJsonSchema } from '../../src/signatures/to-json-schema.ts';
import { createCheckerProject, signatureOf, type CheckerProject } from './checker-project.ts';

describe('parseDocComment', () => {
  it('takes the description and the parameters', () => {
    const doc = parseDocComment(`/**
   * Greets – someone.
   *
   *     indented code
   *
   * @param {string} name who to
   *   greet
   * @param [delay=0.5] - how long, see {@link sleep}
   * @param options.limit at most this many
   * @returns nothing
   */`);
    expect(doc.description).toBe('Greets – someone.\n\n    indented code');
    expect([...doc.params]).toEqual([
      ['name', 'who to\n  greet'],
      ['delay', 'how long, see sleep'],
      ['options.limit', 'at most this many'],
    ]);
  });

  it('takes a single line, and nothing from other comments', () => {
    expect(parseDocComment('/** One line. */').description).toBe('One line.');
    expect(parseDocComment('/* no doc */').description).toBe('');
    expect(parseDocComment('/**/').description).toBe('');
  });

  it('leaves tags in code blocks alone', () => {
    const doc = parseDocComment('/**\n * Text.\n * ```\n * @decorator\n * ```\n * @param a one\n */');
    expect(doc.description).toContain('@decorator');
    expect(doc.params.get('a')).toBe('one');
  });
});

describe('doc comments of functions', () => {
  let project: CheckerProject;
  beforeAll(async () => {
    project = await createCheckerProject();
    await project.write(
      '_lib/shared.ts',
      '/** Shared one.\n * @param a the a */\nexport function shared(a: string) { return a; }\n',
    );
    await project.save(
      'doc.ts',
      `import { apiFunction } from 'api-deploy';
import { shared } from './_lib/shared.ts';
interface Order {
  /** The order's number. */
  id: number;
  // no doc
  note?: string;
}
/** Grüßt 日本 🎉.
 * @param name who */
export const greet = apiFunction((name = 'World', /** how often */ times = 1) => [name, times]);
export const wrapped = apiFunction(shared);
/** Its own. */
export const own = apiFunction(shared);
/** Lists.
 * @param options.limit at most
 * @param after from here */
export const list = apiFunction(({ limit = 10, after, id }: { limit?: number; after?: string } & Order) => [limit, after, id]);
export const plain = apiFunction((order: Order) => order);
/** The default. */
export default apiFunction(() => 1);
export { shared as helper };
const local = apiFunction(/** Inside. */ () => 2);
export { local as renamed };
`,
    );
  });
  afterAll(() => project.end());

  it('are kept with their parameters and properties', async () => {
    const result = await project.derive(['doc.ts']);
    const { functions } = result.get(project.path('doc.ts'))!;
    const of = (name: string) => signatureOf(functions[name]);
    const described = (name: string) => of(name).parameters.map((p) => [p.name, p.description]);
    expect(Object.keys(functions).toSorted()).toEqual([
      'default',
      'greet',
      'list',
      'own',
      'plain',
      'renamed',
      'wrapped',
    ]);
    expect(of('greet').description).toBe('Grüßt 日本 🎉.');
    expect(described('greet')).toEqual([
      ['name', 'who'],
      ['times', 'how often'],
    ]);
    expect(of('wrapped').description).toBe('Shared one.');
    expect(described('wrapped')).toEqual([['a', 'the a']]);
    expect(of('own').description).toBe('Its own.');
    expect(described('own')).toEqual([['a', 'the a']]);
    expect(of('default').description).toBe('The default.');
    expect(of('renamed').description).toBe('Inside.');
    expect(described('list')).toEqual([
      ['limit', 'at most'],
      ['after', 'from here'],
      ['id', "The order's number."],
      ['note', undefined],
    ]);
    expect(of('plain').definitions['Order']!.shape).toMatchObject({
      properties: [{ name: 'id', description: "The order's number." }, { name: 'note' }],
    });
  });

  it('are in the JSON Schema, with defaults', async () => {
    const result = await project.derive(['doc.ts']);
    const { functions } = result.get(project.path('doc.ts'))!;
    expect(toJsonSchema(signatureOf(functions['greet']))).toEqual({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      type: 'object',
      properties: {
        name: { type: 'string', description: 'who', default: 'World' },
        times: { type: 'number', description: 'how often', default: 1 },
      },
      additionalProperties: false,
    });
    expect(toJsonSchema(signatureOf(functions['plain']))).toMatchObject({
      properties: { order: { $ref: '#/$defs/Order' } },
      required: ['order'],
      $defs: { Order: { properties: { id: { description: "The order's number." } }, required: ['id'] } },
    });
  });
});
