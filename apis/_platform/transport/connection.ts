import type { ReceivedResponse } from '../model/result.ts';

/** What is known of a connection once it stands. */
export interface Connection {
  httpVersion: '1.1' | '2';
  remoteAddress: string | undefined;
  certificate: ReceivedResponse['certificate'];
  /** The first that its socket told; undici tells the last, which is often only that it closed. */
  error: Error | undefined;
  /** Milliseconds each, until the request that opened it has taken them over. */
  opening: { dns?: number; connect?: number; tls?: number } | undefined;
}
