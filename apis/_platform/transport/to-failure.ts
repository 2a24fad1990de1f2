import { TransportFailure, type TransportErrorCode } from './transport-errors.ts';

interface FailureContext {
  /** `host:port`. */
  target: string;
  host: string;
  /** Whether the header of the answer had arrived. */
  answered: boolean;
  headersLimit: number;
}

const codes: Readonly<Record<string, TransportErrorCode>> = {
  ENOTFOUND: 'DNS_NOT_FOUND',
  ENODATA: 'DNS_NOT_FOUND',
  EAI_AGAIN: 'DNS_FAILED',
  EAI_FAIL: 'DNS_FAILED',
  ESERVFAIL: 'DNS_FAILED',
  ECONNREFUSED: 'CONNECTION_REFUSED',
  EHOSTUNREACH: 'HOST_UNREACHABLE',
  ENETUNREACH: 'HOST_UNREACHABLE',
  EADDRNOTAVAIL: 'HOST_UNREACHABLE',
  EACCES: 'HOST_UNREACHABLE',
  EPERM: 'HOST_UNREACHABLE',
  ETIMEDOUT: 'HOST_UNREACHABLE',
  ECONNRESET: 'CONNECTION_RESET',
  EPIPE: 'CONNECTION_RESET',
  UND_ERR_SOCKET: 'CONNECTION_RESET',
  UND_ERR_INFO: 'CONNECTION_RESET',
  UND_ERR_DESTROYED: 'CANCELLED',
  UND_ERR_CLOSED: 'CANCELLED',
  UND_ERR_ABORTED: 'CANCELLED',
  UND_ERR_INVALID_ARG: 'INVALID_REQUEST',
  UND_ERR_NOT_SUPPORTED: 'INVALID_REQUEST',
  UND_ERR_HEADERS_OVERFLOW: 'RESPONSE_HEADERS_TOO_LARGE',
  UND_ERR_REQ_CONTENT_LENGTH_MISMATCH: 'REQUEST_BODY_CHANGED',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'RESPONSE_CUT',
  CERT_HAS_EXPIRED: 'TLS_CERTIFICATE_EXPIRED',
  CERT_NOT_YET_VALID: 'TLS_CERTIFICATE_NOT_YET_VALID',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'TLS_SELF_SIGNED',
  SELF_SIGNED_CERT_IN_CHAIN: 'TLS_UNKNOWN_ISSUER',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'TLS_UNKNOWN_ISSUER',
  UNABLE_TO_GET_ISSUER_CERT: 'TLS_UNKNOWN_ISSUER',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'TLS_UNKNOWN_ISSUER',
  CERT_UNTRUSTED: 'TLS_UNKNOWN_ISSUER',
  ERR_TLS_CERT_ALTNAME_INVALID: 'TLS_WRONG_HOST',
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: 'TLS_CLIENT_CERTIFICATE_REFUSED',
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: 'TLS_CLIENT_CERTIFICATE_REFUSED',
  ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE: 'TLS_CLIENT_CERTIFICATE_REFUSED',
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED: 'TLS_CLIENT_CERTIFICATE_REFUSED',
};

/** What an error of the network or the HTTP client means for the one who sent the request. */
export function toFailure(error: unknown, context: FailureContext): TransportFailure {
  if (error instanceof TransportFailure) return error;
  const { code, reason } = describe(error);
  return new TransportFailure(codeFor(code, reason, context.answered), {
    target: context.target,
    host: context.host,
    reason,
    limit: context.headersLimit,
  });
}

function codeFor(code: string, reason: string, answered: boolean): TransportErrorCode {
  const found =
    codes[code] ??
    (code.startsWith('HTTPParserError') || code.startsWith('ERR_HTTP2') || code.startsWith('ERR_HTTP_')
      ? 'INVALID_RESPONSE'
      : code.startsWith('ERR_SSL') || code.startsWith('ERR_TLS') || code === 'EPROTO' || code.includes('CERT')
        ? 'TLS_FAILED'
        : 'CONNECTION_FAILED');
  if (!answered) return found;
  const brokeOff = found === 'CONNECTION_RESET' || found === 'CONNECTION_FAILED' || reason.includes('EOF');
  return brokeOff ? 'RESPONSE_CUT' : found;
}

function describe(error: unknown): { code: string; reason: string } {
  if (!(error instanceof Error)) return { code: '', reason: String(error) };
  // Several addresses were tried: what the first one said is as good as any.
  if (error instanceof AggregateError && error.errors.length > 0) return describe(error.errors[0]);
  const { name, code = '', reason } = error as Error & { code?: string; reason?: unknown };
  // Undici leaves the code of its parser's errors out.
  return {
    code: name === 'HTTPParserError' ? name : code,
    reason: typeof reason === 'string' ? reason : error.message,
  };
}
