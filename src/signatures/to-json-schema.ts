import type { Shape, Signature } from '../contract/signature.ts';
import { referredNames } from './child-shapes.ts';
import { resolveShape, type Definitions } from './discriminator.ts';
import type { JsonSchema, SchemaSide } from './json-schema.ts';
import { createSchemaWriter, type SchemaWriter } from './schema-writer.ts';

export { createSchemaWriter } from './schema-writer.ts';
export type { JsonSchema, SchemaSide, SchemaWriter } from './schema-writer.ts';

const dialect = 'https://json-schema.org/draft/2020-12/schema';

/**
 * JSON Schema (draft 2020-12) of the request body, with descriptions, defaults and examples; named types
 * are in `$defs`.
 */
export function toJsonSchema({ parameters, definitions }: Signature): JsonSchema {
  const writer = createSchemaWriter(definitions);
  const shapes = parameters.map(({ shape }) => shape);
  return { $schema: dialect, ...writer.object(parameters), ...definitionsOf(shapes, definitions, writer) };
}

/** JSON Schema of the result as it is sent; of a stream, one item's. */
export function returnsToJsonSchema({ returns, definitions, returnsDescription }: Signature): JsonSchema {
  const schema = shapeToJsonSchema(returns.shape, { definitions, side: 'output' });
  return returnsDescription === undefined ? schema : { ...schema, description: returnsDescription };
}

export interface ShapeSchemaOptions {
  /** Default: none. */
  readonly definitions?: Definitions;
  /** Default: `input`. */
  readonly side?: SchemaSide;
}

/**
 * JSON Schema of one shape, with the definitions that it needs in `$defs`.
 *
 * @throws Error when the shape refers to what `definitions` does not have
 */
export function shapeToJsonSchema(
  shape: Shape,
  { definitions = {}, side = 'input' }: ShapeSchemaOptions = {},
): JsonSchema {
  const writer = createSchemaWriter(definitions, { side });
  return { $schema: dialect, ...writer.shape(shape), ...definitionsOf([shape], definitions, writer) };
}

function definitionsOf(shapes: readonly Shape[], definitions: Definitions, writer: SchemaWriter): JsonSchema {
  const names = referredNames(shapes, (name) => {
    resolveShape({ kind: 'ref', name }, definitions);
    return definitions[name]?.shape ?? { kind: 'never' };
  });
  if (names.length === 0) return {};
  return { $defs: Object.fromEntries(names.map((name) => [name, writer.definition(name)])) };
}
