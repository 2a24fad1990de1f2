/** JSON Schema, draft 2020-12, as plain data. */
export type JsonSchema = boolean | SchemaObject;
export type SchemaObject = { readonly [keyword: string]: unknown };

/** A schema that cannot be generated from, with its place. */
export class SchemaError extends Error {
  override readonly name = 'SchemaError';
}

export function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'boolean' || isSchemaObject(value);
}

export function isSchemaObject(value: unknown): value is SchemaObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The schemas of a keyword that holds a list of them, such as `anyOf`. */
export function schemaList(value: unknown): readonly JsonSchema[] {
  return Array.isArray(value) ? value.filter(isSchema) : [];
}

/** The schemas of a keyword that holds them by name, such as `properties`. */
export function schemaTable(value: unknown): ReadonlyMap<string, JsonSchema> {
  if (!isSchemaObject(value)) return new Map();
  return new Map(Object.entries(value).flatMap(([key, one]) => (isSchema(one) ? [[key, one] as const] : [])));
}

export function textList(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}

export function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
