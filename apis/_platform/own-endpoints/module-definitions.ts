import { isDeepStrictEqual } from 'node:util';
import type { ServedEndpoint } from 'api-deploy';
import type { Json } from '../model/json.ts';

type Schema = Readonly<Record<string, unknown>>;

/**
 * Definitions of a module's endpoints, under names that the whole module shares. Where an endpoint means something else
 * by a name, all names of its schema begin with its own.
 */
export class ModuleDefinitions {
  readonly schemas = new Map<string, Json>();
  readonly #prefixes = new Map<Schema, string>();

  constructor(endpoints: readonly ServedEndpoint[]) {
    const shared = new Map<string, Json>();
    for (const { name, input, output } of endpoints) {
      for (const [schema, side] of [
        [input, 'body'],
        [output, 'result'],
      ] as const) {
        if (schema === undefined) continue;
        const definitions = Object.entries((schema['$defs'] ?? {}) as Record<string, Json>);
        const differs = definitions.some(
          ([key, definition]) => shared.has(key) && !isDeepStrictEqual(shared.get(key), definition),
        );
        const prefix = differs ? `${name}.${side}.` : '';
        this.#prefixes.set(schema, prefix);
        for (const [key, definition] of definitions) {
          if (!differs) shared.set(key, definition);
          this.schemas.set(prefix + key, withPrefix(definition, prefix));
        }
      }
    }
  }

  /** A schema of one of the endpoints, with references to `schemas` in place of definitions of its own. */
  refer(schema: Schema): Json {
    const { $schema: _, $defs: __, ...rest } = schema;
    return withPrefix(rest as { [key: string]: Json }, this.#prefixes.get(schema) ?? '');
  }
}

function withPrefix(value: Json, prefix: string): Json {
  if (Array.isArray(value)) return value.map((item) => withPrefix(item, prefix));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      key === '$ref' && typeof inner === 'string'
        ? inner.replace('#/$defs/', `#/components/schemas/${prefix}`)
        : withPrefix(inner, prefix),
    ]),
  );
}
