import { lookup } from 'node:dns/promises';
import { hostname } from 'node:os';
import { afterEach, describe, expect, it } from 'vitest';
import { addressKind, type AddressKind } from '../../../apis/_platform/transport/address-kind.ts';
import { guardedLookup } from '../../../apis/_platform/transport/guarded-lookup.ts';
import { readTarget } from '../../../apis/_platform/transport/target.ts';
import {
  allowedTargetProblem,
  createTargetGuard,
  type TargetGuard,
} from '../../../apis/_platform/transport/target-guard.ts';
import { openTransport, send } from './support/send.ts';
import { closeAll, serveHttp } from './support/servers.ts';

afterEach(closeAll);

const kinds: Record<AddressKind, string[]> = {
  public: [
    '8.8.8.8',
    '1.1.1.1',
    '172.32.0.1',
    '100.128.0.1',
    '2606:4700::1111',
    '64:ff9b::808:808',
    '2002:808:808::1',
  ],
  loopback: [
    '127.0.0.1',
    '127.255.255.254',
    '0.0.0.0',
    '0.1.2.3',
    '::1',
    '::',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '::127.0.0.1',
    '::ffff:0:127.0.0.1',
    '64:ff9b::7f00:1',
    '64:ff9b:1:7f00:0:100::',
    '2002:7f00:1::',
  ],
  private: [
    '10.1.2.3',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.0.1',
    '100.64.0.1',
    '198.18.0.1',
    'fc00::1',
    'fd12:3456::1',
    'fec0::1',
    '::ffff:10.0.0.1',
    '64:ff9b::c0a8:1',
    '2002:c0a8:101::',
    // Teredo with the client 192.168.1.1.
    '2001:0:808:808:0:0:3f57:fefe',
  ],
  linkLocal: ['169.254.1.1', 'fe80::1', 'fe80::1%eth0', '::ffff:169.254.1.1'],
  unroutable: [
    '224.0.0.1',
    '239.255.255.255',
    '240.0.0.1',
    '255.255.255.255',
    '192.0.2.1',
    'ff02::1',
    '2001:db8::1',
  ],
  metadata: [
    '169.254.169.254',
    '169.254.170.2',
    '100.100.100.200',
    '168.63.129.16',
    '192.0.0.192',
    'fd00:ec2::254',
    'fd20:ce::254',
    'fe80::a9fe:a9fe%2',
    '::ffff:169.254.169.254',
    '::ffff:a9fe:a9fe',
    '64:ff9b::a9fe:a9fe',
    '2002:a9fe:a9fe::',
    '2001:0:808:808:0:0:5601:5601',
    '::5efe:169.254.169.254',
  ],
};

describe('addressKind', () => {
  for (const [kind, addresses] of Object.entries(kinds))
    it.each(addresses)(`${kind}: %s`, (address) => expect(addressKind(address)).toBe(kind));
});

describe('what a URL may lead to', () => {
  const check = (guard: TargetGuard, url: string): void => {
    const { hostname, port } = readTarget(url);
    guard.checkHost(hostname, port);
  };
  const strict = createTargetGuard({ allowPrivate: false, allow: [] });
  const open = createTargetGuard({
    allowPrivate: true,
    allow: ['0.0.0.0/0', '::/0', '*.internal', 'metadata'],
  });

  it.each([
    'http://2130706433/',
    'http://0x7f.1/',
    'http://0x7f000001/',
    'http://0177.0.0.1/',
    'http://127.1/',
    'http://0/',
    'http://[::ffff:127.0.0.1]/',
    'http://localhost/',
    'http://LOCALHOST./',
    'http://a.localhost:8080/',
    'http://１２７.0.0.1/',
  ])('%s is this machine, however it is written', (url) => {
    expect(() => check(strict, url)).toThrow(/runnerAllowPrivate/);
    expect(() => check(open, url)).not.toThrow();
  });

  it.each([
    'http://169.254.169.254/latest/meta-data',
    'http://2852039166/',
    'http://0xA9FEA9FE/',
    'http://[::ffff:a9fe:a9fe]/',
    'http://[fd00:ec2::254]/',
    'http://100.100.100.200/',
    'http://metadata.google.internal/',
    'http://Metadata.Google.Internal./',
    'http://metadata/',
  ])('%s is never reached', (url) => {
    expect(() => check(strict, url)).toThrow(/metadata/);
    expect(() => check(open, url)).toThrow(/metadata/);
  });

  it('lets public names and addresses through', () => {
    for (const url of ['https://example.com/', 'http://93.184.215.14/'])
      expect(() => check(strict, url)).not.toThrow();
  });

  it.each<[entry: string, host: string, address: string, port: number, reached: boolean]>([
    ['10.0.0.0/8', 'db', '10.2.3.4', 80, true],
    ['10.0.0.0/8', 'db', '::ffff:10.2.3.4', 80, true],
    ['10.0.0.0/8', 'db', '192.168.1.1', 80, false],
    ['10.2.3.4:8080', 'db', '10.2.3.4', 8080, true],
    ['10.2.3.4:8080', 'db', '10.2.3.4', 80, false],
    ['fd00::/8', 'db', 'fd12::1', 80, true],
    ['[::1]:81', '::1', '::1', 81, true],
    ['[::1]:81', '::1', '::1', 80, false],
    ['orders.test', 'orders.test', '10.0.0.1', 80, true],
    ['orders.test', 'a.orders.test', '10.0.0.1', 80, false],
    ['Orders.Test:443', 'orders.test', '10.0.0.1', 443, true],
    ['Orders.Test:443', 'orders.test', '10.0.0.1', 80, false],
    ['*.test', 'a.orders.test', '10.0.0.1', 80, true],
    ['*.test', 'test', '10.0.0.1', 80, false],
    ['*.test', 'latest', '10.0.0.1', 80, false],
    ['link.test', 'link.test', '169.254.1.1', 80, true],
    ['link.test', 'link.test', '169.254.169.254', 80, false],
    ['link.test', 'link.test', '224.0.0.1', 80, false],
    ['127.0.0.1', 'localhost', '127.0.0.1', 80, true],
  ])('with %s allowed, %s at %s port %i: %s', (entry, host, address, port, reached) => {
    const guard = createTargetGuard({ allowPrivate: false, allow: [entry] });
    const act = (): void => guard.checkAddress(address, host, port);
    if (reached) expect(act).not.toThrow();
    else expect(act).toThrow();
  });

  it.each(['', 'a b', '10.0.0.0/40', '10.0.0.0/x', 'http://a', 'a:0', 'a:99999', '*', '*.', 'a/b'])(
    "refuses the entry '%s' and shows what is expected",
    (entry) => {
      expect(allowedTargetProblem(entry)).toContain(`'${entry}'`);
      expect(() => createTargetGuard({ allowPrivate: false, allow: [entry] })).toThrow();
    },
  );
});

