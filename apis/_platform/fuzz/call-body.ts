import type { Body } from './arbitraries/bodies.ts';
import { isSchemaObject, schemaTable, type JsonSchema } from './schema/json-schema.ts';

/** The body with files where the schema has some: their text was generated in their place. */
export function toCallBody(body: Body, schema: JsonSchema): Body {
  const properties = isSchemaObject(schema)
    ? schemaTable(schema['properties'])
    : new Map<string, JsonSchema>();
  return Object.fromEntries(
    Object.entries(body).map(([name, value]) => {
      const property = properties.get(name);
      if (isFile(property)) return [name, toFile(value)];
      if (!isSchemaObject(property) || !isFile(property['items']) || !Array.isArray(value))
        return [name, value];
      return [name, (value as unknown[]).map(toFile)];
    }),
  );
}

function isFile(schema: unknown): boolean {
  return isSchemaObject(schema) && schema['type'] === 'string' && schema['format'] === 'binary';
}

function toFile(value: unknown): unknown {
  return typeof value === 'string' ? new File([value], 'fuzz.txt', { type: 'text/plain' }) : value;
}
