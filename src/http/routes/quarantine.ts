import { ApiError } from '../../contract/api-error.ts';
import type { QuarantinePort } from '../../registry/quarantined.ts';
import type { Handler } from '../answer.ts';
import type { HttpRequest } from '../http-request.ts';
import { createAdminRoute, type AdminDeps } from './admin.ts';

/** `/api/quarantine`: the endpoints that are not called any more, with the reason. */
export function createQuarantineRoute(deps: AdminDeps, quarantine: QuarantinePort): Handler<HttpRequest> {
  return createAdminRoute(deps, () => Promise.resolve({ quarantined: quarantine.list() }));
}

/** `/api/quarantine/lift`: lets one be called again. */
export function createLiftRoute(deps: AdminDeps, quarantine: QuarantinePort): Handler<HttpRequest> {
  const lift = async (parameters: Readonly<Record<string, unknown>>): Promise<unknown> => {
    const endpoint = endpointOf(parameters);
    return { endpoint, lifted: await quarantine.lift(endpoint) };
  };
  return createAdminRoute(deps, lift, { methods: ['POST'], parameters: ['endpoint'] });
}

function endpointOf({ endpoint }: Readonly<Record<string, unknown>>): string {
  if (typeof endpoint === 'string' && endpoint.startsWith('/')) return endpoint;
  const got = typeof endpoint === 'string' ? endpoint.slice(0, 200) : typeof endpoint;
  throw new ApiError('INVALID_REQUEST', `endpoint: expected a path such as '/orders/create', got '${got}'`);
}
