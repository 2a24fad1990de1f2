import type { Returned, Shape } from '../contract/signature.ts';
import { SignatureKind, SymbolFlags, type CallSignature, type Type, type TypeSymbol } from './checker.ts';
import { declaresPropertiesOnly, type CheckerSession } from './checker-session.ts';
import { writtenReturnOf } from './declarations.ts';
import type { ShapeWalk } from './to-shape.ts';
import { isPlainUnion, standardName } from './type-kinds.ts';
import { unionShape } from './union-shape.ts';

const unknown: Shape = { kind: 'unknown' };

/** What a function gives back, as its caller receives it. Never fails: what has no JSON form is `unknown`. */
export function deriveReturns(session: CheckerSession, walk: ShapeWalk, signature: CallSignature): Returned {
  const type = session.returnTypeOf(signature);
  if (type === undefined) return { kind: 'value', shape: unknown };
  walk.turnTo('output');
  const awaited = awaitedTypes(session, type);
  const members = awaited.flatMap((one) => (isPlainUnion(one) ? session.constituents(one) : [one]));
  const answers = members.filter((member) => isResponse(session, member));
  if (answers.length === members.length) return { kind: 'response', shape: unknown };
  const items = members.map((member) => streamItem(session, member));
  if (items.every((item) => item !== undefined)) {
    const shapes = items.map((item) =>
      item === 'unknown' ? unknown : walk.elementShapeOf(item, 'returns[]'),
    );
    return { kind: 'stream', shape: unionShape(shapes) };
  }
  // What is passed through at run time is no part of the JSON that comes back otherwise.
  const passed = new Set([...answers, ...members.filter((_, at) => items[at] !== undefined)]);
  const values = passed.size === 0 ? awaited : members.filter((member) => !passed.has(member));
  const written = values.length === 1 ? writtenReturnOf(session.nodeOf(signature.declaration)) : undefined;
  const shape = unionShape(values.map((one) => walk.elementShapeOf(one, 'returns', written)));
  return { kind: 'value', shape: written === undefined ? widened(shape) : shape };
}

/** A function that happens to return one text promises a text: only a written type promises that very one. */
function widened(shape: Shape): Shape {
  if (shape.kind !== 'literal') return shape;
  const kind = typeof shape.value;
  return kind === 'string' || kind === 'number' || kind === 'boolean' ? { kind } : shape;
}

/** `User` of `Promise<User>`; several for a union of promises and values. */
function awaitedTypes(session: CheckerSession, type: Type, depth = 0): readonly Type[] {
  if (depth > 5) return [type];
  if (isPlainUnion(type)) {
    const members = session.constituents(type);
    const awaited = members.map((member) => awaitedTypes(session, member, depth + 1));
    // The union itself may have a name, which its members have not.
    return awaited.every((one, at) => one.length === 1 && one[0] === members[at]) ? [type] : awaited.flat();
  }
  const value = promisedType(session, type);
  return value === undefined ? [type] : awaitedTypes(session, value, depth + 1);
}

function promisedType(session: CheckerSession, type: Type): Type | undefined {
  const name = standardName(type);
  if (name === 'Promise' || name === 'PromiseLike') return session.typeArguments(type)[0];
  if (name !== undefined || !mayHaveMethods(session, type)) return undefined;
  // Query builders and the like: what `then` hands on.
  const then = session.project.checker.getPropertyOfType(type, 'then');
  const handler = then === undefined ? undefined : parameterTypes(session, then)[0];
  if (handler === undefined) return undefined;
  for (const member of session.constituents(handler)) {
    if (!member.isObjectType()) continue;
    const [call] = session.project.checker.getSignaturesOfType(member, SignatureKind.Call);
    const [value] = call === undefined ? [] : session.typed(call.getParameters());
    if (value !== undefined) return value.type;
  }
  return undefined;
}

/** A class, or an interface that is more than a list of properties. */
function mayHaveMethods(session: CheckerSession, type: Type): boolean {
  if (type.isIntersectionType()) return true;
  const symbol = type.isObjectType() ? type.getSymbol() : undefined;
  if (symbol === undefined || (symbol.flags & (SymbolFlags.Class | SymbolFlags.Interface)) === 0)
    return false;
  return !declaresPropertiesOnly(session, type);
}

function parameterTypes(session: CheckerSession, method: TypeSymbol): readonly Type[] {
  const [typed] = session.typed([method]);
  const { checker } = session.project;
  const [call] = typed === undefined ? [] : checker.getSignaturesOfType(typed.type, SignatureKind.Call);
  return call === undefined ? [] : session.typed(call.getParameters()).map(({ type }) => type);
}

/** The global `Response`, also with more to it. */
function isResponse(session: CheckerSession, type: Type): boolean {
  const members = type.isIntersectionType() ? session.constituents(type) : [type];
  return members.some((member) => standardName(member) === 'Response');
}

const typedStreams: ReadonlySet<string> = new Set([
  'AsyncIterable',
  'AsyncIterableIterator',
  'AsyncIteratorObject',
  'AsyncGenerator',
  'ReadableStream',
]);
const untypedStreams: ReadonlySet<string> = new Set(['Readable', 'Duplex', 'Transform', 'PassThrough']);

/** The type of what an async iterable yields; undefined for anything else. */
function streamItem(session: CheckerSession, type: Type): Type | 'unknown' | undefined {
  const name = standardName(type);
  if (name !== undefined && typedStreams.has(name)) return session.typeArguments(type)[0] ?? 'unknown';
  if (name !== undefined) return untypedStreams.has(name) ? 'unknown' : undefined;
  if (!mayHaveMethods(session, type) && !hasSymbolKeys(session, type)) return undefined;
  const { checker } = session.project;
  const method = checker.getPropertiesOfType(type).find((one) => one.name.startsWith('__@asyncIterator@'));
  const [typed] = method === undefined ? [] : session.typed([method]);
  if (typed === undefined) return undefined;
  const [call] = checker.getSignaturesOfType(typed.type, SignatureKind.Call);
  const iterator = call === undefined ? undefined : session.returnTypeOf(call);
  return iterator === undefined ? 'unknown' : (session.typeArguments(iterator)[0] ?? 'unknown');
}

/** `{ [Symbol.asyncIterator]() { … } }`: an object literal has no other way to say so. */
function hasSymbolKeys(session: CheckerSession, type: Type): boolean {
  const symbol = type.isObjectType() ? type.getSymbol() : undefined;
  const node = session.nodeOf(symbol?.declarations[0]);
  return node?.getText().includes('Symbol.asyncIterator') === true;
}
