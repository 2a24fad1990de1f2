import type { Definition, Property, Shape } from '../contract/signature.ts';
import { innerShapes } from './inner-shapes.ts';

type Definitions = Readonly<Record<string, Definition>>;

/**
 * The path of a file that a `multipart/form-data` request has no place for: files are parts of their own,
 * so they can only be at the top of the body, alone or in a list.
 */
export function misplacedFile(
  { name, shape }: Pick<Property, 'name' | 'shape'>,
  definitions: Definitions,
): string | undefined {
  const inside = shape.kind === 'array' ? shape.element : shape;
  const members = inside.kind === 'union' ? inside.members : [inside];
  for (const member of members) {
    // `File | File[]`
    if (member.kind === 'file' || (inside === shape && isFileList(member))) continue;
    const found = fileInside(member, shape === inside ? name : `${name}[]`, { definitions, seen: new Set() });
    if (found !== undefined) return found;
  }
  return undefined;
}

function isFileList(shape: Shape): boolean {
  return shape.kind === 'array' && shape.element.kind === 'file';
}

interface Search {
  readonly definitions: Definitions;
  /** Names of definitions that were looked into. */
  readonly seen: Set<string>;
}

function fileInside(shape: Shape, path: string, search: Search): string | undefined {
  if (shape.kind === 'file') return path;
  if (shape.kind === 'ref') {
    const target = search.definitions[shape.name]?.shape;
    if (target === undefined || search.seen.has(shape.name)) return undefined;
    search.seen.add(shape.name);
    return fileInside(target, path, search);
  }
  for (const [inner, at] of innerShapes(shape, path)) {
    const found = fileInside(inner, at, search);
    if (found !== undefined) return found;
  }
  return undefined;
}
