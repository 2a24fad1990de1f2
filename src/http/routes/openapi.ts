import type { Resource } from '../../describe/resource.ts';
import type { Snapshot } from '../../registry/snapshot.ts';
import { allowMethods } from '../allow-methods.ts';
import type { Handler } from '../answer.ts';
import type { HttpRequest } from '../http-request.ts';
import { resourceAnswer } from '../resource-answer.ts';

/** `GET /openapi.json`: the description of what is served to this very request. */
export function createOpenapiRoute(document: (snapshot: Snapshot) => Resource): Handler<HttpRequest> {
  return (request) => {
    allowMethods(request, ['GET', 'HEAD']);
    return resourceAnswer(request, document(request.snapshot));
  };
}
