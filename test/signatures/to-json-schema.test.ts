import { describe, expect, it } from 'vitest';
import type { Property, Shape, Signature } from '../../src/contract/signature.ts';
import {
  createSchemaWriter,
  returnsToJsonSchema,
  shapeToJsonSchema,
  toJsonSchema,
} from '../../src/signatures/to-json-schema.ts';
import { compileSchema } from './agreement.ts';
import {
  array,
  literal,
  makeSignature,
  number,
  object,
  property,
  ref,
  string,
  toDefinitions,
  union,
} from './make-signature.ts';

const dialect = { $schema: 'https://json-schema.org/draft/2020-12/schema' };

function schemaOf(shape: Shape, side: 'input' | 'output' = 'input'): unknown {
  const { $schema: _dialect, ...schema } = shapeToJsonSchema(shape, { side });
  return schema;
}

describe('toJsonSchema', () => {
  it('describes the body, with what is said about each parameter', () => {
    const about: Property = {
      ...property('name', string, true),
      description: 'who',
      defaultValue: 'World',
      examples: ['you', 'me'],
      deprecated: true,
    };
    const signature: Signature = {
      ...makeSignature(
        { user: ref('User') },
        { User: object({ id: number, 'boss?': ref('User') }), Unused: string },
      ),
      parameters: [
        { ...about, rest: false },
        { ...property('user', ref('User')), description: 'whom', rest: false },
      ],
    };
    const described = {
      ...signature,
      definitions: {
        ...signature.definitions,
        User: { ...signature.definitions['User']!, description: 'A user.' },
      },
    };
    expect(toJsonSchema(described)).toEqual({
      ...dialect,
      type: 'object',
      properties: {
        name: {
          type: 'string',
          description: 'who',
          default: 'World',
          examples: ['you', 'me'],
          deprecated: true,
        },
        user: { $ref: '#/$defs/User', description: 'whom' },
      },
      required: ['user'],
      additionalProperties: false,
      $defs: {
        User: {
          title: 'User',
          description: 'A user.',
          type: 'object',
          properties: { id: { type: 'number' }, boss: { $ref: '#/$defs/User' } },
          required: ['id'],
          additionalProperties: false,
        },
      },
    });
  });

  it('takes no parameters', () => {
    expect(toJsonSchema(makeSignature({}))).toEqual({
      ...dialect,
      type: 'object',
      properties: {},
      additionalProperties: false,
    });
  });

  it('refers to names that are no identifiers', () => {
    const schema = toJsonSchema(makeSignature({ a: ref('Größe/~1') }, { 'Größe/~1': number }));
    expect(schema['properties']).toEqual({ a: { $ref: '#/$defs/Gr%C3%B6%C3%9Fe~1~01' } });
    const validate = compileSchema(schema);
    expect([validate({ a: 1 }), validate({ a: 'x' })]).toEqual([true, false]);
  });
});

