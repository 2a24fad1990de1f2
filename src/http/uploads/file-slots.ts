import type { Shape, Signature } from '../../contract/signature.ts';

/** A place in the body that takes files. */
export interface FileSlot {
  /** Names of properties, from the body inwards. */
  readonly path: readonly string[];
  /** Whether it takes a list of files: each part of the name is one of them. */
  readonly many: boolean;
}

/** Whether any part of a body may be a file. */
export function takesFiles(signature: Signature): boolean {
  let known = taking.get(signature);
  if (known === undefined) {
    const seen = new Set<string>();
    known = signature.parameters.some(({ shape }) => holdsFile(shape, { signature, seen }));
    taking.set(signature, known);
  }
  return known;
}

/**
 * What a part's name means: a parameter `photo`, or a property `profile.photo` further in. Undefined when
 * no file is taken there.
 */
export function fileSlot(signature: Signature, name: string): FileSlot | undefined {
  const body: Shape = { kind: 'object', properties: signature.parameters };
  return slotIn(body, name, { signature, seen: new Set() });
}

const taking = new WeakMap<Signature, boolean>();

interface Walk {
  readonly signature: Signature;
  /** References that were followed already: recursive types must come to an end. */
  readonly seen: Set<string>;
  /** Where a reference was met, when it may be followed again elsewhere. */
  readonly at?: string;
}

function holdsFile(shape: Shape, walk: Walk): boolean {
  switch (shape.kind) {
    case 'file':
      return true;
    case 'union':
      return shape.members.some((member) => holdsFile(member, walk));
    case 'array':
    case 'set':
      return holdsFile(shape.element, walk);
    case 'tuple':
      return shape.elements.some((element) => holdsFile(element.shape, walk));
    case 'object':
      return (
        shape.properties.some((property) => holdsFile(property.shape, walk)) ||
        (shape.index ?? []).some(({ value }) => holdsFile(value, walk))
      );
    case 'ref':
      return follow(shape.name, walk, (definition) => holdsFile(definition, walk)) ?? false;
    default:
      return false;
  }
}

/** The slot that `name` means inside `shape`. */
function slotIn(shape: Shape, name: string, walk: Walk): FileSlot | undefined {
  switch (shape.kind) {
    case 'object':
      return slotInObject(shape, name, walk);
    case 'union':
      return firstOf(shape.members, (member) => slotIn(member, name, walk));
    case 'ref':
      return follow(shape.name, { ...walk, at: name }, (definition) => slotIn(definition, name, walk));
    default:
      return undefined;
  }
}

function slotInObject(
  { properties, index = [] }: Extract<Shape, { kind: 'object' }>,
  name: string,
  walk: Walk,
): FileSlot | undefined {
  const own = firstOf(properties, (property) =>
    slotOfProperty(property.name, property.shape, { name, walk }),
  );
  if (own !== undefined) return own;
  const key = name.split('.', 1)[0] ?? name;
  const matching = index.filter(({ pattern }) => pattern === undefined || new RegExp(pattern, 'u').test(key));
  return firstOf(matching, ({ value }) => slotOfProperty(key, value, { name, walk }));
}

function slotOfProperty(
  key: string,
  shape: Shape,
  { name, walk }: { name: string; walk: Walk },
): FileSlot | undefined {
  if (name === key) {
    const many = taken(shape, { ...walk, seen: new Set() });
    return many === undefined ? undefined : { path: [key], many: many === 'many' };
  }
  if (!name.startsWith(`${key}.`)) return undefined;
  const inner = slotIn(shape, name.slice(key.length + 1), walk);
  return inner === undefined ? undefined : { path: [key, ...inner.path], many: inner.many };
}

/** Whether the place itself is a file or a list of files. */
function taken(shape: Shape, walk: Walk): 'one' | 'many' | undefined {
  switch (shape.kind) {
    case 'file':
      return 'one';
    case 'array':
    case 'set':
      return taken(shape.element, walk) === 'one' ? 'many' : undefined;
    case 'tuple':
      return shape.elements.some((element) => taken(element.shape, walk) === 'one') ? 'many' : undefined;
    case 'union': {
      const members = shape.members.map((member) => taken(member, walk));
      return members.includes('many') ? 'many' : members.find((member) => member !== undefined);
    }
    case 'ref':
      return follow(shape.name, walk, (definition) => taken(definition, walk));
    default:
      return undefined;
  }
}

function follow<T>(
  name: string,
  { signature, seen, at = '' }: Walk,
  visit: (shape: Shape) => T,
): T | undefined {
  const definition = signature.definitions[name];
  const key = `${at} ${name}`;
  if (definition === undefined || seen.has(key)) return undefined;
  seen.add(key);
  return visit(definition.shape);
}

function firstOf<T, R>(values: readonly T[], find: (value: T) => R | undefined): R | undefined {
  for (const value of values) {
    const found = find(value);
    if (found !== undefined) return found;
  }
  return undefined;
}
