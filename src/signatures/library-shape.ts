import type { Shape } from '../contract/signature.ts';
import type { Node, Type } from './checker.ts';
import type { ShapeWalker } from './shape-walker.ts';
import { standardName } from './type-kinds.ts';

interface At {
  readonly path: string;
  readonly written: Node | undefined;
}

/** Of the standard library's types that have a JSON form; undefined for all others. */
export function libraryShape(walker: ShapeWalker, type: Type, at: At): Shape | undefined {
  const name = standardName(type);
  if (name === undefined) return undefined;
  if (Object.hasOwn(simple, name)) return simple[name];
  if (walker.direction === 'output') {
    if (bytesOut.test(name)) return { kind: 'bytes' };
    if (/(?:Error|^DOMException)$/.test(name)) return errorShape;
    if (Object.hasOwn(boxed, name)) return boxed[name];
  }
  if (name === 'File' || name === 'Blob') {
    if (walker.direction === 'output') return { kind: 'unknown' };
    walker.noteDifference();
    return { kind: 'file' };
  }
  return containerShape(walker, type, { ...at, name });
}

/** Whether the type is of those above, so that an intersection with it is it. */
export function isLibraryValue(type: Type): boolean {
  const name = standardName(type);
  return (
    name !== undefined &&
    (Object.hasOwn(simple, name) || containers.has(name) || name === 'File' || name === 'Blob')
  );
}

/** What an `Error` is sent as. */
export const errorShape: Shape = {
  kind: 'object',
  properties: [
    { name: 'name', shape: { kind: 'string' }, optional: false },
    { name: 'message', shape: { kind: 'string' }, optional: false },
  ],
};

const simple: Readonly<Record<string, Shape>> = {
  Date: { kind: 'date' },
  URL: { kind: 'url' },
  Uint8Array: { kind: 'bytes' },
  Buffer: { kind: 'bytes' },
};

const bytesOut =
  /^(?:(?:Int|Uint|Float|BigInt|BigUint)\d+(?:Clamped)?Array|DataView|(?:Shared)?ArrayBuffer)$/;

const boxed: Readonly<Record<string, Shape>> = {
  String: { kind: 'string' },
  Number: { kind: 'number' },
  Boolean: { kind: 'boolean' },
};

const containers: ReadonlySet<string> = new Set([
  'Array',
  'ReadonlyArray',
  'Map',
  'ReadonlyMap',
  'Set',
  'ReadonlySet',
]);

function containerShape(
  walker: ShapeWalker,
  type: Type,
  { path, written, name }: At & { readonly name: string },
): Shape | undefined {
  if (!containers.has(name)) return undefined;
  const [first, second] = walker.session.typeArguments(type);
  // An `interface Array` without an argument is the generic one itself.
  if (first === undefined) return walker.refuse(type, path);
  switch (name) {
    case 'Map':
    case 'ReadonlyMap':
      return {
        kind: 'map',
        key: walker.elementShapeOf(first, `${path}[key]`),
        value: second === undefined ? { kind: 'unknown' } : walker.elementShapeOf(second, `${path}[value]`),
      };
    case 'Set':
    case 'ReadonlySet':
      return { kind: 'set', element: walker.elementShapeOf(first, `${path}[]`) };
    default:
      return { kind: 'array', element: walker.elementShapeOf(first, `${path}[]`, writtenElement(written)) };
  }
}

interface ListNode extends Node {
  readonly elementType?: Node;
  readonly typeArguments?: readonly Node[];
  readonly type?: ListNode;
}

/** The `User` of `User[]`, `readonly User[]` and `Array<User>`. */
function writtenElement(written: Node | undefined): Node | undefined {
  const node: ListNode | undefined = written;
  return node?.elementType ?? node?.typeArguments?.[0] ?? node?.type?.elementType;
}
