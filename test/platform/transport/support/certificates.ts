import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface KeyPair {
  cert: string;
  key: string;
}

export interface Certificates {
  ca: string;
  /** For `localhost` and 127.0.0.1. */
  server: KeyPair;
  client: KeyPair;
  /** For `localhost`, no longer valid. */
  expired: KeyPair;
  /** For `other.test` alone. */
  other: KeyPair;
  selfSigned: KeyPair;
  /** The client's key, encrypted with the passphrase `open sesame`. */
  encryptedKey: string;
}

/** Whether certificates can be made here. */
export const hasOpenssl = ((): boolean => {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

/** An authority of the test's own and what it has signed. */
export function makeCertificates(): Certificates {
  const folder = mkdtempSync(join(tmpdir(), 'certificates-'));
  const file = (name: string): string => join(folder, name);
  const openssl = (...args: string[]): void =>
    void execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  const read = (name: string): string => readFileSync(file(name), 'utf8');
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

  const selfSigned = (name: string, extensions: string[]): KeyPair => {
    openssl(
      'req',
      '-x509',
      ...newKey,
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.crt`,
      '-days',
      '30',
      '-subj',
      `/CN=${name}/O=Test`,
      ...extensions.flatMap((extension) => ['-addext', extension]),
    );
    return { cert: read(`${name}.crt`), key: read(`${name}.key`) };
  };
  const signed = (name: string, names: string, validity = ['-days', '10']): KeyPair => {
    openssl('req', ...newKey, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name}`);
    writeFileSync(file('extensions'), `subjectAltName=${names}\n`);
    openssl(
      'x509',
      '-req',
      '-in',
      `${name}.csr`,
      '-CA',
      'ca.crt',
      '-CAkey',
      'ca.key',
      '-CAcreateserial',
      '-out',
      `${name}.crt`,
      '-extfile',
      'extensions',
      ...validity,
    );
    return { cert: read(`${name}.crt`), key: read(`${name}.key`) };
  };

  try {
    const ca = selfSigned('ca', ['basicConstraints=critical,CA:TRUE']).cert;
    const local = 'DNS:localhost,IP:127.0.0.1';
    const certificates = {
      ca,
      server: signed('server', local),
      client: signed('client', 'DNS:client'),
      expired: signed('expired', local, ['-days', '-1']),
      other: signed('other', 'DNS:other.test'),
      selfSigned: selfSigned('self', [`subjectAltName=${local}`]),
    };
    openssl('pkcs8', '-topk8', '-in', 'client.key', '-out', 'encrypted.key', '-passout', 'pass:open sesame');
    return { ...certificates, encryptedKey: read('encrypted.key') };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
