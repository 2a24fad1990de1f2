import type { Json } from '../../model/json.ts';
import { at, type JsonObject } from '../read-node.ts';

/** One schema object of OpenAPI 3.0 or Swagger 2.0 in the words of JSON Schema 2020-12; its parts are done already. */
export function toCurrentDialect(schema: JsonObject): JsonObject {
  const out = new Map(Object.entries(schema));
  for (const limit of ['Minimum', 'Maximum']) {
    const exclusive = `exclusive${limit}`;
    const value = out.get(exclusive);
    if (typeof value !== 'boolean') continue;
    out.delete(exclusive);
    const inclusive = out.get(limit.toLowerCase());
    if (!value || inclusive === undefined) continue;
    out.delete(limit.toLowerCase());
    out.set(exclusive, inclusive);
  }
  if (out.has('example')) {
    const example = out.get('example') as Json;
    out.delete('example');
    if (!out.has('examples')) out.set('examples', [example]);
  }
  if (out.get('type') === 'file') {
    out.set('type', 'string');
    out.set('format', 'binary');
  }
  if (Array.isArray(out.get('items'))) {
    out.set('prefixItems', out.get('items') as Json);
    out.delete('items');
  }
  const required = out.get('required');
  // `required: true` on a property is a mistake from JSON Schema draft 3 that many documents carry.
  if (required !== undefined && !Array.isArray(required)) out.delete('required');
  const nullable = out.get('nullable') === true || out.get('x-nullable') === true;
  out.delete('nullable');
  out.delete('x-nullable');
  const result = Object.fromEntries(out);
  return nullable ? orNull(result) : result;
}

function orNull(schema: JsonObject): JsonObject {
  const type = at(schema, 'type');
  if (typeof type !== 'string') {
    const composed = ['allOf', 'oneOf', 'anyOf', 'enum'].some((key) => key in schema);
    return composed ? { anyOf: [schema, { type: 'null' }] } : schema;
  }
  const listed = at(schema, 'enum');
  return {
    ...schema,
    type: [type, 'null'],
    ...(Array.isArray(listed) && !listed.includes(null) ? { enum: [...listed, null] } : {}),
  };
}
