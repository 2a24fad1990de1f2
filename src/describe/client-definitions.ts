import type { Definition, Shape, Signature } from '../contract/signature.ts';
import type { Endpoint } from '../registry/snapshot.ts';
import { nameGroups, type DefinitionGroup } from './client-names.ts';
import { differsByDirection, referencesOf } from './client-shapes.ts';
import type { Direction } from './client-types.ts';

/** One type that the client exports. */
export interface NamedType {
  readonly name: string;
  readonly direction: Direction;
  readonly definition: Definition;
  /** Where the references inside of the definition are looked up. */
  readonly signature: Signature;
}

export interface NamedTypes {
  /** What the client uses, by name. */
  readonly list: readonly NamedType[];
  nameOf(signature: Signature, reference: string, direction: Direction): string;
}

/** A definition of one signature; those that mean the same in all signatures share a group. */
interface Node {
  readonly name: string;
  /** `name` without the number that tells two types of one name in one signature apart. */
  readonly base: string;
  readonly definition: Definition;
  readonly references: readonly string[];
  readonly signature: Signature;
  readonly module: string;
  group: number;
}

/**
 * Gathers the named types of all signatures. Types of the same name and meaning are one, whichever modules
 * use them; what callers send differently than they get it is two, the one to send with `Input` at its end.
 */
export function collectNamedTypes(endpoints: readonly Endpoint[]): NamedTypes {
  const nodes = new Map<Signature, Map<string, Node>>();
  for (const { signature, module } of endpoints) nodes.set(signature, toNodes(signature, module));
  const nodeOf = (signature: Signature, reference: string): Node => {
    const node = nodes.get(signature)?.get(reference);
    if (node !== undefined) return node;
    throw new Error(`the client cannot be made: no definition '${reference}' in '${signature.text}'`);
  };
  const all = [...nodes.values()].flatMap((own) => [...own.values()]);
  const count = groupNodes(all, nodeOf);
  const uses = findUses(endpoints, nodeOf);
  const names = nameGroups(toGroups(all, { count, uses, nodeOf }));
  const nameOf: NamedTypes['nameOf'] = (signature, reference, direction) => {
    const { group } = nodeOf(signature, reference);
    return names[group]?.[direction] ?? reference;
  };
  const list = new Map<string, NamedType>();
  for (const { node, direction } of uses) {
    const { definition, signature } = node;
    const name = nameOf(signature, node.name, direction);
    if (!list.has(name)) list.set(name, { name, direction, definition, signature });
  }
  return { list: [...list.values()].sort((one, other) => (one.name < other.name ? -1 : 1)), nameOf };
}

type NodeOf = (signature: Signature, reference: string) => Node;

function toNodes(signature: Signature, module: string): Map<string, Node> {
  const { definitions } = signature;
  const baseOf = (name: string): string => {
    const base = name.replace(/\d+$/, '');
    return base !== '' && Object.hasOwn(definitions, base) ? base : name;
  };
  const entries = Object.entries(definitions).map(([name, definition]): [string, Node] => {
    const references = referencesOf(definition.shape);
    return [name, { name, base: baseOf(name), definition, references, signature, module, group: 0 }];
  });
  return new Map(entries);
}

/**
 * Two definitions are the same when they read the same and all that they refer to is the same, round every
 * circle: groups are split until nothing tells their members apart. Gives the number of groups.
 */
function groupNodes(nodes: readonly Node[], nodeOf: NodeOf): number {
  let count = assignGroups(nodes, ({ base, definition, signature }) => {
    const named = (_: string, value: unknown): unknown =>
      isReference(value) ? { kind: 'ref', name: nodeOf(signature, value.name).base } : value;
    return JSON.stringify([base, definition], named);
  });
  for (;;) {
    const split = assignGroups(nodes, ({ group, references, signature }) =>
      [group, ...references.map((reference) => nodeOf(signature, reference).group)].join(),
    );
    if (split === count) return count;
    count = split;
  }
}

function isReference(value: unknown): value is Shape & { readonly kind: 'ref' } {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'ref';
}

function assignGroups(nodes: readonly Node[], keyOf: (node: Node) => string): number {
  const numbers = new Map<string, number>();
  const keys = nodes.map(keyOf);
  for (const [at, node] of nodes.entries()) {
    const key = keys[at] ?? '';
    node.group = numbers.get(key) ?? numbers.size;
    numbers.set(key, node.group);
  }
  return numbers.size;
}

interface Use {
  readonly node: Node;
  readonly direction: Direction;
}

/** Follows references from parameters as input, from results as output. */
function findUses(endpoints: readonly Endpoint[], nodeOf: NodeOf): readonly Use[] {
  const seen: Record<Direction, Set<Node>> = { input: new Set(), output: new Set() };
  const visit = (shape: Shape, signature: Signature, direction: Direction): void => {
    for (const reference of referencesOf(shape)) {
      const node = nodeOf(signature, reference);
      if (seen[direction].has(node)) continue;
      seen[direction].add(node);
      visit(node.definition.shape, signature, direction);
    }
  };
  for (const { signature } of endpoints) {
    for (const { shape } of signature.parameters) visit(shape, signature, 'input');
    visit(signature.returns.shape, signature, 'output');
  }
  return (['input', 'output'] as const).flatMap((direction) =>
    [...seen[direction]].map((node) => ({ node, direction })),
  );
}

interface Grouped {
  readonly count: number;
  readonly uses: readonly Use[];
  readonly nodeOf: NodeOf;
}

function toGroups(nodes: readonly Node[], { count, uses, nodeOf }: Grouped): DefinitionGroup[] {
  const members: Node[][] = Array.from({ length: count }, () => []);
  for (const node of nodes) members[node.group]?.push(node);
  const differing = differingGroups(members, nodeOf);
  const used = (direction: Direction): ReadonlySet<number> =>
    new Set(uses.filter((use) => use.direction === direction).map(({ node }) => node.group));
  const [inputs, outputs] = [used('input'), used('output')];
  const beside = new Map<Signature, Node[]>();
  for (const node of nodes) beside.set(node.signature, [...(beside.get(node.signature) ?? []), node]);
  return members.map((own, group) => {
    const siblings = own.flatMap(({ signature, base }) =>
      (beside.get(signature) ?? []).filter((other) => other.base === base && other.group !== group),
    );
    return {
      base: own[0]?.base ?? '',
      name: own.map(({ name }) => name).sort()[0] ?? '',
      modules: [...new Set(own.map(({ module }) => module))].sort(),
      differs: differing.has(group),
      input: inputs.has(group),
      output: outputs.has(group),
      siblings: [...new Set(siblings.map((sibling) => sibling.group))],
    };
  });
}

/** Those whose own form depends on the direction, or that of anything that they refer to. */
function differingGroups(members: readonly (readonly Node[])[], nodeOf: NodeOf): ReadonlySet<number> {
  const users = new Map<number, number[]>();
  const found = new Set<number>();
  for (const [group, [node]] of members.entries()) {
    if (node === undefined) continue;
    if (differsByDirection(node.definition.shape)) found.add(group);
    for (const reference of node.references) {
      const used = nodeOf(node.signature, reference).group;
      users.set(used, [...(users.get(used) ?? []), group]);
    }
  }
  for (const group of found) for (const user of users.get(group) ?? []) found.add(user);
  return found;
}
