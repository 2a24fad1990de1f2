import { isSchema, SchemaError, type JsonSchema } from './json-schema.ts';

/**
 * What a `$ref` within one document means: `#`, a JSON Pointer (`#/$defs/User`), or the name of an `$anchor`.
 *
 * @throws SchemaError for anything else, and where nothing is there
 */
export function resolveReference(reference: string, root: JsonSchema): JsonSchema {
  if (!reference.startsWith('#'))
    throw new SchemaError(
      `'${reference}' is not within the schema; expected a reference that begins with '#'`,
    );
  const fragment = decodeURIComponent(reference.slice(1));
  const found =
    fragment === '' || fragment.startsWith('/') ? atPointer(fragment, root) : atAnchor(fragment, root);
  if (isSchema(found)) return found;
  throw new SchemaError(`'${reference}' refers to nothing`);
}

function atPointer(pointer: string, root: unknown): unknown {
  let value: unknown = root;
  for (const part of pointer.split('/').slice(1)) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}

function atAnchor(name: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  if ((value as Record<string, unknown>)['$anchor'] === name) return value;
  for (const part of Object.values(value)) {
    const found = atAnchor(name, part);
    if (found !== undefined) return found;
  }
  return undefined;
}
