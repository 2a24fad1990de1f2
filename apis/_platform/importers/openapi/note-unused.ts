import type { ImportedCollection } from '../importer.ts';
import { at, isObject, listAt, pointerToken, textAt } from '../read-node.ts';
import { childOf, childrenOf, type Located } from './documents.ts';
import { note, type Reading } from './reading.ts';
import type { SecuritySchemes } from './security.ts';

/** Tells what a document declares and no operation uses, and what it says of itself. */
export function noteUnused(
  reading: Reading,
  { categories }: ImportedCollection,
  { declared, used }: SecuritySchemes,
): void {
  const { root } = reading.documents;
  const info = childOf(root, 'info') as Located;
  for (const key of ['description', 'termsOfService', 'contact', 'license']) {
    const part = childOf(info, key);
    if (part.value !== undefined) note(reading, part, key, 'a module has no place for it');
  }
  const docs = childOf(root, 'externalDocs');
  if (docs.value !== undefined) note(reading, docs, 'externalDocs', 'links to documents are not taken over');
  const names = new Set(categories.map(({ name }) => name));
  for (const [index, tag] of listAt(root.value, 'tags').entries()) {
    const name = textAt(tag, 'name')?.trim() ?? '';
    if (name === '' || names.has(name.slice(0, 100).trim()) || name.length > 100) continue;
    const where = `/tags/${pointerToken(String(index))}`;
    reading.notes.add({ where, what: 'tag', reason: 'no operation has it as its first tag' });
  }
  for (const [name, scheme] of declared) {
    if (!used.has(name)) note(reading, scheme, 'security scheme', 'nothing asks for it');
  }
  noteSchemas(reading);
}

function noteSchemas(reading: Reading): void {
  const { root } = reading.documents;
  const schemas =
    reading.version === '2.0'
      ? childOf(root, 'definitions')
      : childOf(childOf(root, 'components') as Located, 'schemas');
  for (const [, schema] of childrenOf(schemas)) {
    // One that only leads to another is followed, and has no name of its own.
    if (isObject(schema.value) && at(schema.value, '$ref') !== undefined) continue;
    if (reading.store.holds(schema)) continue;
    note(reading, schema, 'schema', 'no request and no answer refers to it');
  }
}
