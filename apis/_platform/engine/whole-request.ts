import type { InlineRequest, RequestSpec } from '../model/request.ts';

/** A request with everything that was left out. */
export function wholeRequest({ method = 'GET', ...given }: InlineRequest): RequestSpec {
  return {
    pathParams: [],
    params: [],
    headers: [],
    body: { type: 'none' },
    auth: { type: 'inherit' },
    ...given,
    method: method.toUpperCase(),
  };
}
