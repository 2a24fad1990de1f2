import { randomBytes } from 'node:crypto';

/** What may stand in a log line and a header without quoting. */
const sane = /^[\w.:@-]{1,128}$/;

/** Another one in each process and after each start; the rest is counted, which costs less than a UUID. */
const prefix = randomBytes(8).toString('hex');
let count = 0;

/** The client's `X-Request-Id` when it is a sane one, else a new one. */
export function resolveRequestId(sent: string | undefined): string {
  return sent !== undefined && sane.test(sent) ? sent : `${prefix}-${(++count).toString(36)}`;
}
