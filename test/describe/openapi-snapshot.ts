import { z } from 'zod';
import type { ApiFunctionOptions } from '../../src/contract/api-function.ts';
import type { Definition, Parameter, Property, Shape, Signature } from '../../src/contract/signature.ts';
import { definitionPrefix, type SignatureSchemas } from '../../src/describe/signature-schemas.ts';
import type { JsonSchema } from '../../src/describe/openapi-document.ts';
import type { Endpoint, Snapshot } from '../../src/registry/snapshot.ts';

export const text: Shape = { kind: 'string' };
export const number: Shape = { kind: 'number' };

export interface FunctionSource extends Partial<Omit<Signature, 'parameters'>> {
  readonly parameters?: readonly Parameter[];
  readonly options?: ApiFunctionOptions;
}

export function parameter(name: string, shape: Shape, more: Partial<Parameter> = {}): Parameter {
  return { name, shape, optional: false, rest: false, ...more };
}

export function property(name: string, shape: Shape): Property {
  return { name, shape, optional: false };
}

export function object(...properties: readonly Property[]): Shape {
  return { kind: 'object', properties };
}

export function reference(name: string): Shape {
  return { kind: 'ref', name };
}

export function define(shapes: Readonly<Record<string, Shape>>): Record<string, Definition> {
  return Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, { shape }]));
}

/** A snapshot of functions by path. */
export function snapshotOf(functions: Readonly<Record<string, FunctionSource>>): Snapshot {
  const endpoints = Object.entries(functions).map(([path, source]) => endpointOf(path, source));
  return {
    generation: 1,
    swappedAt: new Date(),
    endpoints: new Map(endpoints.map((endpoint) => [endpoint.path, endpoint])),
    modules: new Map(endpoints.map(({ module, instance }) => [module, instance])),
    changes: [],
    touched: new Set(),
  };
}

function endpointOf(path: string, { options = {}, ...source }: FunctionSource): Endpoint {
  const at = path.lastIndexOf('/');
  const module = path.slice(1, at);
  return {
    path,
    module,
    name: path.slice(at + 1),
    fn: () => undefined,
    options,
    signature: {
      style: 'positional',
      parameters: [],
      contextIndex: -1,
      returns: { kind: 'value', shape: text },
      definitions: {},
      description: '',
      text: '() => string',
      ...source,
    },
    input: z.record(z.string(), z.unknown()),
    instance: { module, file: `/project/apis/${module}.ts`, inFlight: 0, onIdle: undefined },
  };
}

/** Writes the few kinds of shapes that these tests use; dates differ between bodies and results. */
export const plainSchemas: SignatureSchemas = {
  body: (signature) => ({
    schema: writeShape({ kind: 'object', properties: signature.parameters }, 'body'),
    definitions: writeDefinitions(signature, 'body'),
  }),
  returned: (signature) => ({
    schema: writeShape(signature.returns.shape, 'result'),
    definitions: writeDefinitions(signature, 'result'),
  }),
};

type Part = 'body' | 'result';

function writeDefinitions({ definitions }: Signature, part: Part): Record<string, JsonSchema> {
  const entries = Object.entries(definitions);
  return Object.fromEntries(entries.map(([name, { shape }]) => [name, writeShape(shape, part)]));
}

function writeShape(shape: Shape, part: Part): JsonSchema {
  switch (shape.kind) {
    case 'unknown':
      return {};
    case 'string':
    case 'number':
      return { type: shape.kind };
    case 'date':
      return part === 'body' ? { type: 'string' } : { type: 'string', format: 'date-time' };
    case 'array':
      return { type: 'array', items: writeShape(shape.element, part) };
    case 'object':
      return {
        type: 'object',
        properties: Object.fromEntries(
          shape.properties.map((property) => [property.name, writeShape(property.shape, part)]),
        ),
      };
    case 'ref':
      return { $ref: `${definitionPrefix}${encodeURIComponent(shape.name)}` };
    default:
      throw new Error(`this test writer does not know '${shape.kind}'`);
  }
}
