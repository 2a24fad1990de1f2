import { describe, expect, it } from 'vitest';
import type { Shape } from '../../src/contract/signature.ts';
import { compileClient } from './client-project.ts';
import { clientOf, date, list, object, ref, string } from './client-snapshot.ts';

describe('named types', () => {
  const user = object({ name: string });
  const event = object({ at: date, by: ref('User'), 'parts?': list(ref('Event')) });

  it('are exported once, with their doc comment, and twice where their two forms differ', () => {
    const definitions = { User: { shape: user, description: 'Somebody.' }, Event: event };
    const text = clientOf({
      '/a/f': { parameters: { event: ref('Event') }, returns: ref('Event'), definitions },
      '/b/g': {
        returns: list(ref('User')),
        definitions: { User: { shape: user, description: 'Somebody.' } },
      },
    });
    expect(text).toContain('/** Somebody. */\nexport interface User {\n  name: string;\n}');
    expect(text.match(/^export (?:interface|type) (?:User|Event)\w* /gm)).toEqual([
      'export interface Event ',
      'export interface EventInput ',
      'export interface User ',
    ]);
    expect(text).toContain('f(args: { event: EventInput }, options?: CallOptions): Promise<Event>;');
    expect(text).toContain('at: DateInput;\n  by: User;\n  parts?: EventInput[] | undefined;');
  });

  it('of one name and different forms are qualified by their module, also when they differ further in', () => {
    const outer = object({ inner: ref('Inner') });
    const text = clientOf({
      '/a/f': { returns: ref('Outer'), definitions: { Outer: outer, Inner: object({ a: string }) } },
      '/b/c-d/g': { returns: ref('Outer'), definitions: { Outer: outer, Inner: object({ b: string }) } },
      '/e/h': { returns: ref('Outer'), definitions: { Outer: outer, Inner: object({ a: string }) } },
    });
    expect(text.match(/^export interface \w*(?:Outer|Inner) /gm)).toEqual([
      'export interface AInner ',
      'export interface AOuter ',
      'export interface BCDInner ',
      'export interface BCDOuter ',
    ]);
    expect(text).toContain('h(args?: NoArguments, options?: CallOptions): Promise<AOuter>;');
    expect(text).toContain('export interface BCDOuter {\n  inner: BCDInner;\n}');
  });

  it('that one signature has twice, because what is sent lacks something, are one name with and without Input', () => {
    const sent = object({ x: { kind: 'number' }, 'next?': ref('Point') });
    const got = object({ x: { kind: 'number' }, hidden: string, 'next?': ref('Point2') });
    const text = clientOf({
      '/a/move': {
        parameters: { to: ref('Point') },
        returns: ref('Point2'),
        definitions: { Point: sent, Point2: got },
      },
      '/a/origin': {
        returns: ref('Point'),
        definitions: { Point: object({ x: { kind: 'number' }, hidden: string, 'next?': ref('Point') }) },
      },
      '/b/f': {
        parameters: { at: ref('Point') },
        definitions: { Point: sent, Unused: string, User: string },
      },
      '/b/users': {
        returns: list({ kind: 'union', members: [ref('User'), ref('User2')] }),
        definitions: { User: user, User2: object({ id: string }) },
      },
    });
    expect(text.match(/^export (?:interface|type) (?:\w*Point|User|Unused)\w* /gm)).toEqual([
      'export interface Point ',
      'export interface PointInput ',
      'export interface User ',
      'export interface User2 ',
    ]);
    expect(text).toContain('move(args: { to: PointInput }, options?: CallOptions): Promise<Point>;');
    expect(text).toContain('origin(args?: NoArguments, options?: CallOptions): Promise<Point>;');
    expect(text).toContain('f(args: { at: PointInput }, options?: CallOptions): Promise<null>;');
    expect(text).toContain(
      'export interface PointInput {\n  x: number;\n  next?: PointInput | undefined;\n}',
    );
  });

  it('that are recursive in any way compile', async () => {
    const json: Shape = {
      kind: 'union',
      members: [
        string,
        list(ref('Json')),
        { kind: 'object', properties: [], index: [{ value: ref('Json') }] },
      ],
    };
    const definitions = {
      Json: json,
      Tree: object({ value: date, children: list(ref('Tree')) }),
      Ping: { kind: 'union', members: [object({ 'pong?': ref('Pong') }), { kind: 'null' }] } as const,
      Pong: { kind: 'tuple', elements: [{ shape: ref('Ping'), optional: true, rest: false }] } as const,
      Maps: { kind: 'map', key: string, value: ref('Maps') } as const,
      Sets: { kind: 'set', element: ref('Sets') } as const,
    };
    const parameters = Object.fromEntries(
      Object.keys(definitions).map((name) => [name.toLowerCase(), ref(name)]),
    );
    const returns = {
      kind: 'tuple',
      elements: Object.keys(definitions).map((name) => ({ shape: ref(name), optional: false, rest: false })),
    } as const;
    expect(await compileClient(clientOf({ '/m/f': { parameters, returns, definitions } }))).toBe('');
  });

  it('may have any name, also one that the client itself uses', async () => {
    const own = clientOf({}).replaceAll(/\/\*[^]*?\*\/|\/\/.*|'[^'\n]*'/g, '');
    const names = [
      ...new Set([
        ...own.match(/\b[A-Z]\w*\b/g)!,
        'Page_User',
        'Größe',
        'Page<User>',
        '1st',
        'OrderInput',
        'Order',
      ]),
    ];
    const definitions = Object.fromEntries(names.map((name) => [name, object({ it: string, at: date })]));
    const parameters = Object.fromEntries(names.map((name, n) => [`p${n}`, ref(name)]));
    const returns = {
      kind: 'tuple',
      elements: names.map((name) => ({ shape: ref(name), optional: false, rest: false })),
    } as const;
    expect(await compileClient(clientOf({ '/mod/f': { parameters, returns, definitions } }))).toBe('');
  });
});