describe('at the connection', () => {
  it('gives only checked addresses to connect to', async () => {
    const guard = createTargetGuard({ allowPrivate: false, allow: [] });
    const failure = await new Promise<unknown>((resolve) => {
      guardedLookup(guard, 80, () => {})('localhost', { all: true }, (error) => resolve(error));
    });
    expect(failure).toMatchObject({ code: 'TARGET_REFUSED' });
  });

  it('refuses a loopback server before a byte reaches it', async () => {
    const server = await serveHttp((_, answer) => answer.end());
    const transport = openTransport({ allowPrivate: false });
    for (const url of [server.url, `http://localhost:${server.port}`]) {
      const { error, response } = await send(transport, { url });
      expect(error).toMatchObject({ code: 'TARGET_REFUSED' });
      expect(response).toBeUndefined();
    }
    expect(server.connections()).toBe(0);
  });

  it('refuses a name by the address that it leads to', async ({ skip }) => {
    // Names that a machine has for itself, none of which tells so.
    const names = [hostname(), 'ip6-loopback', 'ip6-localhost'];
    const found = await Promise.all(
      names.map(async (name) => ({ name, all: await lookup(name, { all: true }).catch(() => []) })),
    );
    const own = found.find(
      ({ all }) => all.length > 0 && all.every(({ address }) => addressKind(address) !== 'public'),
    );
    if (own === undefined) return skip('this machine has no name that leads to a private address');
    const { error } = await send(openTransport({ allowPrivate: false }), { url: `http://${own.name}:1/` });
    expect(error).toMatchObject({
      code: 'TARGET_REFUSED',
      message: expect.stringContaining(`'${own.name.toLowerCase()}' leads to ${own.all[0]?.address}`),
    });
  });

  it('reaches what the allow-list names', async () => {
    const server = await serveHttp((_, answer) => answer.end('ok'));
    const transport = openTransport({ allowPrivate: false, allow: [`localhost:${server.port}`] });
    expect((await send(transport, { url: `http://localhost:${server.port}` })).response?.status).toBe(200);
    expect((await send(transport, { url: server.url })).error?.code).toBe('TARGET_REFUSED');
  });

  it('checks each redirect', async () => {
    const inner = await serveHttp((_, answer) => answer.end('secret'));
    const outer = await serveHttp((request, answer) => {
      answer.writeHead(302, {
        location: request.url === '/meta' ? 'http://169.254.169.254/latest' : inner.url,
      });
      answer.end();
    });
    const transport = openTransport({ allowPrivate: false, allow: [`127.0.0.1:${outer.port}`] });
    for (const path of ['/', '/meta']) {
      const exchange = await send(transport, { url: `${outer.url}${path}` });
      expect(exchange.error?.code).toBe('TARGET_REFUSED');
      expect(exchange.body).toBeUndefined();
    }
    expect(inner.connections()).toBe(0);
  });
});
