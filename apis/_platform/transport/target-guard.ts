import { isIP } from 'node:net';
import { addressAliases, addressKind, blockList, type AddressKind } from './address-kind.ts';
import { TransportFailure } from './transport-errors.ts';

export interface TargetGuardOptions {
  /** Whether loopback and private addresses may be reached. */
  allowPrivate: boolean;
  /**
   * Targets that may be reached although they are loopback, private or link-local: `host`, `*.suffix`, an address, a
   * CIDR range, each with `:port` when only that port is meant (`[::1]:8080` for IPv6).
   */
  allow: readonly string[];
}

/** Decides what may be reached. Cloud metadata never may. */
export interface TargetGuard {
  /** What a host name or address alone tells. @throws TransportFailure TARGET_REFUSED */
  checkHost(host: string, port: number): void;
  /** An address that a connection is about to go to. `host` is the name that led there. @throws TransportFailure */
  checkAddress(address: string, host: string, port: number): void;
}

interface AllowedTarget {
  matches(host: string, address: string | undefined): boolean;
  port: number | undefined;
}

const metadataHosts = new Set([
  'metadata',
  'metadata.google.internal',
  'metadata.goog',
  'metadata.tencentyun.com',
  'metadata.platformequinix.com',
  'metadata.packet.net',
  'instance-data',
  'instance-data.ec2.internal',
  'api.metadata.cloud.ibm.com',
]);

const descriptions: Readonly<Record<Exclude<AddressKind, 'public' | 'metadata'>, string>> = {
  loopback: 'an address of this machine itself',
  private: 'an address of a private network',
  linkLocal: 'a link-local address',
  unroutable: 'a multicast, broadcast or reserved address',
};

/** @throws Error when an entry of `allow` cannot be understood */
export function createTargetGuard(options: TargetGuardOptions): TargetGuard {
  const allowed = options.allow.map(readAllowedTarget);
  const isAllowed = (host: string, address: string | undefined, port: number): boolean =>
    allowed.some((entry) => (entry.port ?? port) === port && entry.matches(host, address));

  const checkAddress: TargetGuard['checkAddress'] = (address, host, port) => {
    const kind = addressKind(address);
    if (kind === 'public') return;
    const shown = host === address ? `'${address}'` : `'${host}' leads to ${address}, which`;
    if (kind === 'metadata') throw metadataRefused(`${shown} is`);
    if (options.allowPrivate && (kind === 'loopback' || kind === 'private')) return;
    if (kind !== 'unroutable' && isAllowed(host, address, port)) return;
    throw new TransportFailure('TARGET_REFUSED', {
      reason: `${shown} is ${descriptions[kind]}, and those are not reached from here. ${wayOut(kind, host)}`,
    });
  };

  return {
    checkAddress,
    checkHost(host, port) {
      const name = plainHost(host);
      if (isIP(name) !== 0) checkAddress(name, name, port);
      else if (metadataHosts.has(name)) throw metadataRefused(`'${name}' is`);
      // A proxy may know such names where this machine's resolver does not.
      else if (isLocalName(name)) checkAddress('127.0.0.1', name, port);
    },
  };
}

/** What is wrong with an entry of the allow-list, or nothing. */
export function allowedTargetProblem(entry: string): string | undefined {
  try {
    readAllowedTarget(entry);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** A host as it is compared: lower case, no brackets, no dot at the end. */
export function plainHost(host: string): string {
  const bare = host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host;
  return (bare.endsWith('.') ? bare.slice(0, -1) : bare).toLowerCase();
}

function readAllowedTarget(entry: string): AllowedTarget {
  const { host, port } = splitPort(entry.trim());
  if (host.includes('/') || isIP(host) !== 0) {
    let list;
    try {
      list = blockList([host]);
    } catch {
      throw new Error(invalidEntry(entry));
    }
    return {
      port,
      matches: (_, address) =>
        address !== undefined &&
        addressAliases(address).some((alias) => list.check(alias, isIP(alias) === 4 ? 'ipv4' : 'ipv6')),
    };
  }
  const name = plainHost(host);
  const suffix = name.startsWith('*.') ? name.slice(1) : undefined;
  if (!/^(?=.{1,253}$)[\p{L}\p{N}_-]+(?:\.[\p{L}\p{N}_-]+)*$/u.test(suffix?.slice(1) ?? name))
    throw new Error(invalidEntry(entry));
  // Names are compared as a URL has them.
  const ascii = new URL(`http://${suffix === undefined ? name : name.slice(2)}`).hostname;
  return {
    port,
    matches: suffix === undefined ? (host) => host === ascii : (host) => host.endsWith(`.${ascii}`),
  };
}

function splitPort(entry: string): { host: string; port: number | undefined } {
  const match = /^(?:\[([^\]]*)\]|([^:]*)):(\d{1,5})$/.exec(entry);
  if (match === null) return { host: entry.replace(/^\[(.*)\]$/, '$1'), port: undefined };
  const port = Number(match[3]);
  if (port < 1 || port > 65_535)
    throw new Error(`'${entry}': expected a port from 1 to 65535, got ${match[3]}`);
  return { host: match[1] ?? match[2] ?? '', port };
}

function isLocalName(name: string): boolean {
  return name === 'localhost' || name.endsWith('.localhost') || name === 'localhost.localdomain';
}

function invalidEntry(entry: string): string {
  return `'${entry}' is no target: expected a host name, '*.suffix', an address or a range such as '10.0.0.0/8', each with ':port' if only that port is meant`;
}

function metadataRefused(beginning: string): TransportFailure {
  return new TransportFailure('TARGET_REFUSED', {
    reason: `${beginning} the metadata service of a cloud, which holds credentials and is never reached from here. Choose another target.`,
  });
}

function wayOut(kind: AddressKind, host: string): string {
  if (kind === 'unroutable') return 'Choose another target.';
  const entry = `Add '${host}' to the project's allowed targets`;
  return kind === 'linkLocal' ? `${entry}.` : `${entry}, or set 'runnerAllowPrivate'.`;
}
