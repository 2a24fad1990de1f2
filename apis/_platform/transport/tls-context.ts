import { createSecureContext, rootCertificates, type SecureContext } from 'node:tls';
import * as tls from 'node:tls';
import type { TlsSettings } from '../model/request.ts';
import { TransportFailure } from './transport-errors.ts';

/**
 * Certificates and keys, read once for all connections of a pool; nothing when the machine's own will do.
 *
 * @throws TransportFailure TLS_INVALID_SETTINGS
 */
export function readTlsContext(settings: TlsSettings | undefined): SecureContext | undefined {
  if (settings === undefined) return undefined;
  const { ca, cert, key, passphrase } = settings;
  if (ca === undefined && cert === undefined && key === undefined) return undefined;
  if ((cert === undefined) !== (key === undefined))
    throw invalid(
      `'${cert === undefined ? 'key' : 'cert'}' is given without '${cert === undefined ? 'cert' : 'key'}'`,
    );
  if (ca !== undefined && !ca.includes('-----BEGIN CERTIFICATE-----'))
    throw invalid("'ca' holds no certificate");
  try {
    return createSecureContext({
      ...(ca !== undefined && { ca: [...trustedAnyway(), ca] }),
      ...(cert !== undefined && { cert }),
      ...(key !== undefined && { key }),
      ...(passphrase !== undefined && { passphrase }),
    });
  } catch (error) {
    throw invalid((error as Error).message);
  }
}

/** Certificates that Node trusts by default; Node 22.15 and later also know those that were added from outside. */
function trustedAnyway(): readonly string[] {
  const { getCACertificates } = tls as { getCACertificates?: (kind: 'default') => string[] };
  return getCACertificates?.('default') ?? rootCertificates;
}

function invalid(reason: string): TransportFailure {
  return new TransportFailure('TLS_INVALID_SETTINGS', { reason });
}
