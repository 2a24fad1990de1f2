import type { Json } from './json.ts';

/** A header, query parameter or form field. Texts may hold `{{name}}`. */
export interface NamedValue {
  /** @minLength 1 @maxLength 1000 */
  name: string;
  value: string;
  /** Left out of the request when false. Default: true. */
  enabled?: boolean;
  /** @maxLength 2000 */
  description?: string;
}

/** A part of a multipart body: a text, or a stored file by its id. */
export interface MultipartPart {
  name: string;
  value?: string;
  /** Id of a file in `files`. */
  file?: number;
  fileName?: string;
  contentType?: string;
  enabled?: boolean;
}

export type RequestBody =
  | { type: 'none' }
  /** Sent as JSON. A text that is one `{{name}}` alone becomes the value with its type. */
  | { type: 'json'; value: Json }
  /** Sent as it is after `{{name}}` was replaced; also JSON that is not valid before that. */
  | { type: 'text'; text: string; contentType?: string }
  | { type: 'form'; fields: NamedValue[] }
  | { type: 'multipart'; parts: MultipartPart[] }
  | { type: 'graphql'; query: string; variables?: Json; operationName?: string }
  /** A stored file as the whole body. */
  | { type: 'binary'; file: number; contentType?: string };

export type Auth =
  /** That of the category, else of the module, else of the project. */
  | { type: 'inherit' }
  | { type: 'none' }
  | { type: 'basic'; username: string; password: string }
  | { type: 'bearer'; token: string }
  | { type: 'apiKey'; name: string; value: string; in: 'header' | 'query' | 'cookie' }
  | { type: 'digest'; username: string; password: string }
  | {
      type: 'oauth2';
      grant: 'clientCredentials' | 'password';
      tokenUrl: string;
      clientId: string;
      clientSecret?: string;
      username?: string;
      password?: string;
      scope?: string;
      /** How the client shows who it is. Default: `header` (HTTP Basic). */
      clientAuth?: 'header' | 'body';
    }
  | {
      type: 'awsSigV4';
      accessKeyId: string;
      secretAccessKey: string;
      sessionToken?: string;
      region: string;
      service: string;
    };

export interface Retries {
  /**
   * Tries after the first one.
   *
   * @integer @minimum 0 @maximum 20
   */
  count: number;
  /** Milliseconds before the first repetition, doubled for each further one. Default: 200. @minimum 0 @maximum 60000 */
  delay?: number;
  /** Statuses that are tried again; errors of the connection always are. Default: 429, 502, 503, 504. */
  statuses?: number[];
}

export interface TlsSettings {
  /** Accepts any certificate. Default: false. */
  insecure?: boolean;
  /** PEM text of certificates to trust beside the system's. */
  ca?: string;
  /** PEM text of the client's certificate. */
  cert?: string;
  /** PEM text of the client's key. */
  key?: string;
  passphrase?: string;
  serverName?: string;
}

export interface RequestSettings {
  /** Milliseconds. Defaults: connect 10,000; first byte 30,000; total 60,000. */
  timeouts?: { connect?: number; firstByte?: number; total?: number };
  retries?: Retries;
  /** Redirects that are followed. Default: 10; 0 gives the 3xx answer itself. @integer @minimum 0 @maximum 50 */
  redirects?: number;
  /** `http://host:port` of an HTTP proxy. */
  proxy?: string;
  tls?: TlsSettings;
  /** Default: '1.1'. */
  httpVersion?: '1.1' | '2';
  /** Whether cookies of earlier answers in the run are sent and new ones kept. Default: true. */
  cookies?: boolean;
}

/** A request as a tester writes it: every text may hold `{{name}}`. */
export interface RequestSpec {
  /** @minLength 1 @maxLength 20 */
  method: string;
  /** Absolute, or relative to the variable `baseUrl`; `:name` or `{name}` in the path are path parameters. @maxLength 8000 */
  url: string;
  pathParams: NamedValue[];
  /** Query parameters, beside those in the url. */
  params: NamedValue[];
  headers: NamedValue[];
  body: RequestBody;
  auth: Auth;
  settings?: RequestSettings;
}

/** A request that stands by itself, not in the catalog: what is left out is empty, `GET`, and inherits its auth. */
export interface InlineRequest extends Partial<RequestSpec> {
  /** As that of a catalog entry. @minLength 1 @maxLength 8000 */
  url: string;
}
