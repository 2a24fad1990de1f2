import { ApiError } from '../contract/api-error.ts';
import type { ErrorCode } from '../contract/error-codes.ts';
import type { LogPort } from '../contract/log-port.ts';
import type { HttpRequest } from './http-request.ts';

const messages = {
  MISSING_TOKEN: `A token is required: send {"token": "…"} or 'Authorization: Bearer …'`,
  INVALID_TOKEN: 'Invalid token',
  MISSING_ADMIN_TOKEN: 'Admin token is required for this operation',
  INVALID_ADMIN_TOKEN: 'Invalid admin token or insufficient permissions',
} as const satisfies Partial<Record<ErrorCode, string>>;

/** The refusal of a request for its token, written to the auth log; the token itself goes nowhere. */
export function refuseToken(request: HttpRequest, code: keyof typeof messages, logs: LogPort): ApiError {
  const message = messages[code];
  const { requestId, path, notes, remoteAddress } = request;
  logs.auth('warn', message, {
    code,
    requestId,
    endpoint: path,
    ...(notes.principal === undefined ? {} : { principal: notes.principal }),
    ...(remoteAddress === undefined ? {} : { remoteAddress }),
  });
  return new ApiError(code, message);
}
