import { describe, expect, it } from 'vitest';
import type { Shape } from '../../src/contract/signature.ts';
import { compileClient } from './client-project.ts';
import { clientOf, date, list, object, string, type SignatureSource } from './client-snapshot.ts';

/** The argument and the result of one function of a client that has nothing else. */
function typesOf(shape: Shape): { input: string; output: string } {
  const text = clientOf({ '/m/f': { parameters: { value: shape }, returns: shape } });
  const [, input = '', output = ''] =
    /f\(args: \{ value: (.*) \}, options.*?\): Promise<(.*)>;/.exec(text) ?? [];
  return { input, output };
}

describe('types', () => {
  const union: Shape = { kind: 'union', members: [string, { kind: 'null' }] };
  const optional = (shape: Shape) => ({ shape, optional: true, rest: false });
  const required = (shape: Shape) => ({ shape, optional: false, rest: false });

  it.each<[string, Shape, string, string?]>([
    ['string', string, 'string'],
    ['number', { kind: 'number' }, 'number'],
    ['boolean', { kind: 'boolean' }, 'boolean'],
    ['null', { kind: 'null' }, 'null'],
    ['unknown', { kind: 'unknown' }, 'unknown'],
    ['never', list({ kind: 'never' }), 'never[]'],
    ['object', { kind: 'anyObject' }, 'object'],
    ['bigint', { kind: 'bigint' }, 'BigintInput', 'BigintText'],
    ['bigint literal', { kind: 'bigintLiteral', value: '-5' }, "-5n | '-5'", "'-5'"],
    ['date', date, 'DateInput', 'DateText'],
    ['url', { kind: 'url' }, 'UrlInput', 'UrlText'],
    ['bytes', { kind: 'bytes' }, 'BytesInput', 'BytesText'],
    ['file', { kind: 'file' }, 'Blob', 'unknown'],
    ['literals', { kind: 'literal', value: 'it\'s "\\\n' }, `'it\\'s "\\\\\\n'`],
    ['negative literal', { kind: 'literal', value: -1 }, '-1'],
    ['template', { kind: 'template', pattern: '^$', text: '`a-${number}`' }, '`a-${number}`'],
    ['template with a name', { kind: 'template', pattern: '^$', text: '`a-${Id}`' }, 'string'],
    ['union', { kind: 'union', members: [string, date, string] }, 'string | DateInput', 'string | DateText'],
    ['array of a union', list(union), '(string | null)[]'],
    ['empty object', object({}), 'Record<string, never>'],
    [
      'object',
      object({ a: string, 'b?': date }),
      '{ a: string; b?: DateInput | undefined }',
      '{ a: string; b?: DateText | undefined }',
    ],
    [
      'odd keys',
      object({ 'a-b': string, "it's": string, '1st': string }),
      "{ 'a-b': string; 'it\\'s': string; '1st': string }",
    ],
    ['undefined', object({ a: { kind: 'undefined' } }), '{ a?: undefined }'],
    [
      'record',
      { kind: 'object', properties: [], index: [{ value: list(string) }] },
      '{ [key: string]: string[] }',
    ],
    [
      'patterns beside properties',
      {
        kind: 'object',
        properties: [{ name: 'n', shape: { kind: 'number' }, optional: true }],
        index: [{ pattern: '^x-', value: string }],
      },
      '{ n?: number | undefined; [key: string]: string | number | undefined }',
    ],
    ['tuple', { kind: 'tuple', elements: [required(string), optional(union)] }, '[string, (string | null)?]'],
    [
      'optional in a tuple',
      { kind: 'tuple', elements: [optional(string)] },
      '[string?]',
      '[(string | null)?]',
    ],
    [
      'optional before required',
      { kind: 'tuple', elements: [optional(string), required(date)] },
      '[string, DateInput]',
      '[string | null, DateText]',
    ],
    [
      'labels and rest',
      {
        kind: 'tuple',
        elements: [
          { ...required(string), name: 'a' },
          { shape: union, optional: false, rest: true, name: 'more' },
        ],
      },
      '[a: string, ...more: (string | null)[]]',
    ],
    [
      'map',
      { kind: 'map', key: string, value: date },
      'ReadonlyMap<string, DateInput> | [string, DateInput][]',
      '[string, DateText][]',
    ],
    [
      'array of maps',
      list({ kind: 'map', key: string, value: string }),
      '(ReadonlyMap<string, string> | [string, string][])[]',
      '[string, string][][]',
    ],
    [
      'set',
      { kind: 'set', element: union },
      'ReadonlySet<string | null> | (string | null)[]',
      '(string | null)[]',
    ],
  ])('%s', (...[, shape, input, output = input]) => {
    expect(typesOf(shape)).toEqual({ input, output });
  });

  it('all of them compile, in a browser and in Node', async () => {
    const shapes: Shape[] = [
      string,
      date,
      union,
      { kind: 'bigintLiteral', value: '7' },
      { kind: 'bytes' },
      { kind: 'url' },
      { kind: 'bigint' },
      { kind: 'template', pattern: '^$', text: '`a-${number}\\`$x`' },
      {
        kind: 'tuple',
        elements: [
          optional(string),
          required(date),
          optional(union),
          { shape: date, optional: false, rest: true },
        ],
      },
      {
        kind: 'object',
        properties: [{ name: 'n', shape: { kind: 'number' }, optional: true }],
        index: [{ pattern: '^x-', value: string }],
      },
      { kind: 'map', key: string, value: { kind: 'set', element: date } },
      object({ 'a?': object({}), __proto__: string, 'x y': { kind: 'never' } }),
    ];
    const signatures = shapes.map((shape, n): [string, SignatureSource] => [
      `/m/f${n}`,
      { parameters: { shape, 'toString?': shape }, returns: shape },
    ]);
    expect(await compileClient(clientOf(Object.fromEntries(signatures)))).toBe('');
  });
});
