import { describe, expect, it } from 'vitest';
import { loggableBody } from '../../src/logging/loggable-body.ts';
import { createSecretScrubber } from '../../src/logging/secret-scrubber.ts';
import { isSensitiveName, redactText } from '../../src/logging/sensitive-text.ts';
import { aRequest, linesOf, logFolder } from './log-folder.ts';

const none = (text: string) => text;
const R = '[redacted]';

describe('names', () => {
  it.each([
    'token',
    'TOKEN',
    'accessToken',
    'access_token',
    'refresh-token',
    'X-Auth-Token',
    'id token',
    'password',
    'Passwd',
    'new_password',
    'secret',
    'clientSecret',
    'client_secret',
    'Authorization',
    'proxy-authorization',
    'api_key',
    'apiKey',
    'API-KEY',
    'x.api.key',
    'cookie',
    'Set-Cookie',
    'private_key',
    'privateKey',
    'credential',
    'credentials',
    'passphrase',
    'pwd',
    'jwt',
    'ｔｏｋｅｎ',
    'to\u200Bken',
    '密码',
  ])('%s is a secret', (name) => expect(isSensitiveName(name)).toBe(true));

  it.each([
    'name',
    'key',
    'author',
    'passenger',
    'bypass',
    'compass',
    'monkey',
    'authenticated',
    '',
    '__proto__',
    'constructor',
  ])('%s is none', (name) => expect(isSensitiveName(name)).toBe(false));
});

describe('values', () => {
  it.each([
    ['at any depth', { a: [{ b: [[{ token: 'x' }]] }] }, { a: [{ b: [[{ token: R }]] }] }],
    ['whole objects', { credentials: { user: 'u', pin: 1 } }, { credentials: R }],
    [
      'JSON in a text',
      { s: '{"password":"p","n":[{"token":["x"]}]}' },
      { s: `{"password":"${R}","n":[{"token":"${R}"}]}` },
    ],
    [
      'JSON in JSON',
      { s: JSON.stringify({ t: JSON.stringify({ secret: 'x"y' }) }) },
      { s: JSON.stringify({ t: `{"secret":"${R}"}` }) },
    ],
    ['JSON as a key', { '{"token":"x"}': 1 }, { [`{"token":"${R}"}`]: R }],
    ['broken JSON', { s: '{"password":"p' }, { s: `{"password":"${R}"` }],
    ['broken JSON with a nested value', { s: '{"token":{"a":"x"},' }, { s: `{"token":"${R}"` }],
    ['queries', { url: 'http://h/?a=1&token=x&b=2' }, { url: `http://h/?a=1&token=${R}&b=2` }],
    ['schemes', { h: 'Bearer abcdefgh' }, { h: `Bearer ${R}` }],
    [
      'maps and sets',
      new Map<string, unknown>([
        ['token', 'x'],
        ['s', new Set([1])],
      ]),
      { token: R, s: [1] },
    ],
    [
      'dates, bytes and big integers',
      { d: new Date(0), b: Buffer.from('abc'), i: 3n },
      { d: '1970-01-01T00:00:00.000Z', b: '[3 bytes]', i: '3' },
    ],
    [
      '__proto__ as a key',
      JSON.parse('{"__proto__":{"token":"x"}}'),
      JSON.parse(`{"__proto__":{"token":"${R}"}}`),
    ],
    [
      'what JSON leaves out',
      { u: undefined, f: () => 1, n: null, z: 0, e: '' },
      { f: '[function]', n: null, z: 0, e: '' },
    ],
  ])('%s', (_, body, expected) => {
    expect(JSON.stringify(loggableBody(body, 1_000, none))).toBe(JSON.stringify(expected));
  });

  it.each([
    ['token "x"', 'token "x"'],
    ['expected a token, got nothing', 'expected a token, got nothing'],
    ['sent {"api_key": "a\\"b", "n": 1}', `sent {"api_key": "${R}", "n": 1}`],
    ["sent {'password': 'x'}", `sent {'password': "${R}"}`],
    ['sent {\\"token\\":\\"x\\",\\"n\\":1}', `sent {\\"token\\":"${R}",\\"n\\":1}`],
    ['sent {"pin_token": 1234}', `sent {"pin_token": "${R}"}`],
    ['GET /x?access_token=abc HTTP/1.1', `GET /x?access_token=${R} HTTP/1.1`],
    ['Authorization: Basic dXNlcjpwYXNz', `Authorization: Basic ${R}`],
  ])('text: %s', (text, expected) => expect(redactText(text)).toBe(expected));
});

