import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chunked, exchange, goodBody, postText } from './exchange.ts';
import { startApp, stopApp, type RunningApp } from './start-app.ts';

let app: RunningApp;
let calls = 0;
beforeAll(async () => {
  app = await startApp({ endpoints: { '/demo/hi': { fn: () => `call ${++calls}` } } });
});
afterAll(() => stopApp(app));

const length = `Content-Length: ${goodBody.length}`;
const te = 'Transfer-Encoding: chunked';
const after = postText({ path: '/demo/hi' });

/** Each is followed by a whole good call, which must not be served: where it begins is in doubt. */
const refused: [what: string, text: string, status: number][] = [
  ['two equal Content-Length', postText({ headers: [length, length] }), 400],
  ['two different Content-Length', postText({ headers: [length, 'Content-Length: 3'] }), 400],
  ['a list in Content-Length', postText({ headers: [`${length}, ${goodBody.length}`] }), 400],
  ['a sign in Content-Length', postText({ headers: [`Content-Length: +${goodBody.length}`] }), 400],
  ['a negative Content-Length', postText({ headers: ['Content-Length: -1'] }), 400],
  ['a hexadecimal Content-Length', postText({ headers: ['Content-Length: 0x10'] }), 400],
  ['an empty Content-Length', postText({ headers: ['Content-Length: '] }), 400],
  ['a Content-Length of 20 digits', postText({ headers: [`Content-Length: ${'9'.repeat(20)}`] }), 400],
  ['Content-Length and chunked', postText({ headers: [length, te], body: chunked(goodBody) }), 400],
  ['chunked and Content-Length', postText({ headers: [te, length], body: chunked(goodBody) }), 400],
  [
    'chunked and Content-Length: 0',
    postText({ headers: [te, 'Content-Length: 0'], body: chunked(goodBody) }),
    400,
  ],
  [
    'a coding before chunked',
    postText({ headers: ['Transfer-Encoding: gzip, chunked'], body: chunked(goodBody) }),
    501,
  ],
  [
    'a coding after chunked',
    postText({ headers: ['Transfer-Encoding: chunked, gzip'], body: chunked(goodBody) }),
    400,
  ],
  [
    'chunked twice',
    postText({ headers: ['Transfer-Encoding: chunked, chunked'], body: chunked(goodBody) }),
    400,
  ],
  ['two lines of chunked', postText({ headers: [te, te], body: chunked(goodBody) }), 400],
  ['identity', postText({ headers: ['Transfer-Encoding: identity'], body: '' }), 400],
  ['an unknown coding', postText({ headers: ['Transfer-Encoding: xchunked'], body: chunked(goodBody) }), 400],
  [
    'a blank before the colon',
    postText({ headers: ['Transfer-Encoding : chunked'], body: chunked(goodBody) }),
    400,
  ],
  [
    'a vertical tab before chunked',
    postText({ headers: ['Transfer-Encoding: \x0bchunked'], body: chunked(goodBody) }),
    400,
  ],
  ['a folded line', postText({ headers: ['Transfer-Encoding:\r\n chunked'], body: chunked(goodBody) }), 400],
  ['chunked in HTTP/1.0', postText({ version: '1.0', headers: [te], body: chunked(goodBody) }), 400],
  ['a chunk size that is none', postText({ headers: [te], body: 'zz\r\n0\r\n\r\n' }), 400],
  ['a chunk size with 0x', postText({ headers: [te], body: `0x${chunked(goodBody)}` }), 400],
  ['a negative chunk size', postText({ headers: [te], body: '-5\r\nhello\r\n0\r\n\r\n' }), 400],
  [
    'a chunk size of 17 digits',
    postText({ headers: [te], body: `${'f'.repeat(17)}\r\nhello\r\n0\r\n\r\n` }),
    400,
  ],
  ['a chunk longer than it says', postText({ headers: [te], body: '3\r\nhello\r\n0\r\n\r\n' }), 400],
  [
    'line feeds alone between chunks',
    postText({ headers: [te], body: `${goodBody.length.toString(16)}\n${goodBody}\n0\n\n` }),
    400,
  ],
  [
    'Content-Length in a trailer',
    postText({ headers: [te], body: chunked(goodBody, '0\r\nContent-Length: 5\r\n\r\n') }),
    400,
  ],
  [
    'chunk extensions without end',
    postText({ headers: [te], body: `5;${'a'.repeat(20_000)}\r\nhello\r\n0\r\n\r\n` }),
    413,
  ],
  ['line feeds alone in the head', postText().replaceAll('\r\n', '\n'), 400],
  ['a carriage return inside a header', postText({ headers: [length, 'X-A: a\rb'] }), 400],
  ['a zero byte in a header', postText({ headers: [length, 'X-A: a\0b'] }), 400],
  ['a header without a colon', postText({ headers: [length, 'rubbish'] }), 400],
  ['a blank in a header name', postText({ headers: [length, 'X A: b'] }), 400],
  ['a blank before the first header', postText().replace('Host', ' Host'), 400],
  ['two Host', postText({ headers: [length, 'Host: y'] }), 400],
  ['an empty Host', postText().replace('Host: x', 'Host:'), 400],
  ['a Host with user information', postText().replace('Host: x', 'Host: a@x'), 400],
  ['a Host with an impossible port', postText().replace('Host: x', 'Host: x:99999'), 400],
  ['two Content-Type', postText({ headers: [length, 'content-type: text/plain'] }), 400],
  [
    'two Authorization',
    postText({ headers: [length, 'Authorization: Bearer a', 'authorization: Bearer b'] }),
    400,
  ],
  ['headers over 16 KiB', postText({ headers: [length, `X-A: ${'a'.repeat(17_000)}`] }), 431],
  ['201 headers', postText({ headers: [length, ...Array.from({ length: 198 }, (_, i) => `a${i}: b`)] }), 431],
  [
    '2,500 headers',
    postText({ headers: [...Array.from({ length: 2_500 }, (_, i) => `a${i}:`), length] }),
    431,
  ],
  ['a target over 16 KiB', 'GET /' + 'a'.repeat(17_000) + ' HTTP/1.1\r\nHost: x\r\n\r\n', 431],
  ['a method in lower case', 'get /health HTTP/1.1\r\nHost: x\r\n\r\n', 400],
  ['an unknown method', 'FOO /health HTTP/1.1\r\nHost: x\r\n\r\n', 400],
  ['CONNECT', 'CONNECT x:80 HTTP/1.1\r\nHost: x\r\n\r\n', 405],
  ['HTTP/2.0 as version', 'GET /health HTTP/2.0\r\nHost: x\r\n\r\n', 505],
  ['HTTP/0.9', 'GET /health\r\n\r\n', 505],
  ['HTTP/1.2', 'GET /health HTTP/1.2\r\nHost: x\r\n\r\n', 400],
  ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400],
  ['TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 400],
  ['an expectation that nobody knows', postText({ headers: [length, 'Expect: 200-ok'] }), 417],
];

