import { describe, expect, test } from 'vitest';
import type { OpenapiDocument } from '../../src/describe/openapi-document.ts';
import { toOpenapi } from '../../src/describe/openapi.ts';
import {
  define,
  number,
  object,
  parameter,
  plainSchemas,
  property,
  reference,
  snapshotOf,
  text,
  type FunctionSource,
} from './openapi-snapshot.ts';

function documentOf(functions: Readonly<Record<string, FunctionSource>>): OpenapiDocument {
  return toOpenapi(snapshotOf(functions), { version: '1.2.3', schemas: plainSchemas });
}

function schemaNames(functions: Readonly<Record<string, FunctionSource>>): string[] {
  const own = new Set(['ContractChange', 'Failure', 'ModuleFailure', 'ModuleWarning']);
  const names = Object.keys(documentOf(functions).components.schemas);
  return names.filter((name) => !own.has(name) && !name.startsWith('Validation'));
}

describe('named schemas', () => {
  const user = object(property('name', text));
  const takesUser = { parameters: [parameter('user', reference('User'))] };

  test('equal ones of the same name are one, across modules', () => {
    const functions = {
      '/a/add': { ...takesUser, definitions: define({ User: user }) },
      '/b/add': { ...takesUser, definitions: define({ User: user }) },
    };
    expect(schemaNames(functions)).toEqual(['User']);
    const { paths } = documentOf(functions);
    for (const path of Object.keys(functions)) {
      const content = paths[path]?.post?.requestBody?.content['application/json'];
      expect(content?.schema).toHaveProperty('properties.body.properties.user', {
        $ref: '#/components/schemas/User',
      });
    }
  });

  test('different ones are told apart by their module', () => {
    expect(
      schemaNames({
        '/a/add': { ...takesUser, definitions: define({ User: user }) },
        '/b/c/add': { ...takesUser, definitions: define({ User: object(property('id', number)) }) },
      }),
    ).toEqual(['a_User', 'b_c_User']);
  });

  test('they also differ when only what they refer to differs', () => {
    const wrapped = object(property('inner', reference('Inner')));
    const takes = { parameters: [parameter('outer', reference('Outer'))] };
    expect(
      schemaNames({
        '/a/f': { ...takes, definitions: define({ Outer: wrapped, Inner: text }) },
        '/b/f': { ...takes, definitions: define({ Outer: wrapped, Inner: number }) },
      }),
    ).toEqual(['a_Inner', 'a_Outer', 'b_Inner', 'b_Outer']);
  });

  test('within a module they are told apart by the function', () => {
    expect(
      schemaNames({
        '/a/f': { ...takesUser, definitions: define({ User: user }) },
        '/a/g': { ...takesUser, definitions: define({ User: number }) },
      }),
    ).toEqual(['a_f_User', 'a_g_User']);
  });

  test('a result that differs from the body of the same type says so', () => {
    const event = object(property('at', { kind: 'date' }));
    const functions = {
      '/a/f': {
        parameters: [parameter('event', reference('Event'))],
        returns: { kind: 'value', shape: reference('Event') },
        definitions: define({ Event: event }),
      },
    } as const;
    expect(schemaNames(functions)).toEqual(['Event', 'EventResult']);
    const { post } = documentOf(functions).paths['/a/f'] ?? {};
    expect(post?.responses['200']).toHaveProperty(
      ['content', 'application/json', 'schema', 'properties', 'data', '$ref'],
      '#/components/schemas/EventResult',
    );
  });

  test('recursive ones refer to themselves, and to each other', () => {
    const tree = object(property('leaves', { kind: 'array', element: reference('Leaf') }));
    const leaf = object(property('tree', reference('Tree')));
    const { schemas } = documentOf({
      '/a/f': {
        parameters: [parameter('tree', reference('Tree'))],
        definitions: define({ Tree: tree, Leaf: leaf }),
      },
    }).components;
    expect(schemas['Tree']).toHaveProperty('properties.leaves.items.$ref', '#/components/schemas/Leaf');
    expect(schemas['Leaf']).toHaveProperty('properties.tree.$ref', '#/components/schemas/Tree');
  });

  test('names of ours stay ours, and names of other scripts or with brackets become sayable', () => {
    const one = (name: string): FunctionSource => ({
      parameters: [parameter('x', reference(name))],
      definitions: define({ [name]: user }),
    });
    const names = schemaNames({
      '/a/f': one('Failure'),
      '/a/g': one('Page<User>'),
      '/a/h': one('用户'),
      '/a/i': one('_Own'),
    });
    expect(names).toEqual(['Page_User', 'Typee794a8e688b7', '_Own', 'a_Failure']);
    for (const name of names) expect(name).toMatch(/^[A-Za-z0-9._-]+$/);
  });

  test('what nobody refers to is left out', () => {
    expect(schemaNames({ '/a/f': { definitions: define({ Unused: user }) } })).toEqual([]);
    expect(documentOf({}).components.responses).toHaveProperty('RollbackRefused');
    expect(documentOf({}).components.responses).not.toHaveProperty('RateLimited');
  });
});
