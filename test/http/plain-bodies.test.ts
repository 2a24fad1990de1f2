import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Signature } from '../../src/contract/signature.ts';
import { countColons } from '../../src/http/count-colons.ts';
import { toPlainCheck } from '../../src/signatures/to-plain-check.ts';
import { toZod } from '../../src/signatures/to-zod.ts';
import { array, makeSignature, number, object, string } from '../signatures/make-signature.ts';
import { exchange, postText } from './exchange.ts';
import { makeEndpoint } from './make-endpoint.ts';
import { businessToken, startApp, stopApp, type RunningApp } from './start-app.ts';

const item = object({ sku: string, count: number, 'note?': string });
const signature: Signature = makeSignature({
  items: array(item),
  'more?': { kind: 'unknown' },
});

let app: RunningApp;
let checked = 0;

beforeAll(async () => {
  app = await startApp({ endpoints: {} });
  const plain = toPlainCheck(signature);
  const fn = (items: { note?: string }[], more: unknown): unknown => {
    for (const one of items) one.note = 'changed by the function';
    return { items: items.length, more };
  };
  const paths = ['/demo/fast', '/demo/slow'];
  const endpoints = paths.map((path) => ({
    ...makeEndpoint(path, { fn }),
    signature,
    input: toZod(signature),
  }));
  const counted = {
    keysOf(body: unknown) {
      checked++;
      return plain.keysOf(body);
    },
  };
  const served = [{ ...endpoints[0]!, plain: counted }, endpoints[1]!];
  app.registry.swap({
    swappedAt: new Date(),
    endpoints: new Map(served.map((endpoint) => [endpoint.path, endpoint])),
    modules: new Map(served.map(({ module, instance }) => [module, instance])),
  });
});
afterAll(() => stopApp(app));

const envelope = (body: string): string => `{"token":"${businessToken}","body":${body}}`;
const some = '"items":[{"sku":"a","count":1}]';

async function answersTo(text: string) {
  const both = [];
  for (const path of ['/demo/fast', '/demo/slow']) {
    const { answers } = await exchange(app.port, [postText({ path, body: text })], { quiet: 0 });
    const { status, json } = answers[0]!;
    const { requestId: _, endpoint: __, ...rest } = json;
    both.push({ status, rest: JSON.parse(JSON.stringify(rest).replaceAll(path, '/demo/x')) as unknown });
  }
  return both;
}

describe('a body that is only glanced at is answered as one that is looked at closely', () => {
  test.each([
    ['what fits', envelope(`{${some}}`), 200],
    ['white space wherever it may be', envelope(` {\n"items" : [ {"sku" : "a" , "count" : 1 } ] } `), 200],
    ['colons and escapes in texts', envelope('{"items":[{"sku":"a:\\":b\\u003a","count":1}]}'), 200],
    [
      'text beyond ASCII',
      envelope(Buffer.from('{"items":[{"sku":"世:界","count":1}]}').toString('latin1')),
      200,
    ],
    ['an escaped key', envelope('{"items":[{"s\\u006bu":"a","count":1}]}'), 200],
    ['anything where anything is taken', envelope(`{${some},"more":{"a":[{"b:":1}]}}`), 200],
    ['no token', `{"body":{${some}}}`, 401],
    ['a key of the envelope too much', `{"token":"${businessToken}","body":{${some}},"x":1}`, 400],
    ['a key twice', envelope(`{${some},${some}}`), 400],
    ['a key twice, once escaped', envelope('{"items":[{"sku":"a","sk\\u0075":"b","count":1}]}'), 400],
    [
      'a key twice, and one that a colon stands for',
      envelope('{"items":[{"sku":":","sku":"b","count":1}]}'),
      400,
    ],
    ['a key twice where anything is taken', envelope(`{${some},"more":{"a":1,"a":2}}`), 400],
    ['a dangerous key', envelope(`{${some},"__proto__":{}}`), 400],
    ['a dangerous key, escaped', envelope(`{${some},"more":{"__pr\\u006fto__":1}}`), 400],
    ['a dangerous key deep inside', envelope(`{${some},"more":[{"constructor":1}]}`), 400],
    ['a lone surrogate', envelope('{"items":[{"sku":"\\ud800","count":1}]}'), 400],
    ['a number beyond doubles', envelope('{"items":[{"sku":"a","count":1e999}]}'), 400],
    ['65 levels', envelope(`{${some},"more":${'['.repeat(63)}${']'.repeat(63)}}`), 400],
    ['64 levels', envelope(`{${some},"more":${'['.repeat(62)}${']'.repeat(62)}}`), 200],
    ['no body', `{"token":"${businessToken}"}`, 422],
    ['a body that is no object', envelope('[]'), 422],
    ['an unknown key', envelope('{"items":[{"sku":"a","count":1,"x":1}]}'), 422],
    ['a missing and an unknown key', envelope('{"items":[{"sku":"a","x":1}]}'), 422],
    ['a wrong type', envelope('{"items":[{"sku":"a","count":"1"}]}'), 422],
  ])('%s', async (_, text, status) => {
    const before = checked;
    const [fast, slow] = await answersTo(text);
    expect(checked).toBe(before + 1);
    expect(fast).toEqual(slow);
    expect(fast?.status).toBe(status);
  });

  test('a body in several pieces, too large for one', async () => {
    const items = Array.from({ length: 6000 }, (_, at) => ({ sku: `sku-${at}`, count: at }));
    const [fast, slow] = await answersTo(envelope(JSON.stringify({ items })));
    expect(fast).toEqual(slow);
    expect(fast?.rest).toMatchObject({ success: true, data: { items: 6000 } });
  });
});

test('the log shows a body as it came, whatever the function makes of it', async () => {
  const before = app.logs.of('request').length;
  await answersTo(envelope(`{${some}}`));
  const bodies = app.logs
    .of('request')
    .slice(before)
    .map(({ fields }) => fields['body']);
  expect(bodies).toEqual([{ items: [{ sku: 'a', count: 1 }] }, { items: [{ sku: 'a', count: 1 }] }]);
});

test.each([0, 1, 2, 3])('colons are counted whatever the place in memory: %i', (offset) => {
  for (const length of [0, 1, 2, 3, 4, 5, 1019, 1020, 1021, 5000]) {
    const bytes = new Uint8Array(new ArrayBuffer(offset + length), offset, length);
    let colons = 0;
    for (let at = 0; at < length; at++) {
      // Neighbours of the colon, and the same bits in bytes beyond ASCII.
      const byte = [0x3a, 0x3b, 0x39, 0xba, 0x00, 0xff, 0x3a][(at * 7 + (at >> 3)) % 7]!;
      bytes[at] = byte;
      if (byte === 0x3a) colons++;
    }
    expect(countColons(bytes)).toBe(colons);
  }
});