describe('cutting', () => {
  it('keeps a body up to the limit and cuts beyond', () => {
    const body = { a: 'x'.repeat(10) };
    const { length } = JSON.stringify(body);
    expect(loggableBody(body, length, none)).toEqual(body);
    expect(loggableBody(body, length - 1, none)).toBe(`${JSON.stringify(body).slice(0, length - 1)}… [cut]`);
    expect(loggableBody(body, 0, none)).toBe('… [cut]');
    expect(loggableBody(undefined, 10, none)).toBeUndefined();
  });

  it('stops walking when it has enough', () => {
    let reads = 0;
    const member = {
      get value() {
        return (reads += 1);
      },
    };
    const cut = loggableBody(
      Array.from({ length: 100_000 }, () => member),
      200,
      none,
    );
    expect(cut).toMatch(/… \[cut\]$/);
    expect((cut as string).length).toBeLessThan(220);
    expect(reads).toBeLessThan(200);
  });

  it('survives depth and cycles', () => {
    let deep: unknown = 1;
    for (let i = 0; i < 50_000; i++) deep = [deep];
    expect(JSON.stringify(loggableBody(deep, 100_000, none))).toContain('[too deep]');
    const loop: { again?: unknown } = {};
    loop.again = [loop];
    expect(loggableBody(loop, 100, none)).toEqual({ again: ['[circular]'] });
    const shared = { a: 1 };
    expect(loggableBody([shared, shared], 100, none)).toEqual([shared, shared]);
  });

  it('costs linear time on hostile text', () => {
    const hostile = [
      '"token'.repeat(20_000),
      'a-'.repeat(60_000),
      '"token":"\\'.repeat(10_000),
      `${'\\'.repeat(90_000)}"token":`,
      'token'.repeat(24_000),
    ];
    const cost = (text: string) => {
      const start = process.hrtime.bigint();
      redactText(text);
      return Number(process.hrtime.bigint() - start);
    };
    for (const text of hostile) {
      cost(`token ${text}`);
      // Ten times the text may cost ten times as much; quadratic work would cost a hundred times.
      const small = Math.min(...[1, 2, 3].map(() => cost(`token ${text.slice(0, text.length / 10)}`)));
      const large = Math.min(...[1, 2, 3].map(() => cost(`token ${text}`)));
      expect(large / Math.max(small, 20_000)).toBeLessThan(60);
    }
  });
});

describe('tokens in force', () => {
  it('are found in plain, JSON and URL form, whatever their number', () => {
    const odd = 'tok"en\\+/ü=';
    const many = Array.from({ length: 100 }, (_, index) => `some-token-${index}-(x)`);
    for (const secrets of [[odd], [odd, ...many]]) {
      const scrub = createSecretScrubber(() => secrets);
      for (const text of [odd, JSON.stringify({ a: odd }), encodeURIComponent(odd), secrets.join(',')]) {
        const scrubbed = scrub(text);
        expect(scrubbed).toContain(R);
        for (const secret of secrets) expect(scrubbed).not.toContain(secret);
      }
    }
  });

  it('follow a change, longest first; very short ones are left alone', () => {
    let secrets = ['secret-token', 'secret-token-long', 'a'];
    const scrub = createSecretScrubber(() => secrets);
    expect(scrub('a secret-token-long and secret-token')).toBe(`a ${R} and ${R}`);
    secrets = ['rotated-token'];
    expect(scrub('secret-token rotated-token')).toBe(`secret-token ${R}`);
  });

  it('leave no part behind where a body is cut', () => {
    const secret = 'abcdefghijklmnopqrstuvwx';
    const scrub = createSecretScrubber(() => [secret]);
    for (let padding = 60; padding < 110; padding++) {
      const text = `${'-'.repeat(padding)}${secret}`;
      for (const body of [
        text,
        [text],
        { [text]: 1 },
        JSON.stringify({ a: text }),
        JSON.stringify([JSON.stringify([text])]),
      ]) {
        expect(JSON.stringify(loggableBody(body, 100, scrub))).not.toContain('abc');
      }
    }
  });

  it('are in no output, wherever they are put', async () => {
    const seed = Number(process.env['TEST_SEED'] ?? Date.now() % 1_000_000_007);
    const random = randomFrom(seed);
    const secrets = Array.from({ length: 5 }, () => randomToken(random));
    const prepared = await logFolder({ logResponseData: true }, { secrets: () => secrets });
    const pretty = await logFolder({ logToFile: false }, { secrets: () => secrets, console: 'pretty' });
    for (let i = 0; i < 300; i++) {
      const secret = secrets[Math.floor(random() * secrets.length)] ?? '';
      for (const { logs } of [prepared, pretty]) {
        logs.request({
          ...aRequest,
          requestId: secret,
          endpoint: `/m/${secret}`,
          body: nest(secret, random),
          data: nest(secret, random),
        });
        logs.error(`failed for ${secret}`, {
          err: new Error(secret, { cause: nest(secret, random) }),
          field: nest(secret, random),
          [secret]: 1,
        });
        logs.system('info', secret, { a: nest(secret, random) });
        logs.auth('warn', secret, { a: nest(secret, random) });
        logs.call('warn', secret, { a: nest(secret, random) });
      }
    }
    prepared.logs.flush();
    pretty.logs.flush();
    const outputs = [JSON.stringify(prepared.lines()), prepared.console.text, pretty.console.text];
    expect(linesOf(prepared.console.text)).toHaveLength(1_500);
    for (const secret of secrets) {
      for (const output of outputs)
        expect(output.includes(secret), `seed ${seed}: TEST_SEED=${seed} repeats it`).toBe(false);
    }
  });
});

/** mulberry32 */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function randomToken(random: () => number): string {
  const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.~+/=';
  const length = 8 + Math.floor(random() * 40);
  return Array.from({ length }, () => letters[Math.floor(random() * letters.length)]).join('');
}

/** The secret somewhere in a value, now and then at the place where the body is cut. */
function nest(secret: string, random: () => number): unknown {
  const padding = 'p'.repeat(Math.floor(random() * 1_100));
  switch (Math.floor(random() * 7)) {
    case 0:
      return secret;
    case 1:
      return [`${padding}${secret}`];
    case 2:
      return { [secret]: padding };
    case 3:
      return { note: `my token is ${secret}, keep it`, token: secret };
    case 4:
      return { text: JSON.stringify({ a: JSON.stringify({ b: `${padding}${secret}` }) }) };
    case 5:
      return { padding, deep: [[[[{ header: `Bearer ${secret}` }]]]] };
    default:
      return `{"broken": "${padding}${secret}`;
  }
}
