import { describe, expect, it } from 'vitest';
import type { Shape, StringFormat } from '../../src/contract/signature.ts';
import { refused, refuses, takes } from './expect-outcome.ts';
import { outcome } from './make-signature.ts';

describe('text', () => {
  it('is counted in code points', () => {
    const shape: Shape = { kind: 'string', minLength: 2, maxLength: 3 };
    takes(shape, 'ab', 'abc', '😀😀', '😀😀😀', 'é́');
    expect(outcome(shape, '😀')).toEqual(
      refused(`expected a string of 2 to 3 characters, got '"😀"' (length 1)`, 'too_small'),
    );
    expect(outcome(shape, 'abcd')).toEqual(
      refused(`expected a string of 2 to 3 characters, got '"abcd"' (length 4)`, 'too_big'),
    );
    expect(outcome(shape, 5)).toEqual(
      refused("expected a string of 2 to 3 characters, got '5'", 'invalid_type'),
    );
    expect(outcome({ kind: 'string', minLength: 1 }, '')).toEqual(
      refused(`expected a string of at least 1 character, got '""' (length 0)`, 'too_small'),
    );
    expect(outcome({ kind: 'string', maxLength: 0 }, 'x')).toEqual(
      refused(`expected a string of at most 0 characters, got '"x"' (length 1)`, 'too_big'),
    );
  });

  it('matches patterns anywhere, with Unicode', () => {
    takes({ kind: 'string', pattern: 'b' }, 'abc');
    takes({ kind: 'string', pattern: '^\\p{Lu}.$' }, 'Ä😀');
    expect(outcome({ kind: 'string', pattern: '^a+$', maxLength: 2 }, 'b')).toEqual(
      refused(`expected a string of at most 2 characters that matches /^a+$/, got '"b"'`, 'invalid_format'),
    );
  });

  const formats: Readonly<
    Record<StringFormat, readonly [good: readonly string[], bad: readonly string[], expected: string]>
  > = {
    date: [
      ['2024-02-29', '0000-01-01'],
      ['2023-02-29', '2024-13-01', '2024-1-1', '2024-01-01T00:00:00Z', ''],
      "a date such as '2030-12-31'",
    ],
    'date-time': [
      ['2030-12-31T23:59:59Z', '2030-12-31T23:59:59.123456+05:30'],
      [
        '2030-12-31',
        '2030-12-31T23:59:59',
        '2030-12-31 23:59:59Z',
        '2030-12-31t23:59:59z',
        '2030-12-31T23:59:60Z',
        '2030-12-31T23:59:59+24:00',
        '2030-12-31T23:59Z',
      ],
      "a date and time such as '2030-12-31T23:59:59Z'",
    ],
    time: [
      ['23:59:59Z', '00:00:00.5-08:00'],
      ['23:59:59', '24:00:00Z', '23:59:60Z', '1:00:00Z'],
      "a time with its offset such as '23:59:59Z'",
    ],
    duration: [
      ['P1Y2M3DT4H5M6S', 'PT1S', 'P2W'],
      ['P', 'PT', '1D', 'P1.5D', 'P1W1D', '-P1D'],
      "a duration such as 'P1DT12H'",
    ],
    email: [
      ["o'neil+x@sub.example.co", 'A@b.cd'],
      ['a', 'a@b', '@b.cd', 'a b@c.de', 'a@-b.cd', '.a@b.cd', 'a..b@c.de'],
      'an email address',
    ],
    hostname: [
      ['localhost', 'a.b-c.example', 'example.com.'],
      ['-a', 'a_b', 'a..b', '', `${'a'.repeat(64)}.b`],
      'a host name',
    ],
    ipv4: [['0.0.0.0', '255.255.255.255'], ['256.0.0.1', '1.2.3', '01.2.3.4', '1.2.3.4 '], 'an IPv4 address'],
    ipv6: [
      ['::', '::1', '2001:db8::ff00:42:8329', '::ffff:192.0.2.1'],
      [':::', '1::2::3', 'fe80::1%eth0', '[::1]', '12345::'],
      'an IPv6 address',
    ],
    uri: [
      ['https://example.com/a?b=c#d', 'mailto:a@b.cd', 'urn:isbn:1', 'http://[::1]:80/'],
      ['/a', 'example.com', 'http://a b', 'http://ä.de', 'http://[::1/'],
      "an absolute URI such as 'https://example.com/'",
    ],
    uuid: [
      ['3D813CBB-47FB-32BA-91DF-831E1593AC29', '00000000-0000-0000-0000-000000000000'],
      [
        'urn:uuid:3d813cbb-47fb-32ba-91df-831e1593ac29',
        '3d813cbb47fb32ba91df831e1593ac29',
        'g0000000-0000-0000-0000-000000000000',
      ],
      'a UUID',
    ],
  };
  it.each(Object.entries(formats))('has the format %s', (format, [good, bad, expected]) => {
    const shape: Shape = { kind: 'string', format: format as StringFormat };
    takes(shape, ...good);
    for (const text of bad)
      expect(outcome(shape, text)).toEqual([
        expect.stringContaining(`v | invalid_format | expected ${expected}, got '`),
      ]);
  });

  it('follows templates', () => {
    const shape: Shape = { kind: 'template', pattern: '^\\d+px$', text: '`${number}px`' };
    takes(shape, '5px');
    expect(outcome(shape, '5em')).toEqual(
      refused('expected text like `${number}px`, got \'"5em"\'', 'invalid_format'),
    );
    expect(outcome(shape, 5)).toEqual(refused("expected text like `${number}px`, got '5'", 'invalid_type'));
  });
});

