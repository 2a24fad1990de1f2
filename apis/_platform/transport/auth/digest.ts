import { hash, randomBytes } from 'node:crypto';

/** A server's challenge (RFC 7616), as far as it can be answered. */
export interface DigestChallenge {
  realm: string;
  nonce: string;
  opaque: string | undefined;
  algorithm: 'MD5' | 'MD5-sess' | 'SHA-256' | 'SHA-256-sess';
  /** Whether `algorithm` was named; one that was not is not sent back. */
  named: boolean;
  qop: 'auth' | undefined;
  userhash: boolean;
  stale: boolean;
}

export interface DigestInput {
  challenge: DigestChallenge;
  username: string;
  password: string;
  method: string;
  /** Path and query as they are sent. */
  uri: string;
  /** How many requests used the nonce, with this one. */
  count: number;
  cnonce?: string;
}

const strengths = ['SHA-256-sess', 'SHA-256', 'MD5-sess', 'MD5'] as const;

/** The strongest challenge that can be answered, or nothing: another scheme, algorithm, or integrity of the body alone. */
export function readDigestChallenge(headers: readonly string[]): DigestChallenge | undefined {
  return headers
    .flatMap(splitChallenges)
    .map(readChallenge)
    .filter((challenge) => challenge !== undefined)
    .sort((a, b) => strengths.indexOf(a.algorithm) - strengths.indexOf(b.algorithm))[0];
}

/** The value of `authorization`. */
export function digestAuthorization(input: DigestInput): string {
  const { challenge, username, password, method, uri } = input;
  const { realm, nonce, opaque, algorithm, qop } = challenge;
  const digest = (text: string): string => hash(algorithm.startsWith('MD5') ? 'md5' : 'sha256', text);
  const cnonce = input.cnonce ?? randomBytes(16).toString('base64url');
  const count = input.count.toString(16).padStart(8, '0');
  const base = digest(`${username}:${realm}:${password}`);
  const secret = algorithm.endsWith('-sess') ? digest(`${base}:${nonce}:${cnonce}`) : base;
  const subject = digest(`${method}:${uri}`);
  const response = digest(
    qop === undefined
      ? `${secret}:${nonce}:${subject}`
      : `${secret}:${nonce}:${count}:${cnonce}:${qop}:${subject}`,
  );
  const shownName = challenge.userhash ? digest(`${username}:${realm}`) : username;
  return [
    `Digest username=${quoted(shownName)}`,
    `realm=${quoted(realm)}`,
    `nonce=${quoted(nonce)}`,
    `uri=${quoted(uri)}`,
    ...(challenge.named ? [`algorithm=${algorithm}`] : []),
    ...(qop === undefined ? [] : [`qop=${qop}`, `nc=${count}`]),
    ...(qop !== undefined || algorithm.endsWith('-sess') ? [`cnonce=${quoted(cnonce)}`] : []),
    `response="${response}"`,
    ...(opaque === undefined ? [] : [`opaque=${quoted(opaque)}`]),
    ...(challenge.userhash ? ['userhash=true'] : []),
  ].join(', ');
}

function readChallenge(text: string): DigestChallenge | undefined {
  const [scheme = ''] = text.split(/\s/, 1);
  if (scheme.toLowerCase() !== 'digest') return undefined;
  const parameters = new Map<string, string>();
  for (const [, name = '', inQuotes, plain = ''] of text
    .slice(scheme.length)
    .matchAll(/([\w*-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))/g))
    parameters.set(name.toLowerCase(), inQuotes?.replace(/\\(.)/g, '$1') ?? plain);
  const [realm, nonce] = [parameters.get('realm'), parameters.get('nonce')];
  const named = parameters.get('algorithm');
  const algorithm = strengths.find((known) => known.toLowerCase() === (named ?? 'MD5').toLowerCase());
  const offered = parameters
    .get('qop')
    ?.toLowerCase()
    .split(/\s*,\s*/);
  const qop = offered?.includes('auth') === true ? 'auth' : undefined;
  if (realm === undefined || nonce === undefined || algorithm === undefined) return undefined;
  if (offered !== undefined && qop === undefined) return undefined;
  return {
    realm,
    nonce,
    algorithm,
    qop,
    named: named !== undefined,
    opaque: parameters.get('opaque'),
    userhash: parameters.get('userhash')?.toLowerCase() === 'true',
    stale: parameters.get('stale')?.toLowerCase() === 'true',
  };
}

/** One header may hold several challenges: each begins with a word that no `=` follows. */
function splitChallenges(header: string): string[] {
  return header.split(/,\s*(?=[A-Za-z][\w-]*\s+[\w*-]+\s*=)/).map((text) => text.trim());
}

function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}
