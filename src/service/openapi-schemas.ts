import type { Signature } from '../contract/signature.ts';
import {
  definitionPrefix,
  type SignatureSchemas,
  type WrittenSchema,
} from '../describe/signature-schemas.ts';
import { createSchemaWriter, type SchemaSide, type SchemaWriter } from '../signatures/to-json-schema.ts';

/** JSON Schemas as OpenAPI takes them, with its discriminators. */
export const openapiSchemas: SignatureSchemas = {
  body: (signature) => write(signature, 'input', (writer) => writer.object(signature.parameters)),
  returned: (signature) => write(signature, 'output', (writer) => writer.shape(signature.returns.shape)),
};

function write(
  { definitions }: Signature,
  side: SchemaSide,
  what: (writer: SchemaWriter) => WrittenSchema['schema'],
): WrittenSchema {
  const writer = createSchemaWriter(definitions, { side, refPrefix: definitionPrefix, discriminators: true });
  const named = Object.keys(definitions).map((name) => [name, writer.definition(name)] as const);
  return { schema: what(writer), definitions: Object.fromEntries(named) };
}
