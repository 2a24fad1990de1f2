import type { Dispatcher } from 'undici';
import type { ConnectionPool } from './connection-pool.ts';
import type { RequestDraft } from './request-draft.ts';

/** A request as undici takes it. */
export function dispatchOptions(draft: RequestDraft, pool: ConnectionPool): Dispatcher.DispatchOptions {
  const { target, flat } = draft;
  const { proxy, http2 } = pool.route;
  let { path } = target;
  if (proxy !== undefined && !target.secure) {
    // A proxy is asked for the whole address, and would take its own name for that of the target.
    path = target.href;
    if (!draft.hasOwnHost) flat.push('host', target.host);
    if (proxy.authorization !== undefined) flat.push('proxy-authorization', proxy.authorization);
  }
  const options: Dispatcher.DispatchOptions & { servername: string } = {
    path,
    method: draft.method,
    headers: flat,
    body: draft.body === undefined ? null : draft.body.open(),
    servername: pool.serverName,
  };
  // Undici would not let such requests share a connection; Hop sees to it that none is sent twice.
  if (http2) options.idempotent = true;
  return options;
}
