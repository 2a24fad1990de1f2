import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { repeatedKey } from '../../src/http/repeated-key.ts';
import { exchange, postText } from './exchange.ts';
import { businessToken, startApp, stopApp, type RunningApp } from './start-app.ts';

let app: RunningApp;
beforeAll(async () => {
  app = await startApp({
    endpoints: {
      '/demo/echo': { fn: (value: unknown) => value, parameters: { value: z.unknown() } },
      '/demo/number': { fn: (value: number) => value, parameters: { value: z.number() } },
    },
  });
});
afterAll(() => stopApp(app));

const withValue = (value: string): string => `{"token":"${businessToken}","body":{"value":${value}}}`;

async function send(body: string | Buffer, path = '/demo/echo') {
  const text = typeof body === 'string' ? body : body.toString('latin1');
  const { answers, rest } = await exchange(app.port, [postText({ path, body: text })], { quiet: 0 });
  expect([answers.length, rest]).toEqual([1, '']);
  return answers[0]!;
}

const utf8 = (text: string): string => Buffer.from(text).toString('latin1');

describe('JSON that is refused, not repaired', () => {
  test.each([
    ['a byte that is no UTF-8', withValue('"\xff"'), /UTF-8/],
    ['an overlong form', withValue('"\xc0\xaf"'), /UTF-8/],
    ['a surrogate in UTF-8', withValue('"\xed\xa0\x80"'), /UTF-8/],
    ['half a character at the end', withValue('"\xe2\x82'), /UTF-8/],
    ['UTF-16', Buffer.from(withValue('1'), 'utf16le').toString('latin1'), /syntax is wrong/],
    ['a lone high surrogate', withValue('"\\ud83d"'), /lone surrogate/],
    ['a lone low surrogate', withValue('"\\uDE00x"'), /lone surrogate/],
    ['surrogates in the wrong order', withValue('"\\ude00\\ud83d"'), /lone surrogate/],
    ['a lone surrogate in a key', withValue('[{"\\ud800":1}]'), /lone surrogate/],
    ['a lone surrogate in the token', `{"token":"\\ud800"}`, /lone surrogate/],
    ['a key twice', withValue('{"a":1,"a":2}'), /'a' appears twice/],
    ['a key twice, once escaped', withValue('{"ab":1,"\\u0061b":2}'), /'ab' appears twice/],
    ['a key twice, deep', withValue('[[{"x":[{"k:\\"":1,"l":2,"k:\\"":3}]}]]'), /'k:"' appears twice/],
    ['the token twice', `{"token":"wrong","token":"${businessToken}"}`, /'token' appears twice/],
    ['the body twice', `{"body":{"value":1},"token":"${businessToken}","body":{}}`, /'body' appears twice/],
    ['a number beyond doubles', withValue('1e400'), /larger than a double/],
    ['a negative one', withValue('[-1e999]'), /larger than a double/],
    ['309 digits', withValue('9'.repeat(309)), /larger than a double/],
    ['65 levels', withValue('['.repeat(63) + ']'.repeat(63)), /deeper than 64/],
    ['200,000 levels', '['.repeat(200_000), /ends too early|deeper than 64/],
    ['NaN', withValue('NaN'), /syntax is wrong/],
    ['a leading zero', withValue('01'), /syntax is wrong/],
    ['a comma too many', withValue('[1,]'), /syntax is wrong/],
    ['a comment', withValue('1/**/'), /syntax is wrong/],
    ['single quotes', withValue("'x'"), /syntax is wrong/],
    ['a line break in a text', withValue('"a\nb"'), /syntax is wrong/],
    ['a second value', `${withValue('1')}{}`, /syntax is wrong/],
    ['a zero byte at the end', `${withValue('1')}\0`, /syntax is wrong/],
  ])('%s', async (_, body, error) => {
    const answer = await send(body);
    expect(answer.status).toBe(400);
    expect(answer.json).toMatchObject({ code: 'INVALID_JSON', endpoint: '/demo/echo' });
    expect(answer.json['error']).toMatch(error);
    expect(answer.text).not.toContain(businessToken);
  });
});

describe('JSON that is taken as it is', () => {
  test.each([
    ['a pair of surrogates', '"\\ud83d\\ude00"', '😀'],
    ['an escaped backslash before u', '"\\\\ud800"', '\\ud800'],
    ['characters beyond the first plane', utf8('"😀"'), '😀'],
    ['U+0000 and U+FFFF', '"\\u0000\\uffff"', '\0\uffff'],
    ['the same key in different objects', '[{"a":1},{"a":{"a":2}}]', [{ a: 1 }, { a: { a: 2 } }]],
    ['keys that look alike', '{"a":1,"A":2,"a ":3,"":4}', { a: 1, A: 2, 'a ': 3, '': 4 }],
    ['colons and braces in texts', '{"a:{":"}:\\":,","b":"\\\\"}', { 'a:{': '}:":,', b: '\\' }],
    ['keys that are numbers', '{"2":"b","1":"a"}', { 1: 'a', 2: 'b' }],
    ['the largest double', '1.7976931348623157e308', 1.7976931348623157e308],
    ['a number too small for doubles, which becomes 0', '1e-400', 0],
    [
      'a number with too many digits, which becomes the nearest double',
      '12345678901234567890',
      12345678901234567000,
    ],
    [
      '62 levels below the body',
      '['.repeat(62) + ']'.repeat(62),
      JSON.parse('['.repeat(62) + ']'.repeat(62)),
    ],
  ])('%s', async (_, value, expected) => {
    const answer = await send(withValue(value));
    expect(answer.status).toBe(200);
    expect(answer.json['data']).toEqual(expected);
  });

  test('a byte order mark in front is skipped (RFC 8259, 8.1)', async () => {
    expect((await send(utf8(`\ufeff${withValue('1')}`))).json['data']).toBe(1);
  });

  test('an infinite number never reaches a function', async () => {
    expect((await send(withValue('1e999'), '/demo/number')).json).toMatchObject({ code: 'INVALID_JSON' });
  });
});

test('the name of a repeated key is found wherever it is', () => {
  expect(repeatedKey('{"a":{"b":[{"c":1,"d":"\\"{:"}]},"e":"c","b":1}')).toBeUndefined();
  expect(repeatedKey('[{"a":1},{"b":2,"c":{"b":3},"b":4}]')).toBe('b');
});
