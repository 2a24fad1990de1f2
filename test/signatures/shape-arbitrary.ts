import fc from 'fast-check';
import {
  stringFormats,
  type IndexSignature,
  type NumberLimits,
  type ObjectShape,
  type Property,
  type Shape,
  type TupleElement,
} from '../../src/contract/signature.ts';
import { isBeyondJsonSchema } from './agreement.ts';
import type { Shapes } from './make-signature.ts';

/** A shape with the definitions that it refers to, which may refer to themselves and each other. */
export interface ShapeCase {
  readonly shape: Shape;
  readonly definitions: Shapes;
}

// ajv itself trips over a `toString` in lists of unique objects.
const names = ['a', 'b', 'id', 'odd key', 'isPrototypeOf', 'größe', 'x-y'];
const definitionNames = ['Node', 'Leaf', 'Größe'] as const;
/** None fits what another does not, so that values can be made for each. */
export const patterns = ['^[a-c]{2,5}$', '\\d', '^x|y$', '^\\p{Lu}', '[^\\s]'] as const;
export const templates = [
  { pattern: '^\\d+px$', text: '`${number}px`' },
  { pattern: '^(?:a|b)-[\\s\\S]*$', text: "`${'a' | 'b'}-${string}`" },
] as const;
export const keyPatterns = ['^x-[a-z]*$', '^(?:0|[1-9]\\d*)$', '^[a-c]+$'] as const;

const limitsArbitrary: fc.Arbitrary<NumberLimits> = fc
  .record({
    low: fc.integer({ min: -100, max: 100 }),
    size: fc.integer({ min: 4, max: 60 }),
    open: fc.boolean(),
    shown: fc.constantFrom('both', 'low', 'high', 'none'),
    multipleOf: fc.option(fc.constantFrom(1, 2, 0.5, 0.1, 0.01), { nil: undefined, freq: 3 }),
  })
  .map(({ low, size, open, shown, multipleOf }) => ({
    ...(shown === 'both' || shown === 'low' ? { [open ? 'exclusiveMinimum' : 'minimum']: low } : {}),
    ...(shown === 'both' || shown === 'high' ? { [open ? 'exclusiveMaximum' : 'maximum']: low + size } : {}),
    ...(multipleOf === undefined ? {} : { multipleOf }),
  }));

const stringArbitrary: fc.Arbitrary<Shape> = fc.oneof(
  fc.constant<Shape>({ kind: 'string' }),
  fc
    .tuple(fc.nat(4), fc.nat(4), fc.constantFrom('both', 'least', 'most'))
    .map(([minLength, more, shown]): Shape => ({
      kind: 'string',
      ...(shown === 'most' ? {} : { minLength }),
      ...(shown === 'least' ? {} : { maxLength: minLength + more }),
    })),
  fc.constantFrom(...patterns).map((pattern): Shape => ({ kind: 'string', pattern })),
  fc.constantFrom(...stringFormats).map((format): Shape => ({ kind: 'string', format })),
);

const literalArbitrary = fc
  .oneof(fc.constantFrom('x', 'y', '', '5', 'größe', '2030-01-01'), fc.constantFrom(0, 1, -1.5), fc.boolean())
  .map((value): Shape => ({ kind: 'literal', value }));

const plainLeaf: fc.Arbitrary<Shape> = fc.oneof(
  stringArbitrary,
  fc
    .tuple(limitsArbitrary, fc.boolean())
    .map(([limits, integer]): Shape => ({ kind: 'number', ...limits, ...(integer ? { integer } : {}) })),
  fc.constantFrom('5', '-7', '90071992547409930').map((value): Shape => ({ kind: 'bigintLiteral', value })),
  fc.constantFrom(...templates).map((template): Shape => ({ kind: 'template', ...template })),
  literalArbitrary,
  fc
    .constantFrom('boolean', 'null', 'unknown', 'anyObject', 'date', 'bytes', 'bigint')
    .map((kind): Shape => ({ kind })),
);

/** With rules that JSON Schema has no words for. */
const anyLeaf: fc.Arbitrary<Shape> = fc.oneof(
  { arbitrary: plainLeaf, weight: 4 },
  { arbitrary: limitsArbitrary.map((limits): Shape => ({ kind: 'bigint', ...limits })), weight: 1 },
  { arbitrary: fc.constant<Shape>({ kind: 'url' }), weight: 1 },
);

const emptyArbitrary = fc.constantFrom('never', 'undefined').map((kind): Shape => ({ kind }));

/** Where a value may be left out, so that what refers to itself ends somewhere. */
const referenceArbitrary = fc.constantFrom(...definitionNames).map((name): Shape => ({ kind: 'ref', name }));

/** Of shapes that JSON Schema describes to the last detail. */
export const exactCases: fc.Arbitrary<ShapeCase> = casesOf(plainLeaf, []).filter(
  ({ shape, definitions }) => !isBeyondJsonSchema(shape, definitions),
);

/** Of all shapes. */
export const allCases: fc.Arbitrary<ShapeCase> = casesOf(anyLeaf, [
  (shape, avoidable) =>
    fc.tuple(shape, avoidable).map(([key, value]): Shape => ({ kind: 'map', key, value })),
]);

