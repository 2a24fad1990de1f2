import fc from 'fast-check';
import type {
  NumberLimits,
  ObjectShape,
  Shape,
  StringFormat,
  TupleElement,
} from '../../src/contract/signature.ts';
import type { Shapes } from './make-signature.ts';

/** JSON values that fit a shape; undefined where none does, or none that ends within the depth. */
export function fittingValues(
  shape: Shape,
  definitions: Shapes,
  depth = 4,
): fc.Arbitrary<unknown> | undefined {
  const inner = (part: Shape): fc.Arbitrary<unknown> | undefined =>
    depth <= 0 ? undefined : fittingValues(part, definitions, depth - 1);
  switch (shape.kind) {
    case 'ref': {
      const meant = definitions[shape.name];
      return meant === undefined ? undefined : inner(meant);
    }
    case 'array':
      return listOf(inner(shape.element), shape.maxItems ?? 3, shape.uniqueItems === true);
    case 'set':
      return listOf(inner(shape.element), 3, true);
    case 'map': {
      const pair = tupleOf([needed(shape.key), needed(shape.value)], inner);
      return listOf(pair, 3, false)?.map((pairs) => withoutRepeatedKeys(pairs as unknown[][]));
    }
    case 'tuple':
      return tupleOf(shape.elements, inner);
    case 'object':
      return objectOf(shape, inner);
    case 'union': {
      const members = shape.members.flatMap((member) => inner(member) ?? []);
      return members.length === 0 ? undefined : fc.oneof(...members);
    }
    default:
      return leafValues(shape);
  }
}

type Inner = (shape: Shape) => fc.Arbitrary<unknown> | undefined;
type Leaf = Exclude<Shape, { kind: 'ref' | 'array' | 'set' | 'map' | 'tuple' | 'object' | 'union' }>;

function leafValues(shape: Leaf): fc.Arbitrary<unknown> | undefined {
  switch (shape.kind) {
    case 'string':
      return stringsOf(shape);
    case 'number':
      return numbersOf(shape, shape.integer === true);
    case 'bigint':
      return numbersOf(shape, true)?.chain((value) => fc.constantFrom<unknown>(value, String(value)));
    case 'bigintLiteral':
      return fc.constant(shape.value);
    case 'template':
      return fc.stringMatching(new RegExp(shape.pattern, 'u'));
    case 'literal':
      return fc.constant(shape.value);
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'unknown':
      return anyJson;
    case 'anyObject':
      return fc.oneof(fc.constant({}), fc.array(anyJson, { maxLength: 2 }));
    case 'date':
      return fc.oneof(formats['date-time'], formats.date);
    case 'url':
      return fc.oneof(
        fc.webUrl({ withQueryParameters: true, withFragments: true }),
        fc.constant('mailto:a@b.c'),
      );
    case 'bytes':
      return fc.uint8Array({ maxLength: 9 }).map((bytes) => Buffer.from(bytes).toString('base64'));
    default:
      return undefined;
  }
}

const keys = fc.oneof(
  fc.constantFrom('a', 'b', 'id', 'odd key', 'x-y', 'x-', '0', 'kind', 'v'),
  fc.string({ maxLength: 3 }),
);
const { json } = fc.letrec<{ json: unknown }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    fc.oneof(
      fc.constantFrom<unknown>(null, true, false, 0, 1, -1.5, 1e300, 5, '', 'x', '5', '2030-01-01', '{}'),
      fc.string({ unit: 'binary', maxLength: 6 }),
      fc.integer(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
    ),
    fc.array(tie('json'), { maxLength: 3 }),
    fc.dictionary(keys, tie('json'), { maxKeys: 4, noNullPrototype: true }),
  ),
}));

/** Any JSON value; keys and texts that shapes use are likely. */
export const anyJson = json.map((value) => JSON.parse(JSON.stringify(value)) as unknown);

const instants = fc.date({
  // No midnight, which would be the same date in two ways.
  min: new Date('1900-01-01T12:34:56.789Z'),
  max: new Date('2200-01-01T12:34:56.789Z'),
  noInvalidDate: true,
});
const offsets = fc.constantFrom('Z', '+00:00', '+02:30', '-11:00');

