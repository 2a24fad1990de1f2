import { isIP } from 'node:net';
import type { Config } from '../config/schema.ts';
import { ApiError } from '../contract/api-error.ts';
import type { HttpRequest } from './http-request.ts';

export type SiteSettings = Pick<Config, 'host' | 'mcpAllowedHosts' | 'mcpAllowedOrigins'>;

const localNames: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);
const anyAddress: ReadonlySet<string> = new Set(['0.0.0.0', '::', '[::]']);

/**
 * Against DNS rebinding, by which a web page reaches services of its reader's machine or network under a
 * name of its own. `Host` must be localhost, the configured `host`, or in `mcpAllowedHosts`; when the
 * service listens on all addresses, any IP address will do, because rebinding needs a name. `Origin`, which
 * browsers send, must be that same host or in `mcpAllowedOrigins`.
 *
 * @throws ApiError FORBIDDEN
 */
export function checkSite(request: HttpRequest, settings: SiteSettings): void {
  const sentHost = request.header('host');
  const host = parseHost(sentHost);
  if (host === undefined || !isAllowedHost(host, settings)) {
    throw new ApiError(
      'FORBIDDEN',
      `Host: expected localhost, the configured 'host' or one of 'mcpAllowedHosts', got '${shown(sentHost)}'`,
    );
  }
  const origin = request.header('origin');
  if (origin !== undefined && !isSameHost(origin, host) && !isListedOrigin(origin, settings)) {
    throw new ApiError(
      'FORBIDDEN',
      `Origin: expected none, the service's own or one of 'mcpAllowedOrigins', got '${shown(origin)}'`,
    );
  }
}

/** What lets a page of a listed origin read the answers (Fetch standard, CORS protocol); nothing for others. */
export function corsHeaders(request: HttpRequest, settings: SiteSettings): Record<string, string> {
  const origin = request.header('origin');
  if (origin === undefined || !isListedOrigin(origin, settings)) return {};
  return {
    'access-control-allow-origin': origin,
    'access-control-expose-headers': 'mcp-session-id, www-authenticate, x-request-id',
    vary: 'Origin',
  };
}

/** For the question that browsers ask before they send a request with a token to another origin. */
export const preflightHeaders = {
  'access-control-allow-methods': 'GET, POST, DELETE',
  'access-control-allow-headers':
    'accept, authorization, content-type, last-event-id, mcp-method, mcp-name, mcp-protocol-version, mcp-session-id, x-request-id',
  'access-control-max-age': '600',
} as const;

function isAllowedHost({ host, hostname }: URL, settings: SiteSettings): boolean {
  if (localNames.has(hostname)) return true;
  const own = settings.host.toLowerCase();
  if (anyAddress.has(own) ? isIP(hostname.replace(/^\[|\]$/g, '')) !== 0 : hostname === bracketed(own))
    return true;
  return settings.mcpAllowedHosts.some((allowed) => allowed === hostname || allowed === withPort(host));
}

function isSameHost(origin: string, { host }: URL): boolean {
  return URL.canParse(origin) && /^https?:$/.test(new URL(origin).protocol) && new URL(origin).host === host;
}

function isListedOrigin(origin: string, { mcpAllowedOrigins }: SiteSettings): boolean {
  return mcpAllowedOrigins.includes(origin);
}

function parseHost(sent: string | undefined): URL | undefined {
  if (sent === undefined || sent === '' || !URL.canParse(`http://${sent}`)) return undefined;
  const url = new URL(`http://${sent}`);
  // A Host is a name and a port; what else the URL might have found in it is an attempt at something.
  return url.pathname === '/' && url.username === '' && url.search === '' && url.hash === ''
    ? url
    : undefined;
}

function bracketed(host: string): string {
  return host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
}

/** URLs leave out the port of their scheme. */
function withPort(host: string): string {
  return /:\d+$/.test(host) ? host : `${host}:80`;
}

function shown(value: string | undefined): string {
  return value === undefined ? 'none' : value.slice(0, 200);
}
