import { request } from 'node:http';
import { lookup } from 'node:dns/promises';
import { isIP, type Socket } from 'node:net';
import { guardedLookup, permittedAddresses } from './guarded-lookup.ts';
import { shownTarget, type Target } from './target.ts';
import type { TargetGuard } from './target-guard.ts';
import { TransportFailure } from './transport-errors.ts';

export interface Proxy {
  target: Target;
  /** Value of the header `proxy-authorization`. */
  authorization: string | undefined;
}

/** @throws TransportFailure INVALID_PROXY */
export function readProxy(text: string): Proxy {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || url.protocol !== 'http:' || url.pathname !== '/' || url.search !== '')
    throw new TransportFailure('INVALID_PROXY', { proxy: text.replace(/[^/]*@/, '***@') });
  const decoded = (part: string): string => {
    try {
      return decodeURIComponent(part);
    } catch {
      return part;
    }
  };
  const { username, password, hostname, host, port, origin } = url;
  return {
    target: {
      href: `${origin}/`,
      origin,
      secure: false,
      hostname: hostname.startsWith('[') ? hostname.slice(1, -1) : hostname,
      host,
      port: port === '' ? 80 : Number(port),
      path: '/',
      username: '',
      password: '',
    },
    authorization:
      username === ''
        ? undefined
        : `Basic ${Buffer.from(`${decoded(username)}:${decoded(password)}`).toString('base64')}`,
  };
}

/**
 * Checks what this machine's resolver knows of a target that a proxy will connect to. What only the proxy can resolve is
 * left to it.
 *
 * @throws TransportFailure TARGET_REFUSED
 */
export async function checkProxiedTarget(guard: TargetGuard, { hostname, port }: Target): Promise<void> {
  if (isIP(hostname) !== 0) return;
  const addresses = await lookup(hostname, { all: true }).catch(() => []);
  permittedAddresses(guard, { hostname, port }, addresses);
}

/** Has a proxy open a way to the target (CONNECT). @throws TransportFailure, or the socket's error */
export function openTunnel(options: {
  proxy: Proxy;
  target: Target;
  guard: TargetGuard;
  signal: AbortSignal;
  onResolved: () => void;
}): Promise<Socket> {
  const { proxy, target, guard, signal } = options;
  const { hostname, port } = proxy.target;
  return new Promise((resolve, reject) => {
    const way = shownTarget(target);
    request({
      method: 'CONNECT',
      host: hostname,
      port,
      path: way,
      agent: false,
      signal,
      setHost: false,
      headers: {
        host: way,
        ...(proxy.authorization !== undefined && { 'proxy-authorization': proxy.authorization }),
      },
      lookup: guardedLookup(guard, port, options.onResolved),
    })
      .once('connect', ({ statusCode }, socket: Socket, head: Buffer) => {
        if (statusCode !== undefined && statusCode >= 200 && statusCode < 300) {
          if (head.length > 0) socket.unshift(head);
          resolve(socket);
          return;
        }
        socket.destroy();
        reject(proxyRefused(proxy, way, statusCode));
      })
      // Without a tunnel most proxies answer like any server.
      .once('response', (answer) => {
        answer.destroy();
        reject(proxyRefused(proxy, way, answer.statusCode));
      })
      .once('error', reject)
      .end();
  });
}

function proxyRefused(proxy: Proxy, target: string, status: number | undefined): TransportFailure {
  return new TransportFailure('PROXY_REFUSED', {
    proxy: shownTarget(proxy.target),
    target,
    status: status ?? 0,
  });
}