const formats: Readonly<Record<StringFormat, fc.Arbitrary<string>>> = {
  date: instants.map((date) => date.toISOString().slice(0, 10)),
  'date-time': fc.tuple(instants, offsets).map(([date, offset]) => date.toISOString().replace('Z', offset)),
  time: fc
    .tuple(instants, offsets)
    .map(([date, offset]) => date.toISOString().slice(11).replace('Z', offset)),
  duration: fc.constantFrom('P1D', 'PT5M', 'P1Y2M3DT4H5M6S', 'P3W'),
  email: fc.emailAddress().filter((text) => /^[^"]+$/.test(text)),
  hostname: fc.domain(),
  ipv4: fc.ipV4(),
  ipv6: fc.ipV6().filter((text) => !/[^:\da-f.]/i.test(text)),
  uri: fc.webUrl({ withQueryParameters: true, withFragments: true }),
  uuid: fc.uuid(),
};

function stringsOf({
  minLength = 0,
  maxLength = minLength + 5,
  pattern,
  format,
}: Extract<Shape, { kind: 'string' }>) {
  if (format !== undefined) return formats[format];
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern, 'u'));
  return fc
    .array(fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }), { minLength, maxLength })
    .map((units) => units.join(''));
}

/** Steps from the lower limit, in whole multiples, so that they are exact decimals. */
function numbersOf(limits: NumberLimits, integer: boolean): fc.Arbitrary<number> | undefined {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = limits;
  const low = minimum ?? exclusiveMinimum ?? (maximum ?? exclusiveMaximum ?? 0) - 50;
  const high = maximum ?? exclusiveMaximum ?? low + 50;
  const steps = 1 / (multipleOf ?? (integer ? 1 : 0.25));
  const step = integer ? Math.max(1, 1 / steps) : 1 / steps;
  return fc
    .integer({ min: Math.ceil(low / step), max: Math.floor(high / step) })
    .map((count) => Number((count * step).toFixed(4)))
    .filter((value) => value !== exclusiveMinimum && value !== exclusiveMaximum);
}

function listOf(
  element: fc.Arbitrary<unknown> | undefined,
  maxLength: number,
  unique: boolean,
): fc.Arbitrary<unknown[]> {
  if (element === undefined) return fc.constant([]);
  return fc.array(element, { maxLength }).map((values) => (unique ? withoutEqual(values) : values));
}

function needed(shape: Shape): TupleElement {
  return { shape, optional: false, rest: false };
}

function tupleOf(elements: readonly TupleElement[], inner: Inner): fc.Arbitrary<unknown[]> | undefined {
  let values: fc.Arbitrary<unknown[]> = fc.constant([]);
  for (const { shape, optional, rest } of elements) {
    const element = inner(shape);
    if (element === undefined) return optional || rest ? values : undefined;
    const more = rest ? fc.array(element, { maxLength: 2 }) : element.map((value) => [value]);
    const before = values;
    const both = fc.tuple(before, more).map((parts) => parts.flat(1));
    values = optional ? fc.oneof(before, both) : both;
    // What is left out ends the list.
    if (optional)
      return elements.at(-1)?.rest === true || elements.at(-1)?.optional === true ? values : undefined;
  }
  return values;
}

function objectOf({ properties, index = [] }: ObjectShape, inner: Inner): fc.Arbitrary<unknown> | undefined {
  const entries: fc.Arbitrary<readonly (readonly [string, unknown])[]>[] = [];
  for (const { name, shape, optional } of properties) {
    const value = inner(shape);
    if (value === undefined && !optional) return undefined;
    if (value === undefined) continue;
    const entry = value.map((one) => [[name, one] as const]);
    entries.push(optional ? fc.oneof(fc.constant([]), entry) : entry);
  }
  const [only, second] = index;
  const value = only === undefined || second !== undefined ? undefined : inner(only.value);
  if (only !== undefined && value !== undefined) {
    const key =
      only.pattern === undefined
        ? fc.constantFrom('other', 'more')
        : fc.stringMatching(new RegExp(only.pattern, 'u'));
    const known = new Set(properties.map(({ name }) => name));
    entries.push(
      fc
        .array(fc.tuple(key, value), { maxLength: 2 })
        .map((list) => list.filter(([name]) => !known.has(name))),
    );
  }
  return fc.tuple(...entries).map((lists) => Object.fromEntries(lists.flat()) as unknown);
}

function withoutEqual(values: readonly unknown[]): unknown[] {
  const keys = values.map(asText);
  return values.filter((_value, at) => keys.findIndex((key) => equal(key, keys[at])) === at);
}

function withoutRepeatedKeys(pairs: readonly unknown[][]): unknown[][] {
  const keys = pairs.map(([key]) => asText(key));
  return pairs.filter((_pair, at) => keys.findIndex((key) => equal(key, keys[at])) === at);
}

/** With digits instead of numbers: 7 and '7' would be the same bigint. */
function asText(value: unknown): unknown {
  const text = JSON.stringify(value, (_key, one: unknown) => (typeof one === 'number' ? String(one) : one));
  return JSON.parse(text) as unknown;
}

function equal(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every(
      (key) =>
        Object.hasOwn(b, key) &&
        equal((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]),
    )
  );
}
