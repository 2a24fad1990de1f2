import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { ApiFunctionOptions } from '../../src/contract/api-function.ts';
import type { Definition, Parameter, Shape, Signature } from '../../src/contract/signature.ts';
import { contractDiff } from '../../src/registry/contract-diff.ts';
import { isSubset } from '../../src/registry/shape-subset.ts';
import type { Endpoint } from '../../src/registry/snapshot.ts';

const string: Shape = { kind: 'string' };
const number: Shape = { kind: 'number' };
const object = (properties: Record<string, Shape | { optional: Shape }>): Shape => ({
  kind: 'object',
  properties: Object.entries(properties).map(([name, value]) =>
    'optional' in value
      ? { name, shape: value.optional, optional: true }
      : { name, shape: value, optional: false },
  ),
});
const union = (...members: Shape[]): Shape => ({ kind: 'union', members });
const literal = (value: string | number | boolean): Shape => ({ kind: 'literal', value });
const array = (element: Shape): Shape => ({ kind: 'array', element });

describe('isSubset', () => {
  const rows: [string, Shape, Shape, boolean][] = [
    ['string in string', string, string, true],
    ['string in number', string, number, false],
    ['anything in unknown', object({ a: string }), { kind: 'unknown' }, true],
    ['unknown in string', { kind: 'unknown' }, string, false],
    ['literal in string', literal('a'), string, true],
    ['string in literal', string, literal('a'), false],
    ['literal in union of literals', literal('a'), union(literal('a'), literal('b')), true],
    [
      'larger union in smaller',
      union(literal('a'), literal('b'), literal('c')),
      union(literal('a'), literal('b')),
      false,
    ],
    ['boolean in true | false', { kind: 'boolean' }, union(literal(true), literal(false)), true],
    ['true in boolean', literal(true), { kind: 'boolean' }, true],
    [
      'narrower limits',
      { kind: 'number', minimum: 2, maximum: 3 },
      { kind: 'number', minimum: 1, maximum: 3 },
      true,
    ],
    ['wider limits', { kind: 'number', minimum: 0 }, { kind: 'number', minimum: 1 }, false],
    ['exclusive in inclusive', { kind: 'number', exclusiveMinimum: 1 }, { kind: 'number', minimum: 1 }, true],
    [
      'inclusive in exclusive',
      { kind: 'number', minimum: 1 },
      { kind: 'number', exclusiveMinimum: 1 },
      false,
    ],
    ['number in integer', number, { kind: 'number', integer: true }, false],
    ['3 in integer', literal(3), { kind: 'number', integer: true }, true],
    ['3.5 in integer', literal(3.5), { kind: 'number', integer: true }, false],
    ['shorter text', { kind: 'string', maxLength: 3 }, { kind: 'string', maxLength: 5 }, true],
    ['longer text', { kind: 'string', maxLength: 5 }, { kind: 'string', maxLength: 3 }, false],
    ['format in plain', { kind: 'string', format: 'email' }, string, true],
    ['plain in format', string, { kind: 'string', format: 'email' }, false],
    ['arrays', array(literal('a')), array(string), true],
    ['arrays the other way', array(string), array(literal('a')), false],
    ['required in optional', object({ a: string }), object({ a: { optional: string } }), true],
    ['optional in required', object({ a: { optional: string } }), object({ a: string }), false],
    ['more properties', object({ a: string, b: string }), object({ a: string }), false],
    [
      'fewer properties, rest optional',
      object({ a: string }),
      object({ a: string, b: { optional: number } }),
      true,
    ],
    ['object in any object', object({ a: string }), { kind: 'anyObject' }, true],
    ['text in any object', string, { kind: 'anyObject' }, false],
    [
      'properties in an index',
      object({ a: string }),
      { kind: 'object', properties: [], index: [{ value: string }] },
      true,
    ],
    [
      'an index in properties',
      { kind: 'object', properties: [], index: [{ value: string }] },
      object({ a: { optional: string } }),
      false,
    ],
    [
      'a tuple in an array',
      { kind: 'tuple', elements: [{ shape: literal('a'), optional: false, rest: false }] },
      array(string),
      true,
    ],
    [
      'an array in a tuple',
      array(string),
      { kind: 'tuple', elements: [{ shape: string, optional: false, rest: false }] },
      false,
    ],
    ['a date in a date', { kind: 'date' }, { kind: 'date' }, true],
    [
      'a map with narrower values',
      { kind: 'map', key: string, value: literal(1) },
      { kind: 'map', key: string, value: number },
      true,
    ],
  ];

  it.each(rows)('%s', (_name, part, whole, expected) => {
    const definitions = {};
    expect(isSubset({ shape: part, definitions }, { shape: whole, definitions })).toBe(expected);
  });

  it('recursive types, also under other names', () => {
    const tree = (name: string, value: Shape): Record<string, Definition> => ({
      [name]: { shape: object({ value, children: array({ kind: 'ref', name }) }) },
    });
    const of = (name: string, value: Shape) => ({
      shape: { kind: 'ref', name } as const,
      definitions: tree(name, value),
    });
    expect(isSubset(of('Tree', literal(1)), of('Node', number))).toBe(true);
    expect(isSubset(of('Tree', number), of('Node', literal(1)))).toBe(false);
  });
});

