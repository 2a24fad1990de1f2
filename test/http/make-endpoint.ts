import { z } from 'zod';
import type { ApiFunctionOptions } from '../../src/contract/api-function.ts';
import type { Parameter, Signature } from '../../src/contract/signature.ts';
import type { Endpoint, ModuleInstance } from '../../src/registry/snapshot.ts';

export interface EndpointSource {
  readonly fn: (...args: never[]) => unknown;
  /** Names and types of the parameters, in order. */
  readonly parameters?: Readonly<Record<string, z.ZodType>>;
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
  const shapes = source.parameters ?? {};
  const parameters = Object.entries(shapes).map(([name, type]): Parameter => ({
    name,
    shape: { kind: 'unknown' },
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
      definitions: {},
      description: `Describes ${path}.`,
      text: `(${Object.keys(shapes).join(', ')}) => unknown`,
    },
    input: z.strictObject(shapes) as unknown as Endpoint['input'],
    instance: instance ?? makeInstance(module),
  };
}
