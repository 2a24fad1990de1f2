import type { Json } from '../../model/json.ts';
import type { GroupedNotes } from '../grouped-notes.ts';
import type { ImportOptions } from '../importer.ts';
import { asText, at, isObject } from '../read-node.ts';
import { childOf, childrenOf, type Documents, type Located } from './documents.ts';
import type { SchemaStore } from './schema-store.ts';

export type OpenApiVersion = '2.0' | '3.0' | '3.1';

/** What all parts of one reading share. */
export interface Reading {
  readonly documents: Documents;
  readonly version: OpenApiVersion;
  readonly store: SchemaStore;
  readonly notes: GroupedNotes;
  readonly options: ImportOptions;
}

/** What has no counterpart, and why. */
export function note(
  reading: Reading,
  node: Located<Json | undefined>,
  ...[what, reason]: [what: string, reason: string]
): void {
  reading.notes.add({ where: node.pointer || '/', what, reason });
}

/** The children of a list or map, `$ref`s followed; those that lead nowhere are noted and left out. */
export function followed(
  reading: Reading,
  parent: Located<Json | undefined>,
): [key: string, node: Located][] {
  return childrenOf(parent).flatMap(([key, child]): [string, Located][] => {
    const node = reading.documents.follow(child);
    if (node !== undefined) return [[key, node]];
    note(reading, child, `$ref '${asText(at(child.value, '$ref'))}'`, 'it leads nowhere or in a circle');
    return [];
  });
}

/** The example that a parameter or media type gives: its own, or the first of its list. */
export function exampleOf(reading: Reading, node: Located): Json | undefined {
  const examples = childOf(node, 'examples');
  const count = childrenOf(examples).length;
  for (const key of ['example', 'x-example']) {
    const own = at(node.value, key);
    if (own === undefined) continue;
    if (count > 0) note(reading, examples, 'examples', `'${key}' beside them is taken`);
    return own;
  }
  if (count > 1) note(reading, examples, 'further examples', 'the first one is taken');
  if (Array.isArray(examples.value)) return examples.value[0];
  for (const [, example] of followed(reading, examples)) {
    const value = at(example.value, 'value');
    if (value !== undefined) return value;
    if (!isObject(example.value)) return example.value;
    if (at(example.value, 'externalValue') !== undefined) {
      note(reading, example, 'externalValue', 'examples at other addresses are not fetched');
    }
  }
  return undefined;
}
