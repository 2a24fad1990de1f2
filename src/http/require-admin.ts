import type { HttpDeps } from './http-deps.ts';
import type { HttpRequest } from './http-request.ts';
import { refuseToken } from './refuse-token.ts';

/** @throws ApiError MISSING_ADMIN_TOKEN or INVALID_ADMIN_TOKEN */
export function requireAdmin(
  { authenticator, logs }: Pick<HttpDeps, 'authenticator' | 'logs'>,
  request: HttpRequest,
  token: string | undefined,
): void {
  if (token === undefined) throw refuseToken(request, 'MISSING_ADMIN_TOKEN', logs);
  const principal = authenticator.authenticate(token);
  if (principal !== undefined) request.notes.principal = principal.id;
  if (principal?.roles.includes('admin') !== true) throw refuseToken(request, 'INVALID_ADMIN_TOKEN', logs);
}