describe('shapes', () => {
  const cases: readonly [string, Shape, unknown][] = [
    [
      'text',
      { kind: 'string', minLength: 1, maxLength: 5, pattern: 'a' },
      { type: 'string', minLength: 1, maxLength: 5, pattern: 'a' },
    ],
    ['a format', { kind: 'string', format: 'email' }, { type: 'string', format: 'email' }],
    ['a UUID', { kind: 'string', format: 'uuid' }, { type: 'string', format: 'uuid', maxLength: 36 }],
    [
      'an integer',
      { kind: 'number', integer: true, minimum: 1, exclusiveMaximum: 9 },
      { type: 'integer', minimum: 1, exclusiveMaximum: 9 },
    ],
    [
      'any integer',
      { kind: 'number', integer: true },
      { type: 'integer', minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER },
    ],
    [
      'bytes',
      { kind: 'bytes' },
      {
        type: 'string',
        contentEncoding: 'base64',
        pattern: '^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$',
      },
    ],
    ['a file', { kind: 'file' }, { type: 'string', format: 'binary' }],
    ['a literal', literal('a'), { type: 'string', const: 'a' }],
    ['an enumeration', union(literal(1), literal(2)), { type: 'number', enum: [1, 2] }],
    [
      'literals of several types',
      union(literal('a'), literal(1), { kind: 'null' }),
      { anyOf: [{ type: 'null' }, { enum: ['a', 1] }] },
    ],
    ['a bigint literal', { kind: 'bigintLiteral', value: '5' }, { enum: [5, '5'] }],
    [
      'a large one',
      { kind: 'bigintLiteral', value: '90071992547409930' },
      { type: 'string', const: '90071992547409930' },
    ],
    [
      'a template',
      { kind: 'template', pattern: '^\\d+px$', text: '' },
      { type: 'string', pattern: '^\\d+px$' },
    ],
    ['nothing', { kind: 'never' }, { not: {} }],
    ['anything', { kind: 'unknown' }, {}],
    ['any object', { kind: 'anyObject' }, { anyOf: [{ type: 'object' }, { type: 'array' }] }],
    [
      'an array',
      { kind: 'array', element: number, minItems: 1, maxItems: 2, uniqueItems: true },
      { type: 'array', items: { type: 'number' }, minItems: 1, maxItems: 2, uniqueItems: true },
    ],
    [
      'a set',
      { kind: 'set', element: number },
      { type: 'array', items: { type: 'number' }, uniqueItems: true },
    ],
    [
      'a map',
      { kind: 'map', key: string, value: number },
      {
        type: 'array',
        items: {
          type: 'array',
          prefixItems: [{ type: 'string' }, { type: 'number' }],
          minItems: 2,
          items: false,
        },
      },
    ],
    ['an empty tuple', { kind: 'tuple', elements: [] }, { type: 'array', maxItems: 0 }],
    [
      'a tuple',
      {
        kind: 'tuple',
        elements: [
          { shape: number, optional: false, rest: false, name: 'x' },
          { shape: string, optional: true, rest: false },
          { shape: string, optional: false, rest: true },
        ],
      },
      {
        type: 'array',
        prefixItems: [{ title: 'x', type: 'number' }, { type: 'string' }],
        minItems: 1,
        items: { type: 'string' },
      },
    ],
    [
      'a record',
      { kind: 'object', properties: [], index: [{ value: number }] },
      { type: 'object', additionalProperties: { type: 'number' } },
    ],
    [
      'keys with a pattern beside properties',
      {
        kind: 'object',
        properties: [property('x-a', string), property('b', number, true)],
        index: [{ pattern: '^x-', value: number }],
      },
      {
        type: 'object',
        properties: { 'x-a': { type: 'string' }, b: { type: 'number' } },
        required: ['x-a'],
        patternProperties: { '^(?!(?:x-a)$)(?:^x-)': { type: 'number' } },
        additionalProperties: false,
      },
    ],
  ];
  it.each(cases)('%s', (_name, shape, expected) => {
    expect(schemaOf(shape)).toEqual(expected);
    compileSchema(shapeToJsonSchema(shape));
  });

  it('tells tagged members apart', () => {
    const circle = object({ kind: literal('circle') });
    const square = object({ kind: literal('square') });
    expect(schemaOf(union(circle, square))).toMatchObject({
      oneOf: [{ type: 'object' }, { type: 'object' }],
    });
    expect(schemaOf(union(circle, string))).toMatchObject({
      anyOf: [{ type: 'object' }, { type: 'string' }],
    });
    const definitions = toDefinitions({ Circle: circle, Square: square });
    const writer = createSchemaWriter(definitions, {
      refPrefix: '#/components/schemas/',
      nameOf: (name) => `shop.${name}`,
      discriminators: true,
    });
    expect(writer.shape(union(ref('Circle'), ref('Square')))).toEqual({
      oneOf: [{ $ref: '#/components/schemas/shop.Circle' }, { $ref: '#/components/schemas/shop.Square' }],
      discriminator: {
        propertyName: 'kind',
        mapping: { circle: '#/components/schemas/shop.Circle', square: '#/components/schemas/shop.Square' },
      },
    });
    expect(writer.definition('Circle')).toMatchObject({ title: 'Circle', type: 'object' });
    expect(() => writer.shape(ref('Gone'))).toThrow("no definition 'Gone'");
  });
});

describe('results', () => {
  it('are described as they are sent', () => {
    expect(schemaOf({ kind: 'bigint', minimum: 0 }, 'output')).toEqual({
      type: 'string',
      pattern: '^(?:0|-?[1-9]\\d*)$',
    });
    expect(schemaOf({ kind: 'date' }, 'output')).toEqual({ type: 'string', format: 'date-time' });
    expect(schemaOf({ kind: 'undefined' }, 'output')).toEqual({ type: 'null' });
    expect(schemaOf({ kind: 'set', element: number }, 'output')).toEqual({
      type: 'array',
      items: { type: 'number' },
    });
    expect(schemaOf({ kind: 'number', integer: true }, 'output')).toEqual({ type: 'integer' });
    // A value may have more properties than its type.
    expect(schemaOf(object({ 'a?': array(number) }), 'output')).toEqual({
      type: 'object',
      properties: { a: { type: 'array', items: { type: 'number' } } },
    });
  });

  it('carry their description and definitions', () => {
    const signature: Signature = {
      ...makeSignature({}, { User: object({ id: { kind: 'bigint' } }) }),
      returns: { kind: 'value', shape: array(ref('User')) },
      returnsDescription: 'all of them',
    };
    expect(returnsToJsonSchema(signature)).toMatchObject({
      ...dialect,
      description: 'all of them',
      type: 'array',
      items: { $ref: '#/$defs/User' },
      $defs: { User: { title: 'User', properties: { id: { type: 'string' } } } },
    });
  });
});
