import { hash } from 'node:crypto';
import type { Auth } from '../../model/request.ts';
import type { RequestDraft } from '../request-draft.ts';
import { awsAuthorization, awsDate } from './aws-sig-v4.ts';
import type { DigestSessions } from './digest-sessions.ts';
import type { OAuth2Auth } from './oauth2.ts';

export type UsedAuth = Exclude<Auth, { type: 'inherit' }>;

export interface Credentials {
  digests: DigestSessions;
  oauth2Token(auth: OAuth2Auth): Promise<string>;
  /** Told when a server did not take a token. */
  forgetToken(auth: OAuth2Auth): void;
}

const mask = '***';

/** What a request was authorised with, when it was a digest. */
type UsedNonce = string | undefined;

/**
 * Puts credentials into a request. An `authorization` header that the tester wrote wins.
 *
 * @throws TransportFailure OAUTH2_TOKEN_FAILED
 */
export function authorize(
  draft: RequestDraft,
  auth: UsedAuth,
  credentials: Credentials,
): UsedNonce | Promise<UsedNonce> {
  if (auth.type === 'apiKey') return addApiKey(draft, auth);
  if (auth.type === 'none' || draft.authorized) return undefined;
  switch (auth.type) {
    case 'basic': {
      const pair = Buffer.from(`${auth.username}:${auth.password}`).toString('base64');
      draft.add('authorization', `Basic ${pair}`, `Basic ${mask}`);
      return undefined;
    }
    case 'bearer':
      draft.add('authorization', `Bearer ${auth.token}`, `Bearer ${mask}`);
      return undefined;
    case 'digest':
      return credentials.digests.authorize(draft, auth);
    case 'oauth2':
      return credentials.oauth2Token(auth).then((token) => {
        draft.add('authorization', `Bearer ${token}`, `Bearer ${mask}`);
        return undefined;
      });
    case 'awsSigV4':
      return signForAws(draft, auth);
    default: {
      const check: never = auth;
      return check;
    }
  }
}

function addApiKey(draft: RequestDraft, auth: Extract<Auth, { type: 'apiKey' }>): undefined {
  const { name, value } = auth;
  if (auth.in === 'header') draft.add(name, value, mask);
  else if (auth.in === 'cookie') {
    draft.addCookies(`${name}=${value}`);
    draft.maskCookie(`${name}=${value}`, `${name}=${mask}`);
  } else {
    const { target } = draft;
    // A redirect to the same origin may have it already.
    if (new URL(target.href).searchParams.has(name)) return;
    const sign = target.path.includes('?') ? '&' : '?';
    const added = `${sign}${encodeURIComponent(name)}=`;
    draft.shownUrl = `${target.href}${added}${mask}`;
    draft.target = {
      ...target,
      href: `${target.href}${added}${encodeURIComponent(value)}`,
      path: `${target.path}${added}${encodeURIComponent(value)}`,
    };
  }
}

async function signForAws(
  draft: RequestDraft,
  auth: Extract<Auth, { type: 'awsSigV4' }>,
): Promise<undefined> {
  const { body, target, method } = draft;
  const payloadHash = body === undefined ? hash('sha256', '') : await body.sha256();
  const date = awsDate(new Date());
  const signed: [string, string][] = [
    ['host', draft.shown.find(([name]) => name.toLowerCase() === 'host')?.[1] ?? target.host],
  ];
  if (draft.contentType !== undefined) signed.push(['content-type', draft.contentType]);
  for (const [name, value] of draft.shown) if (/^x-amz-/i.test(name)) signed.push([name, value]);
  const add = (name: string, value: string, shown?: string): void => {
    draft.add(name, value, shown);
    signed.push([name, value]);
  };
  add('x-amz-date', date);
  if (auth.service === 's3') add('x-amz-content-sha256', payloadHash);
  if (auth.sessionToken !== undefined && auth.sessionToken !== '')
    add('x-amz-security-token', auth.sessionToken, mask);
  const [path, query] = splitQuery(target.path);
  const value = awsAuthorization({ method, path, query, headers: signed, payloadHash, date }, auth);
  draft.add('authorization', value, value.replace(/Signature=.*/, `Signature=${mask}`));
}

function splitQuery(path: string): [path: string, query: string] {
  const at = path.indexOf('?');
  return at < 0 ? [path, ''] : [path.slice(0, at), path.slice(at + 1)];
}
