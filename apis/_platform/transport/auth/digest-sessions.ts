import type { Auth } from '../../model/request.ts';
import type { RequestDraft } from '../request-draft.ts';
import { digestAuthorization, readDigestChallenge, type DigestChallenge } from './digest.ts';

type DigestAuth = Extract<Auth, { type: 'digest' }>;

interface Session {
  challenge: DigestChallenge;
  count: number;
}

/** The challenges of the servers of a run: a nonce serves until its server wants another. */
export class DigestSessions {
  readonly #sessions = new Map<string, Session>();

  /** Answers the last challenge of the origin; nothing before there was one. Gives the nonce that was used. */
  authorize(draft: RequestDraft, auth: DigestAuth): string | undefined {
    const session = this.#sessions.get(key(draft, auth));
    if (session === undefined) return undefined;
    session.count += 1;
    const { username, password } = auth;
    const { method, target } = draft;
    const value = digestAuthorization({
      ...session,
      username,
      password,
      method,
      uri: target.path,
    });
    draft.add('authorization', value, value.replace(/response="[^"]*"/, 'response="***"'));
    return session.challenge.nonce;
  }

  /**
   * Takes the challenge of a 401 answer.
   *
   * @param usedNonce the one that the refused request was made with
   * @returns whether the request should be sent again: not when the credentials themselves were refused
   */
  accept(
    draft: RequestDraft,
    auth: DigestAuth,
    refused: { challenges: readonly string[]; usedNonce: string | undefined },
  ): boolean {
    const challenge = readDigestChallenge(refused.challenges);
    if (challenge === undefined) return false;
    const current = this.#sessions.get(key(draft, auth));
    // A request at the same time may have brought a newer nonce.
    if (
      refused.usedNonce !== undefined &&
      !challenge.stale &&
      current?.challenge.nonce === refused.usedNonce &&
      challenge.nonce === refused.usedNonce
    )
      return false;
    this.#sessions.set(key(draft, auth), { challenge, count: 0 });
    return true;
  }
}

function key(draft: RequestDraft, { username, password }: DigestAuth): string {
  return JSON.stringify([draft.target.origin, username, password]);
}
