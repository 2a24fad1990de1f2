import type { Definition, JsonValue, ObjectShape, Shape, TupleElement } from '../contract/signature.ts';

type Definitions = Readonly<Record<string, Definition>>;

/** Whether a JSON value is of a shape; a quick look for doc comments, not the validation of requests. */
export function fitsShape(value: JsonValue, shape: Shape, definitions: Definitions): boolean {
  const fits = (inner: JsonValue, innerShape: Shape): boolean => fitsShape(inner, innerShape, definitions);
  switch (shape.kind) {
    case 'unknown':
      return true;
    case 'never':
    case 'undefined':
    case 'file':
      return false;
    case 'null':
      return value === null;
    case 'boolean':
      return typeof value === 'boolean';
    case 'number':
      return typeof value === 'number' && (shape.integer === undefined || Number.isInteger(value));
    case 'bigint':
      return isBigint(value);
    case 'string':
    case 'bytes':
      return typeof value === 'string';
    case 'date':
      return typeof value === 'string' && /^\d{4}-\d\d-\d\d/.test(value) && !Number.isNaN(Date.parse(value));
    case 'url':
      return typeof value === 'string' && URL.canParse(value);
    case 'literal':
      return value === shape.value;
    case 'bigintLiteral':
      return isBigint(value) && `${value}` === shape.value;
    case 'template':
      return typeof value === 'string' && new RegExp(shape.pattern, 'u').test(value);
    case 'union':
      return shape.members.some((member) => fits(value, member));
    case 'array':
    case 'set':
      return isList(value) && value.every((element) => fits(element, shape.element));
    case 'map':
      return (
        isList(value) &&
        value.every((entry) => isList(entry) && entry.length === 2 && fitsEntry(entry, shape, fits))
      );
    case 'tuple':
      return isList(value) && fitsElements(value, shape.elements, fits);
    case 'anyObject':
      return typeof value === 'object' && value !== null;
    case 'object':
      return typeof value === 'object' && value !== null && !isList(value) && fitsObject(value, shape, fits);
    case 'ref': {
      const target = definitions[shape.name]?.shape;
      return target === undefined || fits(value, target);
    }
    default: {
      const check: never = shape;
      return check;
    }
  }
}

type Fits = (value: JsonValue, shape: Shape) => boolean;

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

function isBigint(value: JsonValue): value is string | number {
  return (
    (typeof value === 'number' && Number.isSafeInteger(value)) ||
    (typeof value === 'string' && /^-?\d+$/.test(value))
  );
}

function fitsEntry(
  [key = null, value = null]: readonly JsonValue[],
  shape: { readonly key: Shape; readonly value: Shape },
  fits: Fits,
): boolean {
  return fits(key, shape.key) && fits(value, shape.value);
}

function fitsElements(values: readonly JsonValue[], elements: readonly TupleElement[], fits: Fits): boolean {
  const rest = elements.find((element) => element.rest);
  const required = elements.filter((element) => !element.optional && !element.rest).length;
  if (values.length < required) return false;
  return values.every((value, at) => {
    const element = elements[at]?.rest === false ? elements[at] : rest;
    return element !== undefined && fits(value, element.shape);
  });
}

function fitsObject(
  value: { readonly [key: string]: JsonValue },
  { properties, index = [] }: ObjectShape,
  fits: Fits,
): boolean {
  const known = new Map(properties.map((property) => [property.name, property]));
  const complete = properties.every(({ name, optional }) => optional || Object.hasOwn(value, name));
  return (
    complete &&
    Object.entries(value).every(([key, inner]) => {
      const property = known.get(key);
      if (property !== undefined) return fits(inner, property.shape);
      return index.some(
        ({ pattern, value: indexed }) =>
          (pattern === undefined || new RegExp(pattern, 'u').test(key)) && fits(inner, indexed),
      );
    })
  );
}
