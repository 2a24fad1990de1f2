import { BlockList, isIP, isIPv4 } from 'node:net';

/** What an address stands for. `public` is what is left. */
export type AddressKind = 'public' | 'loopback' | 'private' | 'linkLocal' | 'unroutable' | 'metadata';

// IANA's special-purpose registries for IPv4 and IPv6, by what a request could reach there.
const ranges: readonly (readonly [Exclude<AddressKind, 'public'>, readonly string[]])[] = [
  [
    // Where clouds keep the credentials of the machine.
    'metadata',
    [
      '169.254.169.254/32', // AWS, Azure, Google, Oracle, DigitalOcean, OpenStack
      '169.254.169.253/32', // AWS name server
      '169.254.170.2/32', // AWS ECS
      '169.254.170.23/32', // AWS EKS
      '169.254.0.23/32', // Tencent
      '169.254.42.42/32', // Scaleway
      '100.100.100.200/32', // Alibaba
      '168.63.129.16/32', // Azure
      '192.0.0.192/32', // Oracle
      'fd00:ec2::/32', // AWS
      'fd20:ce::254/128', // Google
      'fd00:c1::a9fe:a9fe/128', // Oracle
      'fe80::a9fe:a9fe/128', // OpenStack
      'fd00:42::42/128', // Scaleway
    ],
  ],
  ['loopback', ['127.0.0.0/8', '0.0.0.0/8', '::1/128', '::/128']],
  ['linkLocal', ['169.254.0.0/16', 'fe80::/10']],
  [
    'private',
    [
      '10.0.0.0/8',
      '172.16.0.0/12',
      '192.168.0.0/16',
      '100.64.0.0/10',
      '198.18.0.0/15',
      'fc00::/7',
      'fec0::/10',
    ],
  ],
  [
    'unroutable',
    [
      '224.0.0.0/4', // multicast
      '240.0.0.0/4', // reserved, with the broadcast address
      '192.0.0.0/24',
      '192.0.2.0/24',
      '198.51.100.0/24',
      '203.0.113.0/24',
      '192.88.99.0/24',
      'ff00::/8',
      '100::/64',
      '2001:db8::/32',
      '3fff::/20',
    ],
  ],
];

const lists = ranges.map(([kind, subnets]) => [kind, blockList(subnets)] as const);
const strictness: readonly AddressKind[] = [
  'public',
  'private',
  'loopback',
  'linkLocal',
  'unroutable',
  'metadata',
];

/**
 * The kind of an address. An IPv6 address that carries an IPv4 address (mapped, compatible, NAT64, 6to4, Teredo, ISATAP)
 * is as strict as the stricter of both.
 */
export function addressKind(address: string): AddressKind {
  const plain = withoutZone(address);
  let strictest = ownKind(plain);
  if (isIPv4(plain)) return strictest;
  for (const inner of embeddedIpv4(plain)) {
    const kind = ownKind(inner);
    if (strictness.indexOf(kind) > strictness.indexOf(strictest)) strictest = kind;
  }
  return strictest;
}

/** A list of addresses and `address/prefix` ranges. @throws Error for what is neither */
export function blockList(subnets: readonly string[]): BlockList {
  const list = new BlockList();
  for (const subnet of subnets) {
    const [address = '', prefix] = subnet.split('/');
    const version = isIP(address);
    if (version === 0) throw new Error(`'${subnet}' is no address or range`);
    const family = version === 4 ? 'ipv4' : 'ipv6';
    if (prefix === undefined) list.addAddress(address, family);
    else if (/^\d{1,3}$/.test(prefix)) list.addSubnet(address, Number(prefix), family);
    else throw new Error(`'${subnet}': expected a number of bits after '/'`);
  }
  return list;
}

/** Every address that a connection to this one may end at: itself, and those that it carries. */
export function addressAliases(address: string): string[] {
  const plain = withoutZone(address);
  return isIPv4(plain) ? [plain] : [plain, ...embeddedIpv4(plain)];
}

function ownKind(address: string): AddressKind {
  const family = isIPv4(address) ? 'ipv4' : 'ipv6';
  return lists.find(([, list]) => list.check(address, family))?.[0] ?? 'public';
}

function withoutZone(address: string): string {
  const zone = address.indexOf('%');
  return zone < 0 ? address : address.slice(0, zone);
}

function embeddedIpv4(address: string): string[] {
  const g = ipv6Groups(address);
  const at = (index: number): string => dotted(g[index] ?? 0, g[index + 1] ?? 0);
  const startsWith = (...groups: number[]): boolean => groups.every((group, index) => g[index] === group);
  const found: string[] = [];
  // Mapped (::ffff:0:0/96), translated (::ffff:0:0:0/96) and compatible (::/96).
  if (startsWith(0, 0, 0, 0)) found.push(at(6));
  // NAT64: 64:ff9b::/96, and 64:ff9b:1::/48, where the address lies behind the prefix or at the end.
  if (startsWith(0x64, 0xff9b)) found.push(at(6));
  if (startsWith(0x64, 0xff9b, 1)) {
    const split = ((g[4] ?? 0) << 8) | ((g[5] ?? 0) >> 8);
    found.push(dotted(g[3] ?? 0, split & 0xffff));
  }
  if (startsWith(0x2002)) found.push(at(1));
  // Teredo: the server's address, and the client's with all bits turned.
  if (startsWith(0x2001, 0)) found.push(at(2), dotted((g[6] ?? 0) ^ 0xffff, (g[7] ?? 0) ^ 0xffff));
  // ISATAP.
  if (((g[4] ?? 0) & 0xfdff) === 0 && g[5] === 0x5efe) found.push(at(6));
  return found;
}

function dotted(high: number, low: number): string {
  return `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`;
}

function ipv6Groups(address: string): number[] {
  const hex = address.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, ...parts: string[]) => {
    const [a, b, c, d] = parts.map(Number) as [number, number, number, number];
    return `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
  });
  const [head = '', tail] = hex.split('::');
  const groups = (text: string): number[] =>
    text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16));
  const first = groups(head);
  if (tail === undefined) return first;
  const last = groups(tail);
  return [...first, ...Array.from({ length: 8 - first.length - last.length }, () => 0), ...last];
}
