import type {
  ArrayShape,
  Definition,
  IndexSignature,
  ObjectShape,
  Shape,
  TupleElement,
} from '../contract/signature.ts';

export type Definitions = Readonly<Record<string, Definition>>;

/** A shape with the definitions that its references mean. */
export interface ShapeIn {
  readonly shape: Shape;
  readonly definitions: Definitions;
}

/**
 * Whether every JSON value that fits `part` surely fits `whole`. Where that cannot be told, such as
 * between two regular expressions, the answer is false unless both are the same.
 */
export function isSubset(part: ShapeIn, whole: ShapeIn): boolean {
  return new Comparison(part.definitions, whole.definitions, false).fits(part.shape, whole.shape);
}

/**
 * The same for results: whoever reads `whole` also understands `part`. Properties that it does not know do
 * no harm there, because readers pass over them.
 */
export function isReadableAs(part: ShapeIn, whole: ShapeIn): boolean {
  return new Comparison(part.definitions, whole.definitions, true).fits(part.shape, whole.shape);
}

type ShapeOf<K extends Shape['kind']> = Extract<Shape, { readonly kind: K }>;

class Comparison {
  readonly #partDefinitions: Definitions;
  readonly #wholeDefinitions: Definitions;
  readonly #extraProperties: boolean;
  /** Pairs that are being compared: a recursive type fits when nothing on the way round says no. */
  readonly #assumed = new Set<string>();

  constructor(part: Definitions, whole: Definitions, extraProperties: boolean) {
    this.#partDefinitions = part;
    this.#wholeDefinitions = whole;
    this.#extraProperties = extraProperties;
  }

  fits(part: Shape, whole: Shape): boolean {
    if (whole.kind === 'unknown' || part.kind === 'never') return true;
    if (part.kind === 'ref' || whole.kind === 'ref') return this.#fitsByName(part, whole);
    if (part.kind === 'union') return part.members.every((member) => this.fits(member, whole));
    if (whole.kind === 'union') return this.#fitsUnion(part, whole.members);
    return this.#fitsPlain(part, whole);
  }

  #fitsByName(part: Shape, whole: Shape): boolean {
    const key = `${part.kind === 'ref' ? `&${part.name}` : JSON.stringify(part)} < ${whole.kind === 'ref' ? `&${whole.name}` : JSON.stringify(whole)}`;
    if (this.#assumed.has(key)) return true;
    this.#assumed.add(key);
    const one = part.kind === 'ref' ? this.#partDefinitions[part.name]?.shape : part;
    const other = whole.kind === 'ref' ? this.#wholeDefinitions[whole.name]?.shape : whole;
    const fits = one !== undefined && other !== undefined && this.fits(one, other);
    if (!fits) this.#assumed.delete(key);
    return fits;
  }

  #fitsUnion(part: Shape, members: readonly Shape[]): boolean {
    if (members.some((member) => this.fits(part, member))) return true;
    // `boolean` is `true | false`.
    return (
      part.kind === 'boolean' &&
      [true, false].every((value) => members.some((member) => this.fits({ kind: 'literal', value }, member)))
    );
  }

  #fitsPlain(part: Shape, whole: Shape): boolean {
    if (part.kind === 'literal') return literalFits(part.value, whole);
    if (whole.kind === 'anyObject') return objectKinds.has(part.kind);
    if (part.kind !== whole.kind)
      return part.kind === 'tuple' && whole.kind === 'array' && this.#tupleInArray(part, whole);
    switch (part.kind) {
      case 'string':
        return stringFits(part, whole as ShapeOf<'string'>);
      case 'number':
      case 'bigint':
        return numberFits(part, whole as ShapeOf<'number'>);
      case 'bigintLiteral':
        return part.value === (whole as ShapeOf<'bigintLiteral'>).value;
      case 'template':
        return part.pattern === (whole as ShapeOf<'template'>).pattern;
      case 'array':
        return arrayFits(part, whole as ArrayShape) && this.fits(part.element, (whole as ArrayShape).element);
      case 'set':
        return this.fits(part.element, (whole as ShapeOf<'set'>).element);
      case 'map':
        return this.#mapFits(part, whole as ShapeOf<'map'>);
      case 'tuple':
        return this.#tupleFits(part.elements, (whole as ShapeOf<'tuple'>).elements);
      case 'object':
        return this.#objectFits(part, whole as ObjectShape);
      default:
        return true;
    }
  }

  #mapFits(part: ShapeOf<'map'>, whole: ShapeOf<'map'>): boolean {
    return this.fits(part.key, whole.key) && this.fits(part.value, whole.value);
  }

  #tupleInArray(part: ShapeOf<'tuple'>, whole: ArrayShape): boolean {
    if (whole.minItems !== undefined || whole.maxItems !== undefined || whole.uniqueItems === true)
      return false;
    return part.elements.every(({ shape }) => this.fits(shape, whole.element));
  }

  #tupleFits(part: readonly TupleElement[], whole: readonly TupleElement[]): boolean {
    const wholeRest = whole.find(({ rest }) => rest);
    const fixed = whole.filter(({ rest }) => !rest);
    const needed = fixed.filter(({ optional }) => !optional).length;
    if (part.filter(({ optional, rest }) => !optional && !rest).length < needed) return false;
    return part.every((element, index) => {
      if (element.rest) {
        const later = [...fixed.slice(index), ...(wholeRest === undefined ? [] : [wholeRest])];
        return wholeRest !== undefined && later.every(({ shape }) => this.fits(element.shape, shape));
      }
      const other = fixed[index] ?? wholeRest;
      return other !== undefined && this.fits(element.shape, other.shape);
    });
  }

  #objectFits(part: ObjectShape, whole: ObjectShape): boolean {
    const own = new Map(part.properties.map((property) => [property.name, property]));
    const known = new Set(whole.properties.map(({ name }) => name));
    const asked = whole.properties.every(({ name, shape, optional }) => {
      const property = own.get(name);
      if (property === undefined) return optional && part.index === undefined;
      return (optional || !property.optional) && this.fits(property.shape, shape);
    });
    const extra = part.properties.filter(({ name }) => !known.has(name));
    return (
      asked &&
      (this.#extraProperties || extra.every(({ name, shape }) => this.#keyFits(name, shape, whole.index))) &&
      (part.index ?? []).every((signature) => this.#indexFits(signature, whole))
    );
  }

  #keyFits(name: string, shape: Shape, index: readonly IndexSignature[] | undefined): boolean {
    const matching = (index ?? []).filter(
      ({ pattern }) => pattern === undefined || new RegExp(pattern, 'u').test(name),
    );
    return matching.length > 0 && matching.every(({ value }) => this.fits(shape, value));
  }

  #indexFits({ pattern, value }: IndexSignature, whole: ObjectShape): boolean {
    const same = (whole.index ?? []).some(
      (other) => (other.pattern ?? pattern) === pattern && this.fits(value, other.value),
    );
    return same && whole.properties.every(({ shape }) => this.fits(value, shape));
  }
}

