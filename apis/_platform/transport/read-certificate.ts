import type { TLSSocket } from 'node:tls';
import type { Connection } from './connection.ts';

const day = 86_400_000;

/** What a result tells of the certificate of a server. */
export function readCertificate(socket: TLSSocket): Connection['certificate'] {
  const { subject, issuer, valid_to: validTo } = socket.getPeerCertificate();
  const expires = Date.parse(validTo);
  if (Number.isNaN(expires)) return undefined;
  return {
    subject: shownName(subject),
    issuer: shownName(issuer),
    validTo: new Date(expires).toISOString(),
    days: Math.floor((expires - Date.now()) / day),
  };
}

function shownName(name: object): string {
  return Object.entries(name)
    .map(([key, value]) => `${key}=${[value].flat().join('+')}`)
    .join(', ');
}
