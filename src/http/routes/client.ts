import type { createClientResource } from '../../describe/client-resource.ts';
import { allowMethods } from '../allow-methods.ts';
import type { Handler } from '../answer.ts';
import type { HttpDeps } from '../http-deps.ts';
import type { HttpRequest } from '../http-request.ts';
import { resourceAnswer } from '../resource-answer.ts';

/** `GET /client.ts`: the typed client of what is served to this very request. Loaded with the first one. */
export function createClientRoute(deps: Pick<HttpDeps, 'version'>): Handler<HttpRequest> {
  let client: ReturnType<typeof createClientResource> | undefined;
  return async (request) => {
    allowMethods(request, ['GET', 'HEAD']);
    const { createClientResource } = await import('../../describe/client-resource.ts');
    client ??= createClientResource(deps);
    return resourceAnswer(request, client(request.snapshot));
  };
}
