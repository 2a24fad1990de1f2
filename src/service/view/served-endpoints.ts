import type { ServedEndpoint } from '../../contract/service.ts';
import { takesFiles } from '../../mcp/takes-files.ts';
import type { Endpoint, Snapshot } from '../../registry/snapshot.ts';
import { returnsToJsonSchema, toJsonSchema } from '../../signatures/to-json-schema.ts';

/** By snapshot and by endpoint: after a reload, only what was loaded anew is described anew. */
const lists = new WeakMap<Snapshot, readonly ServedEndpoint[]>();
const described = new WeakMap<Endpoint, ServedEndpoint>();

/** What a snapshot serves, as plain frozen data, in the order of the paths. */
export function servedEndpoints(snapshot: Snapshot): readonly ServedEndpoint[] {
  const known = lists.get(snapshot);
  if (known !== undefined) return known;
  const list = Object.freeze(
    [...snapshot.endpoints.values()].map(describe).sort((a, b) => (a.path < b.path ? -1 : 1)),
  );
  lists.set(snapshot, list);
  return list;
}

function describe(endpoint: Endpoint): ServedEndpoint {
  const known = described.get(endpoint);
  if (known !== undefined) return known;
  const { path, module, name, signature, options } = endpoint;
  const { description, returns, effect, deprecated } = signature;
  const [summary = ''] = description.split('\n');
  const served: ServedEndpoint = Object.freeze({
    path,
    module,
    name,
    ...(summary === '' ? {} : { summary, description }),
    deprecated: deprecated === true,
    readOnly: effect === 'readonly',
    destructive: effect === 'destructive',
    roles: options.roles ?? [],
    input: toJsonSchema(signature),
    output:
      returns.kind === 'response' || returns.shape.kind === 'unknown'
        ? undefined
        : returnsToJsonSchema(signature),
    returns: returns.kind,
    takesFiles: takesFiles(signature),
  });
  described.set(endpoint, served);
  return served;
}