type Composite = (shape: fc.Arbitrary<Shape>, avoidable: fc.Arbitrary<Shape>) => fc.Arbitrary<Shape>;

function casesOf(leaf: fc.Arbitrary<Shape>, more: readonly Composite[]): fc.Arbitrary<ShapeCase> {
  const composites: readonly Composite[] = [
    (_shape, avoidable) => arrayArbitrary(avoidable),
    (_shape, avoidable) => avoidable.map((element): Shape => ({ kind: 'set', element })),
    tupleArbitrary,
    objectArbitrary,
    unionArbitrary,
    taggedArbitrary,
    ...more,
  ];
  const { shape } = fc.letrec<{ shape: Shape; avoidable: Shape }>((tie) => ({
    shape: fc.oneof(
      { maxDepth: 3, depthSize: 'small', withCrossShrink: true },
      { arbitrary: leaf, weight: 2 },
      ...composites.map((of) => ({ arbitrary: of(tie('shape'), tie('avoidable')), weight: 1 })),
    ),
    avoidable: fc.oneof(
      { maxDepth: 3, depthSize: 'small' },
      { arbitrary: leaf, weight: 3 },
      { arbitrary: referenceArbitrary, weight: 2 },
      { arbitrary: emptyArbitrary, weight: 1 },
      { arbitrary: tie('shape'), weight: 3 },
    ),
  }));
  const definition = objectArbitrary(shape, fc.oneof(shape, referenceArbitrary));
  return fc.record({
    shape: fc.oneof({ arbitrary: shape, weight: 3 }, { arbitrary: referenceArbitrary, weight: 1 }),
    definitions: fc.record(Object.fromEntries(definitionNames.map((name) => [name, definition]))),
  });
}

function arrayArbitrary(element: fc.Arbitrary<Shape>): fc.Arbitrary<Shape> {
  return fc
    .tuple(element, fc.option(fc.nat(5), { nil: undefined }), fc.boolean())
    .map(([element, maxItems, uniqueItems]): Shape => ({
      kind: 'array',
      element,
      ...(maxItems === undefined ? {} : { maxItems }),
      ...(uniqueItems ? { uniqueItems } : {}),
    }));
}

function tupleArbitrary(shape: fc.Arbitrary<Shape>, avoidable: fc.Arbitrary<Shape>): fc.Arbitrary<Shape> {
  const element = (of: fc.Arbitrary<Shape>, about: Partial<TupleElement>): fc.Arbitrary<TupleElement> =>
    of.map((shape) => ({ shape, optional: false, rest: false, ...about }));
  return fc
    .tuple(
      fc.array(element(shape, { name: 'x' }), { maxLength: 2 }),
      fc.array(element(avoidable, { optional: true }), { maxLength: 2 }),
      fc.array(element(avoidable, { rest: true }), { maxLength: 1 }),
    )
    .map((parts): Shape => ({ kind: 'tuple', elements: parts.flat() }));
}

function objectArbitrary(
  shape: fc.Arbitrary<Shape>,
  avoidable: fc.Arbitrary<Shape>,
): fc.Arbitrary<ObjectShape> {
  const required = shape.map((shape): Omit<Property, 'name'> => ({ shape, optional: false }));
  const optional = avoidable.map((shape): Omit<Property, 'name'> => ({ shape, optional: true }));
  const index: fc.Arbitrary<IndexSignature> = fc
    .tuple(fc.option(fc.constantFrom(...keyPatterns), { nil: undefined }), avoidable)
    .map(([pattern, value]) => ({ value, ...(pattern === undefined ? {} : { pattern }) }));
  return fc
    .tuple(
      fc.uniqueArray(fc.constantFrom(...names), { maxLength: 4 }),
      fc.array(fc.oneof(required, optional), { minLength: 4, maxLength: 4 }),
      fc.option(fc.array(index, { minLength: 1, maxLength: 2 }), { nil: undefined, freq: 3 }),
    )
    .map(([keys, about, index]) => ({
      kind: 'object',
      properties: keys.map((name, at) => ({ name, shape: { kind: 'null' }, optional: true, ...about[at] })),
      ...(index === undefined ? {} : { index }),
    }));
}

function unionArbitrary(shape: fc.Arbitrary<Shape>): fc.Arbitrary<Shape> {
  return fc
    .array(fc.oneof(shape, literalArbitrary), { minLength: 2, maxLength: 4 })
    .map((members): Shape => ({ kind: 'union', members }));
}

function taggedArbitrary(shape: fc.Arbitrary<Shape>): fc.Arbitrary<Shape> {
  return fc.array(shape, { minLength: 2, maxLength: 3 }).map((shapes): Shape => ({
    kind: 'union',
    discriminator: 'kind',
    members: shapes.map((shape, at) => ({
      kind: 'object',
      properties: [
        { name: 'kind', shape: { kind: 'literal', value: `k${at}` }, optional: false },
        { name: 'v', shape, optional: at === 1 },
      ],
    })),
  }));
}