describe('numbers', () => {
  it('have limits', () => {
    const shape: Shape = { kind: 'number', integer: true, minimum: 1, maximum: 10 };
    takes(shape, 1, 10, 5.0);
    expect(outcome(shape, 11)).toEqual(refused("expected an integer from 1 to 10, got '11'", 'too_big'));
    expect(outcome(shape, 0)).toEqual(refused("expected an integer from 1 to 10, got '0'", 'too_small'));
    expect(outcome(shape, 1.5)).toEqual(
      refused("expected an integer from 1 to 10, got '1.5'", 'not_integer'),
    );
    expect(outcome(shape, '5')).toEqual(
      refused(`expected an integer from 1 to 10, got '"5"'`, 'invalid_type'),
    );
    const open: Shape = { kind: 'number', exclusiveMinimum: 0, exclusiveMaximum: 1 };
    takes(open, 0.5, Number.MIN_VALUE);
    expect(outcome(open, 0)).toEqual(refused("expected a number above 0 and below 1, got '0'", 'too_small'));
    expect(outcome(open, 1)).toEqual(refused("expected a number above 0 and below 1, got '1'", 'too_big'));
  });

  it('are exact integers', () => {
    const shape: Shape = { kind: 'number', integer: true };
    takes(shape, Number.MAX_SAFE_INTEGER, -0);
    expect(outcome(shape, 2 ** 53)).toEqual([
      expect.stringContaining('v | not_exact | expected an integer within ±9007199254740991'),
    ]);
    refuses(shape, 1e300, 0.1);
  });

  it('are multiples as people count', () => {
    const tenths: Shape = { kind: 'number', multipleOf: 0.1 };
    takes(tenths, 0.3, 0.1 + 0.2, 1.1, 4.35 * 10, 1e300, 1e308, 123_456.7);
    expect(outcome(tenths, 0.35)).toEqual(
      refused("expected a number that is a multiple of 0.1, got '0.35'", 'not_multiple_of'),
    );
    takes({ kind: 'number', multipleOf: 0.07 }, 2.03);
    takes({ kind: 'number', multipleOf: 1e-308 }, 12);
    refuses({ kind: 'number', multipleOf: 5, minimum: 0 }, 7, -5);
    refuses({ kind: 'number', multipleOf: 2 }, Number.MAX_SAFE_INTEGER);
  });

  it('can be bigints', () => {
    const shape: Shape = { kind: 'bigint' };
    expect(outcome(shape, 5)).toBe(5n);
    expect(outcome(shape, '-12345678901234567890')).toBe(-12345678901234567890n);
    expect(outcome(shape, 2 ** 53)).toEqual(
      refused(
        "expected the digits as a string, because JSON numbers beyond ±9007199254740991 are not exact, got '9007199254740992'",
        'not_exact',
      ),
    );
    expect(outcome(shape, '5.0')).toEqual(
      refused(`expected an integer, such as 5 or '5', got '"5.0"'`, 'invalid_type'),
    );
    for (const text of ['', ' 5', '+5', '0x10', '1e3', '05', '-0', '5n']) refuses(shape, text);
    refuses(shape, 1.5, null, true, [5]);
    expect(outcome(shape, '9'.repeat(4096))).toBe(10n ** 4096n - 1n);
    refuses(shape, '9'.repeat(4097));
    const limited: Shape = { kind: 'bigint', minimum: 0, maximum: 10, multipleOf: 2 };
    expect(outcome(limited, '10')).toBe(10n);
    for (const value of [12, '-2', '3']) refuses(limited, value);
    expect(outcome(limited, '99999999999999999999')).toEqual([expect.stringContaining('too_big')]);
    expect(outcome({ kind: 'bigint', multipleOf: 0.5 }, '7')).toBe(7n);
    expect(outcome({ kind: 'bigintLiteral', value: '5' }, '5')).toBe(5n);
    expect(outcome({ kind: 'bigintLiteral', value: '5' }, 5)).toBe(5n);
    expect(outcome({ kind: 'bigintLiteral', value: '5' }, 6)).toEqual(
      refused("expected 5 or '5', got '6'", 'invalid_type'),
    );
  });
});
