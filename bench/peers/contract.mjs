/**
 * What every hand-written peer shares: the token check, the headers, the envelope and the request log, each
 * done as api-deploy does it, so that what is compared is the servers and their validation.
 *
 * Peers are plain JavaScript: nothing stands between them and Node.
 */
import { hash, randomUUID, timingSafeEqual } from 'node:crypto';
import pino from 'pino';

export const host = '127.0.0.1';
export const port = Number(process.env.PORT);
export const endpoint = '/template/syncHello';
export const bodyLimit = 1024 * 1024;

/** The function that is served. */
export const syncHello = (name = 'World') => `Hello, ${name}!`;

// An end in order, so that `--cpu-prof` writes its profile.
process.once('SIGTERM', () => process.exit(0));

const sha256 = (text) => hash('sha256', text, 'buffer');

const digests = `${process.env.VALID_TOKENS},${process.env.ADMIN_TOKENS}`.split(',').map((token) => {
  const digest = sha256(token);
  return { digest, principal: `business:${digest.toString('hex', 0, 4)}` };
});

/** The principal of a token, compared in constant time over the whole list; undefined when it is in none. */
export function authenticate(token) {
  const sent = sha256(token);
  let found;
  for (const { digest, principal } of digests) if (timingSafeEqual(digest, sent)) found = principal;
  return found;
}

const saneId = /^[\w.:@-]{1,128}$/;

/** The client's request id when it is a sane one, else a new one. */
export function resolveRequestId(sent) {
  return typeof sent === 'string' && saneId.test(sent) ? sent : randomUUID();
}

/** The headers that the contract asks for on every answer. */
export function contractHeaders(requestId, startedAt) {
  return {
    'x-request-id': requestId,
    'x-process-time': ((performance.now() - startedAt) / 1000).toFixed(6),
    'x-generation': '1',
  };
}

export const success = (data) => ({ success: true, data, endpoint });

export const failure = (code, error, details) => ({
  success: false,
  error,
  code,
  endpoint,
  ...(details === undefined ? {} : { details }),
});

export const statuses = {
  INVALID_JSON: 400,
  INVALID_REQUEST: 400,
  MISSING_TOKEN: 401,
  INVALID_TOKEN: 401,
  ENDPOINT_NOT_FOUND: 404,
  UNSUPPORTED_MEDIA_TYPE: 415,
  VALIDATION_ERROR: 422,
  INTERNAL_ERROR: 500,
};

/** pino's settings and where it writes; undefined when requests are not logged. */
export const logFile = process.env.BENCH_LOG_FILE;

export const logOptions = {
  base: null,
  messageKey: 'message',
  timestamp: pino.stdTimeFunctions.isoTime,
  formatters: { level: (label) => ({ level: label }) },
};

/** Gathers lines as api-deploy does: one write for many. */
export const openLogFile = () =>
  pino.destination({
    dest: logFile,
    sync: false,
    minLength: 32 * 1024,
    maxWrite: 64 * 1024,
    periodicFlush: 80,
  });

const logger = logFile === undefined ? undefined : pino(logOptions, openLogFile());

/** One line per request, with the fields of api-deploy's. */
export function logRequest({ requestId, method, path, status, startedAt, principal }) {
  logger?.info(requestLine({ requestId, method, path, status, startedAt, principal }));
}

export function requestLine({ requestId, method, path, status, startedAt, principal }) {
  return {
    kind: 'request',
    requestId,
    method,
    endpoint: path,
    status,
    durationMs: Math.round((performance.now() - startedAt) * 1000) / 1000,
    principal,
    generation: 1,
  };
}