describe('framing that two readers could read differently', () => {
  test.each(refused)('%s', async (_, text, status) => {
    const before = calls;
    const { answers, rest, closed } = await exchange(app.port, [text + after], { expected: 2, quiet: 0 });
    expect(answers.map((answer) => answer.status)).toEqual([status]);
    expect([closed, rest, calls]).toEqual([true, '', before]);
    const [answer] = answers;
    expect(answer?.json).toMatchObject({
      success: false,
      code: status === 405 ? 'METHOD_NOT_ALLOWED' : 'INVALID_REQUEST',
      error: expect.any(String),
      endpoint: '',
    });
    expect(answer?.headers).toMatchObject({
      connection: 'close',
      'x-request-id': expect.any(String),
      'x-process-time': expect.any(String),
      'x-generation': '1',
    });
    if (status === 405) expect(answer?.headers['allow']).toBe('GET, HEAD, POST');
  });

  test.each([
    ['chunked in capitals', postText({ headers: ['Transfer-Encoding: CHUNKED'], body: chunked(goodBody) })],
    ['chunk extensions', postText({ headers: [te], body: chunked(goodBody).replace('\r\n', ';a=b\r\n') })],
    [
      'trailers, which are ignored',
      postText({ headers: [te], body: chunked(goodBody, '0\r\nX-A: b\r\n\r\n') }),
    ],
    ['200 headers', postText({ headers: [length, ...Array.from({ length: 197 }, (_, i) => `a${i}: b`)] })],
    ['bytes beyond ASCII in a header', postText({ headers: [length, 'X-A: \xe9\xff'] })],
    ['empty lines before the request', `\r\n\r\n${postText()}`],
  ])('%s is served, and so is what follows', async (_, text) => {
    const { answers, rest } = await exchange(app.port, [text + after], { expected: 2 });
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(rest).toBe('');
  });
});

test('an offer to upgrade is ignored, and the connection closes after the answer', async () => {
  const text = postText({ headers: [length, 'Connection: Upgrade', 'Upgrade: websocket'] });
  const { answers, closed } = await exchange(app.port, [text], { expected: 2 });
  expect(answers.map(({ status }) => status)).toEqual([200]);
  expect([answers[0]?.headers['connection'], closed]).toEqual(['close', true]);
});

describe('a broken request on a connection that has others', () => {
  test.each([1, 3])('%i calls before it get their answers first', async (good) => {
    const before = calls;
    const text = postText().repeat(good);
    const { answers, closed } = await exchange(app.port, [`${text}GARBAGE\r\n\r\n`], {
      // One more than can come: reading goes on until the connection is closed.
      expected: good + 2,
      quiet: 0,
    });
    expect(answers.map(({ status }) => status)).toEqual([...Array.from({ length: good }, () => 200), 400]);
    const numbers = answers.slice(0, good).map(({ json }) => json['data']);
    expect(numbers).toEqual(Array.from({ length: good }, (_, i) => `call ${before + 1 + i}`));
    expect(closed).toBe(true);
  });

  test('after an answer that did not wait for the body, there is no second one', async () => {
    // 404 is sent at once; then the body breaks.
    const head = postText({ path: '/no/where', headers: [te], body: '' });
    const { answers, rest, closed } = await exchange(app.port, [head, '5\r\nhello\r\n', 'zz\r\n\r\n'], {
      expected: 2,
      quiet: 0,
    });
    expect(answers.map(({ status }) => status)).toEqual([404]);
    expect([rest, closed]).toEqual(['', true]);
  });

  test('a body that breaks while an earlier call runs is told after its answer', async () => {
    const text = postText() + postText({ headers: [te], body: 'zz\r\n\r\n' });
    const { answers } = await exchange(app.port, [text], { expected: 2, quiet: 0 });
    expect(answers.map(({ status }) => status)).toEqual([200, 400]);
  });
});
