/**
 * Every error code that the runtime itself answers with. The union `ErrorCode`, the README's table
 * and the tests derive from this table.
 */
export const errorCodes = {
  INVALID_JSON: { status: 400, summary: 'The request body is not JSON that this service accepts.' },
  INVALID_REQUEST: {
    status: 400,
    summary: 'The request can be read, but is not of the form `{token, body}`.',
  },
  MISSING_TOKEN: { status: 401, summary: 'No token was sent.' },
  INVALID_TOKEN: { status: 401, summary: 'The token is in no token list.' },
  MISSING_ADMIN_TOKEN: { status: 401, summary: 'An admin route was called without a token.' },
  INVALID_ADMIN_TOKEN: {
    status: 403,
    summary: 'An admin route was called with a token that is not an admin token.',
  },
  FORBIDDEN: { status: 403, summary: 'The token lacks a role that the function asks for.' },
  ENDPOINT_NOT_FOUND: { status: 404, summary: 'No function or route is served at this path.' },
  GENERATION_NOT_FOUND: {
    status: 404,
    summary: 'No such generation, or no such module in it, is at hand; `details` lists what is.',
  },
  METHOD_NOT_ALLOWED: { status: 405, summary: 'The path exists, but not for this method; see `Allow`.' },
  PAYLOAD_TOO_LARGE: {
    status: 413,
    summary: 'The request body is larger than `bodyLimit`, or `uploadLimit` with files.',
  },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    summary: 'The request body is not `application/json`, nor `multipart/form-data` where files are taken.',
  },
  VALIDATION_ERROR: {
    status: 422,
    summary: 'The body does not fit the signature; `details` lists every problem.',
  },
  CONFIG_INVALID: { status: 422, summary: 'The new configuration is invalid; the old one stays in force.' },
  ROLLBACK_FAILED: {
    status: 422,
    summary: 'The earlier version cannot be loaded; nothing has changed, and `details` says why.',
  },
  RATE_LIMITED: { status: 429, summary: 'Too many calls; see `Retry-After`.' },
  INTERNAL_ERROR: { status: 500, summary: 'The function failed.' },
  RELOAD_FAILED: {
    status: 500,
    summary: 'The reload hung, or cannot read its folder; what served goes on serving.',
  },
  SHUTTING_DOWN: { status: 503, summary: 'The service is stopping and takes no new calls.' },
  OVERLOADED: { status: 503, summary: 'Too many calls are running; see `Retry-After`.' },
  QUARANTINED: {
    status: 503,
    summary: 'The function has blocked the process several times in a row and is not called any more.',
  },
  FUNCTION_TIMEOUT: { status: 504, summary: 'The function passed its deadline, or blocked the process.' },
} as const satisfies Record<string, { status: number; summary: string }>;

/** A code of the runtime's own. Functions may add codes of theirs with `ApiError`. */
export type ErrorCode = keyof typeof errorCodes;

/** The HTTP status that belongs to a code: the table's, or 400 for a code of the author's own. */
export function statusOf(code: string): number {
  return Object.hasOwn(errorCodes, code) ? errorCodes[code as ErrorCode].status : 400;
}
