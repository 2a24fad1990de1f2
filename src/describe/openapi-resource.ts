import type { Snapshot } from '../registry/snapshot.ts';
import { toOpenapi, type OpenapiOptions } from './openapi.ts';
import { toResource, type Resource } from './resource.ts';
import type { SignatureSchemas, WrittenSchema } from './signature-schemas.ts';

/**
 * The OpenAPI document as it is served: made on first use, and kept until the generation changes. Signatures stay the
 * same objects as long as they do not change, so what is made of them is kept for longer.
 */
export function createOpenapiResource({
  version,
  schemas,
}: OpenapiOptions): (snapshot: Snapshot) => Resource {
  const options: OpenapiOptions = { version, schemas: remembering(schemas) };
  let made: { readonly snapshot: Snapshot; readonly resource: Resource } | undefined;
  return (snapshot) => {
    if (made?.snapshot !== snapshot) {
      const text = JSON.stringify(toOpenapi(snapshot, options));
      made = { snapshot, resource: toResource('application/json; charset=UTF-8', text) };
    }
    return made.resource;
  };
}

function remembering(schemas: SignatureSchemas): SignatureSchemas {
  return {
    body: remember((signature) => schemas.body(signature)),
    returned: remember((signature) => schemas.returned(signature)),
  };
}

function remember<K extends object>(write: (key: K) => WrittenSchema): (key: K) => WrittenSchema {
  const known = new WeakMap<K, WrittenSchema>();
  return (key) => {
    let written = known.get(key);
    if (written === undefined) known.set(key, (written = write(key)));
    return written;
  };
}
