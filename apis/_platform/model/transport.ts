import type { Auth, RequestSettings } from './request.ts';
import type { ReceivedResponse, SentRequest, Timings } from './result.ts';

/** A request with all values put in. */
export interface PreparedRequest {
  method: string;
  /** Absolute, with query. */
  url: string;
  headers: [name: string, value: string][];
  /** A stored file is read from disk as it is sent. */
  body?: PreparedBody;
  auth: Exclude<Auth, { type: 'inherit' }>;
  settings: RequestSettings;
}

export type PreparedBody =
  | { type: 'text'; text: string }
  | { type: 'file'; file: string; size: number }
  | { type: 'multipart'; parts: PreparedPart[] };

export type PreparedPart =
  | { name: string; value: string; contentType?: string }
  | { name: string; file: string; fileName: string; contentType: string };

/** What one exchange gave. `body` is there for checks alone and is let go of with the answer. */
export interface Exchange {
  request: SentRequest;
  response?: ReceivedResponse;
  /** The whole body, decompressed, up to the transport's limit for checks. */
  body?: Uint8Array;
  timings: Timings;
  error?: { code: string; message: string };
  attempts: number;
}

/** Cookies of one scope of a run. */
export interface CookieJar {
  cookieHeader(url: string): string | undefined;
  store(url: string, setCookie: string[]): void;
  /** The value of a cookie that would be sent to `url`. */
  value(url: string, name: string): string | undefined;
}

export interface SendOptions {
  signal: AbortSignal;
  jar?: CookieJar;
  /** Bytes of each body that the result keeps. */
  keepBytes: number;
}

/** Sends requests; one for a whole run, so that connections are kept. Never throws for what a server or network does. */
export interface Transport {
  send(request: PreparedRequest, options: SendOptions): Promise<Exchange>;
  close(): Promise<void>;
}
