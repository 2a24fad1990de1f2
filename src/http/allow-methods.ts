import { ApiError } from '../contract/api-error.ts';
import type { HttpRequest } from './http-request.ts';

/** @throws ApiError METHOD_NOT_ALLOWED, with `Allow` */
export function allowMethods(request: HttpRequest, allowed: readonly string[]): void {
  if (allowed.includes(request.method)) return;
  throw new ApiError(
    'METHOD_NOT_ALLOWED',
    `'${request.path}': expected ${allowed.join(' or ')}, got '${request.method}'`,
    { headers: { allow: allowed.join(', ') } },
  );
}
