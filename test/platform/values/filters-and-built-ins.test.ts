import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatTime, moveTime } from '../../../apis/_platform/values/dates.ts';
import { seededSource } from '../../../apis/_platform/values/random-source.ts';
import { layers, resolve } from './resolve.ts';

const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31);
console.log(`filters and built-ins: SEED=${seed}`);

describe('filters', () => {
  const scope = layers({ project: { text: 'Ünï &=', key: 'k', user: { key: 'k2' }, n: null } });

  test.each([
    ["{{'abc' | md5}}", '900150983cd24fb0d6963f7d28e17f72'],
    ["{{'abc' | sha1}}", 'a9993e364706816aba3e25717850c26c9cd0d89d'],
    ["{{'abc' | sha256}}", 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
    ["{{'abc' | sha256:'base64'}}", 'ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0='],
    ["{{'hello' | base64}}", 'aGVsbG8='],
    ["{{'aGVsbG8=' | base64Decode}}", 'hello'],
    ['{{text | urlEncode}}', '%C3%9Cn%C3%AF%20%26%3D'],
    ["{{'a+b%20c' | urlDecode}}", 'a b c'],
    ["{{' aB ' | trim | upper}}", 'AB'],
    ["{{'aB' | lower}}", 'ab'],
    ['{{text | json}}', '"Ünï &="'],
    ["{{'[1]' | parseJson}}", [1]],
    ["{{'5' | number}}", 5],
    ['{{n | string}}', 'null'],
    ["{{n | default:'x'}}", 'x'],
    ["{{missing | default:'x'}}", 'x'],
    ['{{missing.way | upper | default:5}}', 5],
    ['{{missing | default:user.key}}', 'k2'],
    ["{{'a|b:c' | base64 | base64Decode}}", 'a|b:c'],
  ])('%s', (template, expected) => {
    expect(resolve(template, scope)).toEqual(expected);
  });

  test('HMAC takes its key from a variable or a text', () => {
    const expected = (key: string) => createHmac('sha256', key).update('abc').digest('hex');
    expect(resolve("{{'abc' | hmacSha256:key}}", scope)).toBe(expected('k'));
    expect(resolve("{{'abc' | hmacSha256:user.key}}", scope)).toBe(expected('k2'));
    expect(resolve("{{'abc' | hmacSha256:'literal'}}", scope)).toBe(expected('literal'));
    expect(() => resolve("{{'abc' | hmacSha256}}", scope)).toThrow('needs a key');
    expect(() => resolve("{{'abc' | hmacSha256:nokey}}", scope)).toThrow('no variable "nokey"');
  });

  test('what cannot be done says so, with the place', () => {
    expect(() => resolve("{{'x' | number}}")).toThrow(`{{'x' | number}} in body: "x" is no number`);
    expect(() => resolve("{{'%' | urlDecode}}")).toThrow('is not URL-encoded');
    expect(() => resolve("{{'{' | parseJson}}")).toThrow('is no JSON');
    expect(() => resolve("{{'x' | md5:'base32'}}")).toThrow('the encoding is one of hex, base64, base64url');
  });

  test('encodings bring any text back', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const scope = layers({ step: {} });
        scope[0] = { scope: 'step', variables: new Map([['t', { value: text }]]) };
        expect(resolve('{{t | base64 | base64Decode}}', scope)).toBe(text);
        expect(resolve('{{t | urlEncode | urlDecode}}', scope)).toBe(text);
        expect(resolve('{{t | json | parseJson}}', scope)).toBe(text);
      }),
      { seed },
    );
  });
});

describe('built-ins', () => {
  test('random values have their form and bounds', () => {
    for (let turn = 0; turn < 200; turn += 1) {
      expect(resolve('{{$uuid}}')).toMatch(
        /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/,
      );
      expect(resolve('{{$randomInt:-2:2}}')).toBeOneOf([-2, -1, 0, 1, 2]);
      expect(resolve("{{$randomString:5:'ab'}}")).toMatch(/^[ab]{5}$/);
      expect(resolve('{{$randomEmail}}')).toMatch(/^[a-z\d]{12}@example\.com$/);
      expect(resolve("{{$randomPick:'x':2}}")).toBeOneOf(['x', 2]);
      expect(resolve('{{$randomBoolean}}')).toBeTypeOf('boolean');
    }
    expect(new Set(Array.from({ length: 500 }, () => resolve('{{$randomInt:1:3}}')))).toEqual(
      new Set([1, 2, 3]),
    );
    expect(resolve('{{$iteration}}', [], { iteration: 4 })).toBe(4);
    expect(() => resolve('{{$randomInt:5:1}}')).toThrow('two whole numbers in order, got 5 and 1');
  });

  test('times are of now, moved by an offset', () => {
    const before = Math.floor(Date.now() / 1000);
    const now = resolve('{{$timestamp}}') as number;
    expect(now).toBeGreaterThanOrEqual(before);
    expect((resolve("{{$timestamp:'+1h'}}") as number) - now).toBeGreaterThanOrEqual(3600);
    expect(resolve('{{$isoTimestamp}}')).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(resolve("{{$date:'+1d':'YYYY/MM/DD HH:mm'}}")).toMatch(/^\d{4}\/\d\d\/\d\d \d\d:\d\d$/);
    expect(() => resolve("{{$date:'tomorrow'}}")).toThrow('"tomorrow" is no offset');
  });

  test('dates: calendar months, formats, zones', () => {
    const time = Date.UTC(2024, 0, 31, 23, 5, 9, 7);
    expect(formatTime(moveTime(time, '+1M'), 'YYYY-MM-DD')).toBe('2024-02-29');
    expect(formatTime(moveTime(time, '-1y'), 'YYYY-MM-DD')).toBe('2023-01-31');
    expect(moveTime(time, '+1d-2h30m')).toBe(time + 86_400_000 - 9_000_000);
    expect(formatTime(time, 'YYYY-MM-DD[T]HH:mm:ss.SSSZ', 'Asia/Shanghai')).toBe(
      '2024-02-01T07:05:09.007+08:00',
    );
    expect(formatTime(time, 'D.M.YY H:m:s X x')).toBe(`31.1.24 23:5:9 ${Math.floor(time / 1000)} ${time}`);
    expect(formatTime(time, 'iso')).toBe('2024-01-31T23:05:09.007Z');
    expect(() => formatTime(time, 'YYYY', 'Mars/Base')).toThrow('"Mars/Base" is no time zone');
  });

  test('the same seed gives the same values', () => {
    const values = () => {
      const random = seededSource('run 1/step 2');
      return [resolve('{{$uuid}}', [], { random }), resolve('{{$randomString:40}}', [], { random })];
    };
    expect(values()).toEqual(values());
    expect(resolve('{{$uuid}}', [], { random: seededSource('other') })).not.toBe(values()[0]);
  });
});
