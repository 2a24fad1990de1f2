import type { Snapshot } from '../registry/snapshot.ts';
import { toClientText, type ClientTextOptions } from './client.ts';
import { toResource, type Resource } from './resource.ts';

/** The client as it is served: made on first use, and kept until the generation changes. */
export function createClientResource(options: ClientTextOptions): (snapshot: Snapshot) => Resource {
  let made: { readonly snapshot: Snapshot; readonly resource: Resource } | undefined;
  return (snapshot) => {
    if (made?.snapshot !== snapshot) {
      const text = toClientText(snapshot, options);
      made = { snapshot, resource: toResource('application/typescript; charset=UTF-8', text) };
    }
    return made.resource;
  };
}