const objectKinds: ReadonlySet<string> = new Set(['object', 'array', 'tuple', 'map', 'set', 'anyObject']);

function literalFits(value: string | number | boolean, whole: Shape): boolean {
  switch (whole.kind) {
    case 'literal':
      return whole.value === value;
    case 'boolean':
      return typeof value === 'boolean';
    case 'string':
      return typeof value === 'string' && textFits(value, whole);
    case 'number':
      return typeof value === 'number' && stringless(value, whole);
    case 'template':
      return typeof value === 'string' && new RegExp(whole.pattern, 'u').test(value);
    default:
      return false;
  }
}

function textFits(
  value: string,
  { minLength = 0, maxLength = Infinity, pattern, format }: ShapeOf<'string'>,
): boolean {
  const length = [...value].length;
  const matches = pattern === undefined || new RegExp(pattern, 'u').test(value);
  return format === undefined && matches && length >= minLength && length <= maxLength;
}

function stringless(value: number, whole: ShapeOf<'number'>): boolean {
  return numberFits(
    { minimum: value, maximum: value, ...(Number.isInteger(value) ? { integer: true } : {}) },
    whole,
  );
}

function stringFits(part: ShapeOf<'string'>, whole: ShapeOf<'string'>): boolean {
  return (
    (part.minLength ?? 0) >= (whole.minLength ?? 0) &&
    (part.maxLength ?? Infinity) <= (whole.maxLength ?? Infinity) &&
    (whole.pattern === undefined || whole.pattern === part.pattern) &&
    (whole.format === undefined || whole.format === part.format)
  );
}

function numberFits(part: Omit<ShapeOf<'number'>, 'kind'>, whole: Omit<ShapeOf<'number'>, 'kind'>): boolean {
  const low = lowest(part);
  const high = highest(part);
  const wholeLow = lowest(whole);
  const wholeHigh = highest(whole);
  const above = low.at > wholeLow.at || (low.at === wholeLow.at && (low.open || !wholeLow.open));
  const below = high.at < wholeHigh.at || (high.at === wholeHigh.at && (high.open || !wholeHigh.open));
  const steps = whole.multipleOf === undefined || whole.multipleOf === part.multipleOf;
  return above && below && steps && (whole.integer !== true || part.integer === true);
}

interface Bound {
  readonly at: number;
  readonly open: boolean;
}

function lowest({
  minimum = -Infinity,
  exclusiveMinimum = -Infinity,
}: Omit<ShapeOf<'number'>, 'kind'>): Bound {
  return exclusiveMinimum >= minimum && exclusiveMinimum > -Infinity
    ? { at: exclusiveMinimum, open: true }
    : { at: minimum, open: false };
}

function highest({
  maximum = Infinity,
  exclusiveMaximum = Infinity,
}: Omit<ShapeOf<'number'>, 'kind'>): Bound {
  return exclusiveMaximum <= maximum && exclusiveMaximum < Infinity
    ? { at: exclusiveMaximum, open: true }
    : { at: maximum, open: false };
}

function arrayFits(part: ArrayShape, whole: ArrayShape): boolean {
  return (
    (part.minItems ?? 0) >= (whole.minItems ?? 0) &&
    (part.maxItems ?? Infinity) <= (whole.maxItems ?? Infinity) &&
    (whole.uniqueItems !== true || part.uniqueItems === true)
  );
}
