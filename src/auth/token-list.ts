import { hash, timingSafeEqual } from 'node:crypto';
import type { Config } from '../config/schema.ts';
import type { Principal, Role } from '../contract/call-context.ts';

export type TokenSettings = Pick<Config, 'validTokens' | 'adminTokens'>;

export interface Authenticator {
  /**
   * Who the token belongs to, or undefined when it is in no list. `connection`: the object that stands for the
   * connection which it came by; a token that was accepted there before is not looked up again.
   */
  authenticate(token: string, connection?: object): Principal | undefined;
}

/** The last token that a connection has shown, and that was accepted. */
interface Shown {
  readonly token: string;
  readonly principal: Principal;
  /** The settings that it was accepted by. */
  readonly source: TokenSettings;
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
  const shownBy = new WeakMap<object, Shown>();
  return {
    authenticate(token, connection) {
      const current = settings();
      const shown = connection === undefined ? undefined : shownBy.get(connection);
      if (shown !== undefined && shown.source === current && isSame(shown.token, token))
        return shown.principal;
      if (current !== source) {
        entries = toEntries(current);
        source = current;
      }
      const digest = sha256(token);
      let found: Principal | undefined;
      for (const entry of entries) {
        if (timingSafeEqual(entry.digest, digest)) found = entry.principal;
      }
      if (connection !== undefined && found !== undefined)
        shownBy.set(connection, { token, principal: found, source: current });
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

/** In a time that depends on the lengths alone: a proxy may send several clients by one connection. */
function isSame(known: string, sent: string): boolean {
  if (known.length !== sent.length) return false;
  let difference = 0;
  for (let at = 0; at < known.length; at++) difference |= known.charCodeAt(at) ^ sent.charCodeAt(at);
  return difference === 0;
}

function sha256(token: string): Buffer {
  return hash('sha256', token, 'buffer');
}
