import { randomUUID } from 'node:crypto';

/** What may stand in a log line and a header without quoting. */
const sane = /^[\w.:@-]{1,128}$/;

/** The client's `X-Request-Id` when it is a sane one, else a new UUID. */
export function resolveRequestId(sent: string | undefined): string {
  return sent !== undefined && sane.test(sent) ? sent : randomUUID();
}
