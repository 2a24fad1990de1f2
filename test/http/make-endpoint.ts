import { z } from 'zod';
import type { ApiFunctionOptions } from '../../src/contract/api-function.ts';
import type { Parameter, Shape, Signature } from '../../src/contract/signature.ts';
import type { Endpoint, ModuleInstance } from '../../src/registry/snapshot.ts';

export interface EndpointSource {
  readonly fn: (...args: never[]) => unknown;
  /** Names and types of the parameters, in order. */
  readonly parameters?: Readonly<Record<string, z.ZodType>>;
  /** What the signature says of a parameter's type, where that matters. */
  readonly shapes?: Readonly<Record<string, Shape>>;
  readonly definitions?: Signature['definitions'];
  /** The name of the parameter that gathers the rest. */
  readonly rest?: string;
  readonly style?: Signature['style'];
  readonly contextIndex?: number;
  readonly options?: ApiFunctionOptions;
}

export function makeInstance(module: string): ModuleInstance {
  return { module, file: `/project/apis/${module}.ts`, inFlight: 0, onIdle: undefined };
}

/** An endpoint as the reload makes it, from a function and zod schemas. */
export function makeEndpoint(path: string, source: EndpointSource, instance?: ModuleInstance): Endpoint {
  const at = path.lastIndexOf('/');
  const module = path.slice(1, at);
  const types = source.parameters ?? {};
  const parameters = Object.entries(types).map(([name, type]): Parameter => ({
    name,
    shape: source.shapes?.[name] ?? { kind: 'unknown' },
    optional: type.safeParse(undefined).success,
    rest: name === source.rest,
  }));
  return {
    path,
    module,
    name: path.slice(at + 1),
    fn: source.fn as unknown as Endpoint['fn'],
    options: source.options ?? {},
    signature: {
      style: source.style ?? 'positional',
      parameters,
      contextIndex: source.contextIndex ?? -1,
      returns: { kind: 'value', shape: { kind: 'unknown' } },
      definitions: source.definitions ?? {},
      description: `Describes ${path}.`,
      text: `(${Object.keys(types).join(', ')}) => unknown`,
    },
    input: z.strictObject(types) as unknown as Endpoint['input'],
    instance: instance ?? makeInstance(module),
  };
}
