/**
 * When the same request may be sent again by itself: `unsent`, the server got nothing of it, so any method may;
 * `sent`, it may have been processed, so only a method that may be repeated; `never`, it would fail in the same way.
 */
export type Repetition = 'unsent' | 'sent' | 'never';

interface TransportErrorKind {
  /** `{name}` is filled in. */
  text: string;
  repetition: Repetition;
}

/** Everything that can go wrong between a prepared request and its answer, each with the way out. */
export const transportErrors = {
  INVALID_URL: {
    text: "'{url}' is no URL that can be sent to: {reason}. Write an absolute http:// or https:// address, or set the variable 'baseUrl'.",
    repetition: 'never',
  },
  INVALID_REQUEST: {
    text: 'The request cannot be sent: {reason}. Correct its method, headers or body.',
    repetition: 'never',
  },
  INVALID_PROXY: {
    text: "'{proxy}' is no HTTP proxy. Write 'http://host:port', with 'user:password@' before the host where it asks for it.",
    repetition: 'never',
  },
  FILE_NOT_READABLE: {
    text: "The file '{file}' of the body cannot be read ({reason}). Upload it again, or choose another one.",
    repetition: 'never',
  },
  REQUEST_BODY_CHANGED: {
    text: 'A file of the body changed while it was sent. Send the request again when nothing writes to it.',
    repetition: 'never',
  },
  TARGET_REFUSED: { text: '{reason}', repetition: 'never' },
  DNS_NOT_FOUND: {
    text: "No address is known for the host '{host}'. Check its spelling, and that this machine's name server knows it.",
    repetition: 'unsent',
  },
  DNS_FAILED: {
    text: "The name server did not answer for the host '{host}' ({reason}). Try again, or check this machine's name server.",
    repetition: 'unsent',
  },
  CONNECTION_REFUSED: {
    text: 'Nothing accepts connections at {target}. Check that the service runs, and its port.',
    repetition: 'unsent',
  },
  HOST_UNREACHABLE: {
    text: 'No way leads to {target} ({reason}). Check the network between this machine and the host.',
    repetition: 'unsent',
  },
  CONNECT_TIMEOUT: {
    text: "No connection to {target} within {limit} ms. Check that the host is reachable, or raise the timeout 'connect'.",
    repetition: 'unsent',
  },
  CONNECTION_FAILED: {
    text: 'The connection to {target} failed ({reason}). Check the host and the network between.',
    repetition: 'sent',
  },
  PROXY_REFUSED: {
    text: "The proxy {proxy} did not open a way to {target}: it answered {status}. Check the proxy's rules and credentials.",
    repetition: 'unsent',
  },
  TLS_INVALID_SETTINGS: {
    text: "The TLS settings cannot be used ({reason}). 'ca', 'cert' and 'key' are PEM texts; an encrypted key needs its 'passphrase'.",
    repetition: 'never',
  },
  TLS_CERTIFICATE_EXPIRED: {
    text: "The certificate of {target} has expired. Renew it, or set 'tls.insecure' to accept it.",
    repetition: 'never',
  },
  TLS_CERTIFICATE_NOT_YET_VALID: {
    text: "The certificate of {target} is not valid yet. Check this machine's clock, or set 'tls.insecure' to accept it.",
    repetition: 'never',
  },
  TLS_SELF_SIGNED: {
    text: "The certificate of {target} is self-signed. Give its authority in 'tls.ca', or set 'tls.insecure' to accept it.",
    repetition: 'never',
  },
  TLS_UNKNOWN_ISSUER: {
    text: "The certificate of {target} comes from an authority that is not trusted here. Give it in 'tls.ca', or set 'tls.insecure' to accept it.",
    repetition: 'never',
  },
  TLS_WRONG_HOST: {
    text: "The certificate of {target} is for another host ({reason}). Use a host name that it names, or set 'tls.serverName'.",
    repetition: 'never',
  },
  TLS_CLIENT_CERTIFICATE_REFUSED: {
    text: "{target} wants another client certificate, or one at all ({reason}). Set 'tls.cert' and 'tls.key' to one that it trusts.",
    repetition: 'never',
  },
  TLS_FAILED: {
    text: 'No TLS connection to {target} ({reason}). Check that the port speaks TLS, and which versions both sides know.',
    repetition: 'unsent',
  },
  CONNECTION_RESET: {
    text: "{target} closed the connection before it answered ({reason}). See the service's log; a proxy between may have closed it too.",
    repetition: 'sent',
  },
  FIRST_BYTE_TIMEOUT: {
    text: "{target} did not begin to answer within {limit} ms. Look for what holds it up, or raise the timeout 'firstByte'.",
    repetition: 'sent',
  },
  TIMEOUT: {
    text: "The exchange with {target} was not over within {limit} ms. Look for what holds it up, or raise the timeout 'total'.",
    repetition: 'sent',
  },
  RESPONSE_CUT: {
    text: "The answer of {target} broke off in the middle of its body ({reason}). See the service's log.",
    repetition: 'sent',
  },
  INVALID_RESPONSE: {
    text: 'What {target} answered is no HTTP ({reason}). Check the port and the scheme (http or https).',
    repetition: 'sent',
  },
  RESPONSE_HEADERS_TOO_LARGE: {
    text: 'The header of the answer of {target} is larger than {limit} bytes. Let the service send less in it.',
    repetition: 'never',
  },
  RESPONSE_TOO_LARGE: {
    text: 'The body of the answer of {target} is larger than {limit} bytes (decompressed). Ask for less of it, such as a page or a range.',
    repetition: 'never',
  },
  INVALID_CONTENT_ENCODING: {
    text: "The body of the answer of {target} is not what its header 'content-encoding: {encoding}' says ({reason}). Correct the service, or ask with 'accept-encoding: identity'.",
    repetition: 'never',
  },
  TOO_MANY_REDIRECTS: {
    text: "The request was sent on more than {limit} times, last to '{url}'. Raise 'redirects', or set it to 0 to look at the first one.",
    repetition: 'never',
  },
  REDIRECT_LOOP: {
    text: "The request was sent on to '{url}' a second time with nothing changed. Set 'redirects' to 0 to look at the answer that sends it on.",
    repetition: 'never',
  },
  INVALID_REDIRECT: {
    text: "{target} sends the request on to '{location}', which is no http:// or https:// address. Set 'redirects' to 0 to look at the answer.",
    repetition: 'never',
  },
  OAUTH2_TOKEN_FAILED: {
    text: "No OAuth2 token from '{url}': {reason}. Check the token URL, the client and its secret.",
    repetition: 'never',
  },
  CANCELLED: { text: 'The request was cancelled before its answer was complete.', repetition: 'never' },
} as const satisfies Record<string, TransportErrorKind>;

export type TransportErrorCode = keyof typeof transportErrors;

/** An exchange that came to no good end. */
export class TransportFailure extends Error {
  readonly code: TransportErrorCode;

  constructor(code: TransportErrorCode, values: Readonly<Record<string, string | number>> = {}) {
    super(
      transportErrors[code].text.replace(/\{(\w+)\}/g, (whole, name: string) =>
        String(values[name] ?? whole),
      ),
    );
    this.name = 'TransportFailure';
    this.code = code;
  }

  get repetition(): Repetition {
    return transportErrors[this.code].repetition;
  }
}
