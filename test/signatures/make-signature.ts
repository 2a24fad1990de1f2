import type { Definition, Parameter, Property, Shape, Signature } from '../../src/contract/signature.ts';
import { toProblems } from '../../src/signatures/to-problems.ts';
import { toZod } from '../../src/signatures/to-zod.ts';

export type Shapes = Readonly<Record<string, Shape>>;

/** A signature with definitions by name; parameters whose names end in `?` are optional. */
export function makeSignature(parameters: Shapes, definitions: Shapes = {}): Signature {
  return {
    style: 'positional',
    parameters: Object.entries(parameters).map(([name, shape]): Parameter => ({
      ...property(name.replace(/\?$/, ''), shape, name.endsWith('?')),
      rest: false,
    })),
    contextIndex: -1,
    returns: { kind: 'value', shape: { kind: 'unknown' } },
    definitions: toDefinitions(definitions),
    description: '',
    text: '',
  };
}

export function toDefinitions(shapes: Shapes): Record<string, Definition> {
  return Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, { shape }]));
}

/** Every problem as `path | code | message`. */
export function problemsOf(signature: Signature, input: unknown): string[] {
  const parsed = toZod(signature).safeParse(input);
  if (parsed.success) throw new Error(`expected problems, got ${JSON.stringify(parsed.data)}`);
  return toProblems(parsed.error, input).map(({ path, message, code }) => `${path} | ${code} | ${message}`);
}

/** What one value of this shape becomes, or what is wrong with it. */
export function outcome(shape: Shape, value: unknown, definitions: Shapes = {}): unknown {
  const signature = makeSignature({ v: shape }, definitions);
  const parsed = toZod(signature).safeParse({ v: value });
  return parsed.success ? parsed.data['v'] : problemsOf(signature, { v: value });
}

export const string: Shape = { kind: 'string' };
export const number: Shape = { kind: 'number' };
export const literal = (value: string | number | boolean): Shape => ({ kind: 'literal', value });
export const union = (...members: Shape[]): Shape => ({ kind: 'union', members });
export const array = (element: Shape): Shape => ({ kind: 'array', element });
export const ref = (name: string): Shape => ({ kind: 'ref', name });
export const property = (name: string, shape: Shape, optional = false): Property => ({
  name,
  shape,
  optional,
});

/** Names that end in `?` are optional. */
export function object(properties: Shapes): Shape {
  return {
    kind: 'object',
    properties: Object.entries(properties).map(([name, shape]) =>
      property(name.replace(/\?$/, ''), shape, name.endsWith('?')),
    ),
  };
}
