import { createClientResource } from '../../describe/client-resource.ts';
import { allowMethods } from '../allow-methods.ts';
import type { Handler } from '../answer.ts';
import type { HttpDeps } from '../http-deps.ts';
import type { HttpRequest } from '../http-request.ts';
import { resourceAnswer } from '../resource-answer.ts';

/** `GET /client.ts`: the typed client of what is served to this very request. */
export function createClientRoute(deps: Pick<HttpDeps, 'version'>): Handler<HttpRequest> {
  const client = createClientResource(deps);
  return (request) => {
    allowMethods(request, ['GET', 'HEAD']);
    return resourceAnswer(request, client(request.snapshot));
  };
}
