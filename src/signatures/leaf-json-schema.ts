import type { BigintShape, NumberLimits, NumberShape, Shape, StringShape } from '../contract/signature.ts';
import type { JsonSchema, SchemaSide } from './json-schema.ts';
import { digitsPattern } from './number-schema.ts';
import { dateTimePattern, formatRules } from './string-formats.ts';
import { base64Pattern, urlPattern } from './text-schemas.ts';

type Composite = 'array' | 'set' | 'map' | 'tuple' | 'object' | 'union' | 'ref';
type Literal = string | number | boolean;

export type LeafShape =
  | Exclude<Shape, { kind: Composite }>
  /** All literals of a union. */
  | { readonly kind: 'literals'; readonly values: readonly Literal[] };

/** The JSON Schema of a shape without parts. */
export function leafJsonSchema(shape: LeafShape, side: SchemaSide): JsonSchema {
  switch (shape.kind) {
    case 'string':
      return stringJsonSchema(shape);
    case 'number':
      return numberJsonSchema(shape, side);
    case 'bigint':
      return bigintJsonSchema(shape, side);
    case 'boolean':
      return { type: 'boolean' };
    case 'null':
      return { type: 'null' };
    case 'undefined':
      // A result that is undefined is sent as null; in a request it can only be left out.
      return side === 'output' ? { type: 'null' } : { not: {} };
    case 'unknown':
      return {};
    case 'never':
      return { not: {} };
    case 'anyObject':
      return { anyOf: [{ type: 'object' }, { type: 'array' }] };
    case 'date':
      return side === 'output' ? { type: 'string', format: 'date-time' } : { anyOf: dateForms };
    case 'url':
      return { type: 'string', pattern: urlPattern };
    case 'bytes':
      return { type: 'string', contentEncoding: 'base64', pattern: base64Pattern };
    case 'file':
      return { type: 'string', format: 'binary' };
    case 'literal':
      return literalsJsonSchema([shape.value]);
    case 'literals':
      return literalsJsonSchema(shape.values);
    case 'bigintLiteral':
      return bigintLiteralJsonSchema(shape.value, side);
    case 'template':
      return { type: 'string', pattern: shape.pattern };
    default: {
      const check: never = shape;
      return check;
    }
  }
}

const dateForms = [
  { type: 'string', format: 'date-time', pattern: dateTimePattern },
  { type: 'string', format: 'date' },
];

function stringJsonSchema({ minLength, maxLength, pattern, format }: StringShape): JsonSchema {
  const narrower = format === undefined ? undefined : formatRules[format].narrower;
  const most = Math.min(maxLength ?? Infinity, narrower?.maxLength ?? Infinity);
  const patterns = [pattern, narrower?.pattern].filter((one) => one !== undefined);
  const [only, second] = patterns;
  return {
    type: 'string',
    ...(format === undefined ? {} : { format }),
    ...(minLength === undefined ? {} : { minLength }),
    ...(most === Infinity ? {} : { maxLength: most }),
    ...(only === undefined ? {} : { pattern: only }),
    ...(second === undefined ? {} : { allOf: [{ pattern: second }] }),
  };
}

/** Integers of requests are those that doubles hold exactly: others have lost digits on their way already. */
function numberJsonSchema({ kind: _kind, integer, ...limits }: NumberShape, side: SchemaSide): JsonSchema {
  if (integer !== true) return { type: 'number', ...limits };
  return { type: 'integer', ...(side === 'input' ? withinExact(limits) : limits) };
}

function withinExact(limits: NumberLimits): NumberLimits {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = limits;
  const low = Math.max(minimum ?? -Infinity, exclusiveMinimum ?? -Infinity);
  const high = Math.min(maximum ?? Infinity, exclusiveMaximum ?? Infinity);
  return {
    ...limits,
    ...(low >= Number.MIN_SAFE_INTEGER ? {} : { minimum: Number.MIN_SAFE_INTEGER }),
    ...(high <= Number.MAX_SAFE_INTEGER ? {} : { maximum: Number.MAX_SAFE_INTEGER }),
  };
}

function bigintJsonSchema({ kind: _kind, ...limits }: BigintShape, side: SchemaSide): JsonSchema {
  if (side === 'output') return { type: 'string', pattern: '^(?:0|-?[1-9]\\d*)$' };
  return {
    anyOf: [
      { type: 'integer', ...withinExact(limits) },
      { type: 'string', pattern: digitsPattern },
    ],
  };
}

function bigintLiteralJsonSchema(digits: string, side: SchemaSide): JsonSchema {
  const number = Number(digits);
  const sent = side === 'input' && Number.isSafeInteger(number) ? [number] : [];
  return literalsJsonSchema([...sent, digits]);
}

function literalsJsonSchema(values: readonly Literal[]): JsonSchema {
  const types = new Set(values.map((value) => typeof value));
  const [type] = types;
  const [only] = values;
  return {
    ...(types.size === 1 ? { type } : {}),
    ...(values.length === 1 ? { const: only } : { enum: [...new Set(values)] }),
  };
}
