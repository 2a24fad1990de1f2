import { TransportFailure } from './transport-errors.ts';

/** An address that a request goes to, taken apart once. */
export interface Target {
  /** As it is sent, without user name, password and fragment. */
  href: string;
  /** `https://host:port`, the port left out where it is the scheme's own. */
  origin: string;
  secure: boolean;
  /** Without brackets. */
  hostname: string;
  /** With the port, unless it is the scheme's own: the value of the header `host`. */
  host: string;
  port: number;
  /** Path and query. */
  path: string;
  username: string;
  password: string;
}

const kept = new Map<string, Target>();
const keptAtMost = 1_000;

/** @throws TransportFailure INVALID_URL */
export function readTarget(text: string): Target {
  const known = kept.get(text);
  if (known !== undefined) return known;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined) throw invalid(text, 'it is not absolute, or not well-formed');
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw invalid(text, `the scheme '${url.protocol}' is not supported`);
  if (url.port === '0') throw invalid(text, 'port 0 cannot be connected to');
  const { username, password } = url;
  url.username = '';
  url.password = '';
  url.hash = '';
  const secure = url.protocol === 'https:';
  const target: Target = {
    href: url.href,
    origin: url.origin,
    secure,
    hostname: url.hostname.startsWith('[') ? url.hostname.slice(1, -1) : url.hostname,
    host: url.host,
    port: url.port === '' ? (secure ? 443 : 80) : Number(url.port),
    path: url.pathname + url.search,
    username: decoded(username),
    password: decoded(password),
  };
  if (kept.size >= keptAtMost) kept.clear();
  kept.set(text, target);
  return target;
}

/** `host:port`, as messages show it. */
export function shownTarget(target: Pick<Target, 'hostname' | 'port'>): string {
  const { hostname, port } = target;
  return hostname.includes(':') ? `[${hostname}]:${port}` : `${hostname}:${port}`;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function invalid(url: string, reason: string): TransportFailure {
  return new TransportFailure('INVALID_URL', { url, reason });
}
