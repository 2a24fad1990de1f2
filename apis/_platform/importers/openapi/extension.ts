import { z } from 'zod';
import type { Json } from '../../model/json.ts';
import { authShape, entryShape, shapeProblem, variableShape } from '../entry-shape.ts';
import type { ImportedCollection, ImportedEntry } from '../importer.ts';
import { at, isObject } from '../read-node.ts';
import { refsIn } from './bundle-schema.ts';
import { childOf, childrenOf, type Located } from './documents.ts';
import { note, type Reading } from './reading.ts';

/** What an export writes for which OpenAPI has no words. */
export const extensionKey = 'x-api-deploy';

/**
 * The entry with what an export wrote beside its operation: only the parts that reading the operation alone would
 * not give. A part that is null is taken away.
 */
export function withExtension(reading: Reading, entry: ImportedEntry, operation: Located): ImportedEntry {
  const given = childOf(operation, extensionKey);
  if (!isObject(given.value)) return entry;
  const { request, ...parts } = given.value;
  const laid: { [key: string]: unknown } = {
    ...entry,
    ...parts,
    request: { ...entry.request, ...(isObject(request) ? request : {}) },
  };
  const checked = checkEntry(reading, given as Located, { value: laid as Json, where: entry.where });
  return checked ?? entry;
}

/** Entries that have no place among the paths, variables, environments, categories. */
export function readExtension(reading: Reading, collection: ImportedCollection): void {
  const given = childOf(reading.documents.root, extensionKey);
  if (!isObject(given.value)) return;
  for (const [, node] of childrenOf(childOf(given as Located, 'entries'))) {
    const entry = checkEntry(reading, node, { value: node.value, where: node.pointer });
    if (entry !== undefined) collection.entries.push(entry);
    else
      collection.skipped.push({ where: node.pointer, name: node.pointer, reason: 'it is no catalog entry' });
  }
  const rest = restShape.safeParse({ ...given.value, entries: undefined });
  if (!rest.success) {
    note(reading, given, extensionKey, shapeProblem(rest.error));
    return;
  }
  const { auth, variables, environments, categories } = rest.data;
  if (auth !== undefined) collection.auth = auth as NonNullable<ImportedCollection['auth']>;
  if (variables !== undefined) collection.variables = variables as ImportedCollection['variables'];
  if (environments !== undefined)
    collection.environments = environments as ImportedCollection['environments'];
  if (categories !== undefined) collection.categories = categories as ImportedCollection['categories'];
}

const restShape = z.looseObject({
  auth: authShape.optional(),
  variables: z.array(variableShape).optional(),
  environments: z
    .array(z.strictObject({ name: z.string().min(1).max(100), variables: z.array(variableShape) }))
    .optional(),
  categories: z
    .array(
      z.strictObject({
        name: z.string().min(1).max(100),
        description: z.string(),
        colour: z
          .string()
          .regex(/^#[0-9a-fA-F]{6}$/)
          .optional(),
        auth: authShape.optional(),
      }),
    )
    .optional(),
});

function checkEntry(
  reading: Reading,
  node: Located,
  given: { value: Json; where: string },
): ImportedEntry | undefined {
  if (!isObject(given.value)) return undefined;
  const { where: _, ...parts } = given.value;
  const kept = Object.fromEntries(
    Object.entries(parts).filter(([, value]) => value !== null && value !== undefined),
  );
  const parsed = entryShape.safeParse(kept);
  if (!parsed.success) {
    note(reading, node, extensionKey, shapeProblem(parsed.error));
    return undefined;
  }
  const schemas = at(given.value, 'schemas');
  for (const name of schemas === undefined ? [] : refsIn(schemas)) {
    reading.store.convert({ ...reading.documents.root, value: { $ref: `#/components/schemas/${name}` } });
  }
  return { where: given.where, ...(parsed.data as Omit<ImportedEntry, 'where'>) };
}
