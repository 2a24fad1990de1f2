import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { Shape, Signature } from '../../src/contract/signature.ts';
import { childShapes, referredNames } from '../../src/signatures/child-shapes.ts';
import { toJsonSchema, type JsonSchema } from '../../src/signatures/to-json-schema.ts';
import { toZod } from '../../src/signatures/to-zod.ts';
import type { Shapes } from './make-signature.ts';

/** Strict, so that a keyword that says nothing is an error; tuples with optional elements are meant. */
export function compileSchema(schema: JsonSchema): ValidateFunction {
  const ajv = new Ajv2020({
    strict: true,
    strictTuples: false,
    allErrors: false,
    ownProperties: true,
    // 0.3 is a multiple of 0.1, although the quotient of these doubles is not 3.
    multipleOfPrecision: 9,
  });
  (addFormats as unknown as (ajv: Ajv2020) => void)(ajv);
  return ajv.compile({ ...schema });
}

export interface Verdicts {
  readonly zod: boolean;
  readonly ajv: boolean;
}

/** What the validator and the published schema say of a body. */
export function createJudge(signature: Signature): (body: unknown) => Verdicts {
  const validate = compileSchema(toJsonSchema(signature));
  const schema = toZod(signature);
  return (body) => ({ zod: schema.safeParse(body).success, ajv: validate(body) });
}

/** Whether the validator knows rules that JSON Schema has no words for. */
export function isBeyondJsonSchema(shape: Shape, definitions: Shapes): boolean {
  return withParts(shape, definitions).some((one) => {
    if (one.kind === 'map' || one.kind === 'url' || one.kind === 'file') return true;
    if (one.kind === 'bigint') return Object.keys(one).length > 1;
    const unique = one.kind === 'set' || (one.kind === 'array' && one.uniqueItems === true);
    return unique && withParts(one, definitions).some(({ kind }) => rewritten.has(kind));
  });
}

/** Kinds that become the same value from several texts. */
const rewritten: ReadonlySet<Shape['kind']> = new Set(['bigint', 'bigintLiteral', 'date', 'url', 'bytes']);

/** The shape and all that it is made of, through references too. */
function withParts(shape: Shape, definitions: Shapes): readonly Shape[] {
  const definitionOf = (name: string): Shape => definitions[name] ?? { kind: 'never' };
  const parts = (one: Shape): readonly Shape[] => [one, ...childShapes(one).flatMap(parts)];
  return [shape, ...referredNames([shape], definitionOf).map(definitionOf)].flatMap(parts);
}
