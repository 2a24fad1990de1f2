import type { ObjectShape, Property, Shape, TupleElement } from '../contract/signature.ts';
import { propertyDoc } from './client-doc.ts';
import { indented, propertyKey, quoted } from './client-literals.ts';

/** `input`: what callers send, rich values welcome. `output`: JSON as the service sends it. */
export type Direction = 'input' | 'output';

export interface TypeContext {
  readonly direction: Direction;
  /** The name under which the client exports a definition. */
  readonly nameOf: (reference: string) => string;
}

/** An object type on one line may be this long. */
const lineLength = 90;

/** A shape as a TypeScript type; of several lines where that reads better. */
export function typeText(shape: Shape, context: TypeContext): string {
  const input = context.direction === 'input';
  switch (shape.kind) {
    case 'string':
    case 'number':
    case 'boolean':
    case 'null':
    case 'unknown':
    case 'never':
      return shape.kind;
    case 'undefined':
      // JSON has no undefined: in an array, and as a whole result, it is null.
      return input ? 'undefined' : 'null';
    case 'anyObject':
      return 'object';
    case 'date':
      return input ? 'DateInput' : 'DateText';
    case 'url':
      return input ? 'UrlInput' : 'UrlText';
    case 'bigint':
      return input ? 'BigintInput' : 'BigintText';
    case 'bytes':
      return input ? 'BytesInput' : 'BytesText';
    case 'file':
      return input ? 'Blob' : 'unknown';
    case 'literal':
      return typeof shape.value === 'string' ? quoted(shape.value) : String(shape.value);
    case 'bigintLiteral':
      return input ? `${shape.value}n | ${quoted(shape.value)}` : quoted(shape.value);
    case 'template':
      return templateText(shape.text);
    case 'union':
      return unionText(shape.members.map((member) => typeText(member, context)));
    case 'array':
      return arrayText(shape.element, context);
    case 'tuple':
      return tupleText(shape.elements, context);
    case 'map':
      return mapText(shape, context);
    case 'set':
      return setText(shape.element, context);
    case 'object':
      return objectText(shape, context);
    case 'ref':
      return context.nameOf(shape.name);
    default: {
      const check: never = shape;
      return check;
    }
  }
}

/** `{ … }` with each member on a line of its own, as the body of an interface. */
export function objectBody(shape: ObjectShape, context: TypeContext): string {
  const members = memberTexts(shape, context);
  return members.length === 0 ? '{}' : `{\n${indented(members.map((text) => `${text};`).join('\n'))}\n}`;
}

function objectText(shape: ObjectShape, context: TypeContext): string {
  const members = memberTexts(shape, context);
  // `{}` would take any value but null.
  if (members.length === 0) return 'Record<string, never>';
  const line = `{ ${members.join('; ')} }`;
  return line.length <= lineLength && !line.includes('\n') ? line : objectBody(shape, context);
}

function memberTexts({ properties, index }: ObjectShape, context: TypeContext): string[] {
  const members = properties.map((property) => {
    const { key, type } = propertyText(property, context);
    return [...propertyDoc(property), `${key}: ${type}`].join('\n');
  });
  if (index === undefined) return members;
  // The type of an index signature must take in those of all properties, also where its pattern leaves them out.
  const values = [
    ...index.map(({ value }) => typeText(value, context)),
    ...properties.map((property) => propertyText(property, context).type),
  ];
  return [...members, `[key: string]: ${unionText(values)}`];
}

function propertyText(property: Property, context: TypeContext): { key: string; type: string } {
  const { name, shape } = property;
  const left = shape.kind === 'undefined';
  const optional = property.optional || left;
  const type = left ? 'undefined' : typeText(shape, context);
  return {
    key: `${propertyKey(name)}${optional ? '?' : ''}`,
    // Said openly, so that it means the same with and without exactOptionalPropertyTypes.
    type: optional ? unionText([type, 'undefined']) : type,
  };
}

function unionText(members: readonly string[]): string {
  return [...new Set(members)].join(' | ') || 'never';
}

/** As a member of a type that binds more tightly than `|`. */
function tightText(shape: Shape, context: TypeContext): string {
  const text = typeText(shape, context);
  const isUnion =
    (shape.kind === 'union' && shape.members.length > 1) ||
    (context.direction === 'input' && ['map', 'set', 'bigintLiteral'].includes(shape.kind));
  return isUnion ? `(${text})` : text;
}

function arrayText(element: Shape, context: TypeContext): string {
  return `${tightText(element, context)}[]`;
}

function tupleText(elements: readonly TupleElement[], context: TypeContext): string {
  const lastRequired = elements.findLastIndex(({ optional, rest }) => !optional && !rest);
  // TypeScript 5.2 and later allow names for some elements only; earlier ones want all or none.
  const named = elements.every(({ name }) => name !== undefined);
  const texts = elements.map(({ shape, optional, rest, name }, at) => {
    if (rest) return `${named ? `...${name}: ` : '...'}${arrayText(shape, context)}`;
    // What is undefined inside of an array is null in JSON, and no caller can send it.
    const nullable = optional && context.direction === 'output' ? orNull(shape) : shape;
    const left = optional && at > lastRequired ? '?' : '';
    if (named) return `${name}${left}: ${typeText(nullable, context)}`;
    return left === '' ? typeText(nullable, context) : `${tightText(nullable, context)}?`;
  });
  return `[${texts.join(', ')}]`;
}

function orNull(shape: Shape): Shape {
  const members = shape.kind === 'union' ? shape.members : [shape];
  return { kind: 'union', members: [...members, { kind: 'null' }] };
}

function mapText({ key, value }: { key: Shape; value: Shape }, context: TypeContext): string {
  const keyText = typeText(key, context);
  const valueText = typeText(value, context);
  const entries = `[${keyText}, ${valueText}][]`;
  // Not an alias with parameters: TypeScript would find a recursive type circular behind one.
  return context.direction === 'input' ? `ReadonlyMap<${keyText}, ${valueText}> | ${entries}` : entries;
}

function setText(element: Shape, context: TypeContext): string {
  const list = arrayText(element, context);
  return context.direction === 'input' ? `ReadonlySet<${typeText(element, context)}> | ${list}` : list;
}

const templateType =
  /^`(?:[^`\\$\n\r]|\\.|\$(?!\{)|\$\{(?:string|number|bigint|boolean|(?:Uppercase|Lowercase|Capitalize|Uncapitalize)<string>)\})*`$/;

/** Only what needs no name from the module that it was written in. */
function templateText(text: string): string {
  return templateType.test(text) ? text : 'string';
}