function endpoint(
  parameters: Parameter[],
  returns: Shape = string,
  options: ApiFunctionOptions = {},
): Endpoint {
  const signature: Signature = {
    style: 'positional',
    parameters,
    contextIndex: -1,
    returns: { kind: 'value', shape: returns },
    definitions: {},
    description: '',
    text: '',
  };
  return {
    path: '/m/f',
    module: 'm',
    name: 'f',
    fn: () => null,
    options,
    signature,
    input: z.object({}),
    instance: { module: 'm', file: '/m.ts', inFlight: 0, onIdle: undefined },
  };
}

const parameter = (name: string, shape: Shape, optional = false): Parameter => ({
  name,
  shape,
  optional,
  rest: false,
});

describe('contractDiff', () => {
  const rows: [string, Endpoint | undefined, Endpoint | undefined, boolean | undefined, RegExp][] = [
    ['a new function', undefined, endpoint([]), false, /new function/],
    ['a removed function', endpoint([]), undefined, true, /function removed/],
    ['nothing', endpoint([parameter('a', string)]), endpoint([parameter('a', string)]), undefined, /./],
    [
      'a removed parameter',
      endpoint([parameter('a', string, true)]),
      endpoint([]),
      true,
      /parameter 'a' removed/,
    ],
    [
      'a new required parameter',
      endpoint([]),
      endpoint([parameter('a', string)]),
      true,
      /required parameter 'a' added/,
    ],
    [
      'a new optional parameter',
      endpoint([]),
      endpoint([parameter('a', string, true)]),
      false,
      /optional parameter 'a' added/,
    ],
    [
      'required now',
      endpoint([parameter('a', string, true)]),
      endpoint([parameter('a', string)]),
      true,
      /required now/,
    ],
    [
      'optional now',
      endpoint([parameter('a', string)]),
      endpoint([parameter('a', string, true)]),
      false,
      /optional now/,
    ],
    [
      'a narrowed type',
      endpoint([parameter('a', string)]),
      endpoint([parameter('a', literal('x'))]),
      true,
      /accepts less/,
    ],
    [
      'a widened type',
      endpoint([parameter('a', string)]),
      endpoint([parameter('a', union(string, number))]),
      false,
      /accepts more/,
    ],
    [
      'a result with less',
      endpoint([], object({ a: string, b: string })),
      endpoint([], object({ a: string })),
      true,
      /result/,
    ],
    ['a more precise result', endpoint([], string), endpoint([], literal('x')), false, /more precise/],
    [
      'a result with more',
      endpoint([], object({ a: string })),
      endpoint([], object({ a: string, b: string })),
      false,
      /has more/,
    ],
    [
      'a role',
      endpoint([]),
      endpoint([], string, { roles: ['admin'] }),
      true,
      /role 'admin' is required now/,
    ],
  ];

  it.each(rows)('%s', (_name, before, after, breaking, change) => {
    const map = (one: Endpoint | undefined) => new Map(one === undefined ? [] : [[one.path, one]]);
    const changes = contractDiff(map(before), map(after));
    if (breaking === undefined) expect(changes).toEqual([]);
    else expect(changes).toEqual([{ endpoint: '/m/f', breaking, change: expect.stringMatching(change) }]);
  });
});
