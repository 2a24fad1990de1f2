import * as fc from 'fast-check';
import { isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import {
  addressAliases,
  addressKind,
  type AddressKind,
} from '../../../apis/_platform/transport/address-kind.ts';
import { readTarget } from '../../../apis/_platform/transport/target.ts';
import { bodyText, openTransport, send } from './support/send.ts';
import { afterwards, closeAll } from './support/servers.ts';

afterEach(closeAll);

const seed = Date.now() & 0x7fff_ffff;
const settings = { seed, numRuns: 500 };

/** Four bytes, rather often of an address that matters. */
const ipv4 = fc.oneof(
  fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255)),
  fc.constantFrom<[number, number, number, number]>(
    [127, 0, 0, 1],
    [169, 254, 169, 254],
    [10, 0, 0, 1],
    [0, 0, 0, 0],
    [100, 100, 100, 200],
    [224, 0, 0, 1],
  ),
);

const hex = (value: number): string => value.toString(16);
const strict = (kind: AddressKind): boolean => kind !== 'public';

it(`an address is the same in each form that a URL may have (seed ${seed})`, () => {
  fc.assert(
    fc.property(ipv4, ([a, b, c, d]) => {
      const plain = `${a}.${b}.${c}.${d}`;
      const number = ((a << 24) | (b << 16) | (c << 8) | d) >>> 0;
      const octal = [a, b, c, d].map((part) => `0${part.toString(8)}`).join('.');
      const forms = [
        String(number),
        `0x${hex(number)}`,
        `0X${hex(a)}.0x${hex(b)}.${c}.${d}`,
        octal,
        `${a}.${((b << 16) | (c << 8) | d) >>> 0}`,
        `${a}.${b}.${(c << 8) | d}`,
        `${plain}.`,
      ];
      for (const form of forms) expect(readTarget(`http://${form}/`).hostname).toBe(plain);
    }),
    settings,
  );
});

it(`an address in an IPv6 address is not less guarded (seed ${seed})`, () => {
  fc.assert(
    fc.property(ipv4, fc.nat(0xffff), ([a, b, c, d], other) => {
      const plain = `${a}.${b}.${c}.${d}`;
      const [high, low] = [(a << 8) | b, (c << 8) | d];
      const kind = addressKind(plain);
      const forms = [
        `::ffff:${plain}`,
        `::ffff:${hex(high)}:${hex(low)}`,
        `0:0:0:0:0:ffff:${hex(high)}:${hex(low)}`,
        `::ffff:0:${plain}`,
        `64:ff9b::${plain}`,
        `64:ff9b:1:${hex(high)}:${hex(low >> 8)}:${hex((low & 255) << 8)}::`,
        `64:ff9b:1::${plain}`,
        `2002:${hex(high)}:${hex(low)}::${hex(other)}`,
        `2001:0:${hex(high)}:${hex(low)}::`,
        `2001:0:${hex(other)}::${hex(high ^ 0xffff)}:${hex(low ^ 0xffff)}`,
        `2a00::5efe:${plain}`,
        `2a00::200:5efe:${plain}`,
      ];
      for (const form of forms) {
        expect(isIPv6(form), form).toBe(true);
        expect(addressAliases(form), form).toContain(plain);
        if (strict(kind)) expect(strict(addressKind(form)), form).toBe(true);
        if (kind === 'metadata') expect(addressKind(form), form).toBe('metadata');
      }
    }),
    settings,
  );
});

const hasIpv6 = Object.values(networkInterfaces()).some((list) =>
  list?.some(({ address }) => address === '::1'),
);

it.skipIf(!hasIpv6)('IPv6 targets are reached and guarded', async () => {
  const server = createServer((request, answer) => answer.end(request.headers.host));
  await new Promise<void>((resolve) => server.listen(0, '::1', resolve));
  afterwards(async () => void server.close());
  const { port } = server.address() as AddressInfo;
  const url = `http://[::1]:${port}/`;
  const exchange = await send(openTransport(), { url });
  expect(bodyText(exchange)).toBe(`[::1]:${port}`);
  expect(exchange.response?.remoteAddress).toBe('::1');
  expect((await send(openTransport({ allowPrivate: false }), { url })).error?.code).toBe('TARGET_REFUSED');
  const allowed = openTransport({ allowPrivate: false, allow: [`[::1]:${port}`] });
  expect((await send(allowed, { url })).response?.status).toBe(200);
});
