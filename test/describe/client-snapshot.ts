import type { Definition, Parameter, Shape, Signature } from '../../src/contract/signature.ts';
import { toClientText } from '../../src/describe/client.ts';
import type { Snapshot } from '../../src/registry/snapshot.ts';
import { makeEndpoint } from '../http/make-endpoint.ts';

/** What a call takes and gives, as far as it matters to a test. */
export interface SignatureSource extends Partial<Omit<Signature, 'parameters' | 'returns' | 'definitions'>> {
  /** By name; `?` at its end makes a parameter optional. */
  readonly parameters?: Readonly<Record<string, Shape>>;
  readonly returns?: Shape | Signature['returns'];
  readonly definitions?: Readonly<Record<string, Shape | Definition>>;
}

export function makeSnapshot(
  signatures: Readonly<Record<string, SignatureSource>>,
  generation = 3,
): Snapshot {
  const endpoints = Object.entries(signatures).map(([path, source]) => {
    const endpoint = { ...makeEndpoint(path, { fn: () => null }), signature: makeSignature(source) };
    return [path, endpoint] as const;
  });
  return {
    generation,
    swappedAt: new Date(),
    endpoints: new Map(endpoints),
    modules: new Map(),
    changes: [],
    touched: new Set(),
  };
}

function makeSignature({ parameters = {}, returns, definitions = {}, ...rest }: SignatureSource): Signature {
  return {
    style: 'positional',
    parameters: Object.entries(parameters).map(([name, shape]): Parameter => ({
      name: name.replace(/\?$/, ''),
      shape,
      optional: name.endsWith('?'),
      rest: false,
    })),
    contextIndex: -1,
    returns:
      returns === undefined
        ? { kind: 'value', shape: { kind: 'null' } }
        : 'shape' in returns
          ? returns
          : { kind: 'value', shape: returns },
    definitions: Object.fromEntries(
      Object.entries(definitions).map(([name, shape]) => [name, 'shape' in shape ? shape : { shape }]),
    ),
    description: '',
    text: '() => unknown',
    ...rest,
  };
}

export const string: Shape = { kind: 'string' };
export const date: Shape = { kind: 'date' };
export const ref = (name: string): Shape => ({ kind: 'ref', name });
export const list = (element: Shape): Shape => ({ kind: 'array', element });

/** `?` at the end of a name makes its property optional. */
export const object = (properties: Readonly<Record<string, Shape>>): Shape => ({
  kind: 'object',
  properties: Object.entries(properties).map(([name, shape]) => ({
    name: name.replace(/\?$/, ''),
    shape,
    optional: name.endsWith('?'),
  })),
});

export type Signatures = Readonly<Record<string, SignatureSource>>;

/** The client of a service with these functions. */
export function clientOf(signatures: Signatures, generation?: number): string {
  return toClientText(makeSnapshot(signatures, generation), { version: '1.2.3' });
}
