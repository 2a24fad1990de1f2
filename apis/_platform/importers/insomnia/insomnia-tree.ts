import type { Json } from '../../model/json.ts';
import { importError } from '../import-error.ts';
import { at, isObject, kindOf, listAt, textAt } from '../read-node.ts';

/** A workspace, folder or request, whichever version wrote it. */
export interface InsomniaNode {
  where: string;
  value: Json;
  /** Undefined for a request. */
  children?: InsomniaNode[];
}

export interface InsomniaTree {
  format: string;
  name: string;
  description: string;
  nodes: InsomniaNode[];
  /** Data of the base environment, then of those below it. */
  environments: { name: string; data: Json; base: boolean }[];
}

/** Version 4: a flat list whose elements name their parents. */
export function readVersion4(root: Json, file: string): InsomniaTree {
  const resources = at(root, 'resources');
  if (!Array.isArray(resources)) {
    throw importError(`expected 'resources' to be a list, got ${kindOf(resources)}`, {
      file,
      pointer: '/resources',
    });
  }
  const byParent = new Map<string, { value: Json; index: number }[]>();
  const ids = new Set<string>();
  for (const [index, value] of resources.entries()) {
    ids.add(textAt(value, '_id') ?? '');
    const parent = textAt(value, 'parentId') ?? '';
    byParent.set(parent, [...(byParent.get(parent) ?? []), { value, index }]);
  }
  const workspace = resources.find((one) => textAt(one, '_type') === 'workspace');
  const seen = new Set<string>();
  const below = (parent: string): InsomniaNode[] => {
    if (seen.has(parent)) return [];
    seen.add(parent);
    return (byParent.get(parent) ?? []).toSorted(bySortKey).flatMap(({ value, index }): InsomniaNode[] => {
      const where = `/resources/${index}`;
      const type = textAt(value, '_type');
      if (type === 'request_group') return [{ where, value, children: below(textAt(value, '_id') ?? '') }];
      return type?.endsWith('request') === true ? [{ where, value }] : [];
    });
  };
  // What names a parent that is not there is at the top.
  const tops = [...byParent.keys()].filter(
    (parent) => !ids.has(parent) || parent === textAt(workspace, '_id'),
  );
  const environments = resources.filter((one) => textAt(one, '_type') === 'environment');
  const base = environments.find((one) => textAt(one, 'parentId') === textAt(workspace, '_id'));
  return {
    format: 'Insomnia 4',
    name: textAt(workspace, 'name') ?? '',
    description: textAt(workspace, 'description') ?? '',
    nodes: [
      ...tops.flatMap(below),
      ...[...byParent.keys()].filter((key) => workspaceOf(resources, key)).flatMap(below),
    ],
    environments: environments.map((one) => ({
      name: textAt(one, 'name') ?? 'environment',
      data: at(one, 'data') ?? {},
      base: one === base,
    })),
  };
}

function workspaceOf(resources: Json[], id: string): boolean {
  return resources.some((one) => textAt(one, '_type') === 'workspace' && textAt(one, '_id') === id);
}

function bySortKey(a: { value: Json }, b: { value: Json }): number {
  return Number(at(a.value, 'metaSortKey') ?? 0) - Number(at(b.value, 'metaSortKey') ?? 0);
}

/** Version 5: a tree, mostly as YAML. */
export function readVersion5(root: Json, file: string): InsomniaTree {
  const collection = at(root, 'collection');
  if (!Array.isArray(collection)) {
    throw importError(`expected 'collection' to be a list, got ${kindOf(collection)}`, {
      file,
      pointer: '/collection',
    });
  }
  const environments = at(root, 'environments');
  const toNodes = (list: Json[], where: string): InsomniaNode[] =>
    list.map((value, index) => {
      const children = at(value, 'children');
      const place = `${where}/${index}`;
      return Array.isArray(children)
        ? { where: place, value, children: toNodes(children, `${place}/children`) }
        : { where: place, value };
    });
  return {
    format: 'Insomnia 5',
    name: textAt(root, 'name') ?? '',
    description: textAt(at(root, 'meta'), 'description') ?? '',
    nodes: toNodes(collection, '/collection'),
    environments: isObject(environments)
      ? [
          { name: textAt(environments, 'name') ?? '', data: at(environments, 'data') ?? {}, base: true },
          ...listAt(environments, 'subEnvironments').map((one) => ({
            name: textAt(one, 'name') ?? 'environment',
            data: at(one, 'data') ?? {},
            base: false,
          })),
        ]
      : [],
  };
}
