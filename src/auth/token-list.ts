import { hash, timingSafeEqual } from 'node:crypto';
import type { Config } from '../config/schema.ts';
import type { Principal, Role } from '../contract/call-context.ts';

export type TokenSettings = Pick<Config, 'validTokens' | 'adminTokens'>;

export interface Authenticator {
  /** Who the token belongs to, or undefined when it is in no list. */
  authenticate(token: string): Principal | undefined;
}

interface Entry {
  readonly digest: Buffer;
  readonly principal: Principal;
}

/**
 * Compares tokens as SHA-256 digests, each in constant time, over the whole list: the time taken tells
 * nothing about how much of a guess was right, nor which entry matched. A token in both lists is an
 * admin's.
 *
 * `settings` is asked on every call; a new object of settings makes new digests, so that tokens rotate
 * without a restart.
 */
export function createAuthenticator(settings: () => TokenSettings): Authenticator {
  let source: TokenSettings | undefined;
  let entries: readonly Entry[] = [];
  return {
    authenticate(token) {
      const current = settings();
      if (current !== source) {
        entries = toEntries(current);
        source = current;
      }
      const digest = sha256(token);
      let found: Principal | undefined;
      for (const entry of entries) {
        if (timingSafeEqual(entry.digest, digest)) found = entry.principal;
      }
      return found;
    },
  };
}

function toEntries(settings: TokenSettings): Entry[] {
  const admins = new Set(settings.adminTokens);
  const business = new Set(settings.validTokens.filter((token) => !admins.has(token)));
  return [
    ...[...business].map((token) => toEntry(token, ['business'])),
    ...[...admins].map((token) => toEntry(token, ['business', 'admin'])),
  ];
}

function toEntry(token: string, roles: readonly Role[]): Entry {
  const digest = sha256(token);
  const kind: Role = roles.includes('admin') ? 'admin' : 'business';
  return { digest, principal: Object.freeze({ id: `${kind}:${digest.toString('hex', 0, 4)}`, roles }) };
}

function sha256(token: string): Buffer {
  return hash('sha256', token, 'buffer');
}
