import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exchange, postText } from './exchange.ts';
import { startApp, stopApp, type RunningApp } from './start-app.ts';

let app: RunningApp;
beforeAll(async () => {
  app = await startApp({ endpoints: { '/demo/hi': { fn: () => 'hi' } } });
});
afterAll(() => stopApp(app));

async function ask(path: string): Promise<{ status: number; code: unknown; endpoint: unknown }> {
  const { answers, rest } = await exchange(app.port, [postText({ path })], { quiet: 0 });
  expect([answers.length, rest]).toEqual([1, '']);
  const { status, json } = answers[0]!;
  return { status, code: json['code'], endpoint: json['endpoint'] };
}

describe('targets', () => {
  test.each([
    ['a query, which functions do not read', '/demo/hi?x=/../y&z=%2e%2e#'.slice(0, -1)],
    ['an escaped letter', '/demo/%68i'],
    ['an absolute one', 'http://x/demo/hi'],
    ['an absolute one of another host', 'http://y:81/demo/hi?q'],
    ['an absolute one of https', 'https://x/demo/hi'],
  ])('%s is served', async (_, path) => {
    expect(await ask(path)).toEqual({ status: 200, code: undefined, endpoint: '/demo/hi' });
  });

  test.each([
    ['two dots', '/x/../demo/hi'],
    ['escaped dots', '/x/%2e%2e/demo/hi'],
    ['half-escaped dots', '/x/.%2E/demo/hi'],
    ['one dot', '/./demo/hi'],
    ['dots above the root', '/../../etc/passwd'],
    ['dots at the end', '/demo/hi/..'],
    ['dots to an admin route', '/x/%2e%2e/api/reload?token=x'],
    ['dots in an absolute one', 'http://x/y/../demo/hi'],
    ['a fragment', '/demo/hi#x'],
    ['user information', 'http://me:secret@x/demo/hi'],
    ['another scheme', 'ftp://x/demo/hi'],
    ['no scheme', 'demo/hi'],
    ['a star', '*'],
    ['a backslash', '/demo\\hi'],
    ['bytes beyond ASCII', '/demo/\xc3\xa9'],
    ['a tab', '/demo\t/hi'],
    ['a delete character', '/demo/\x7f'],
  ])('%s is refused', async (_, path) => {
    expect(await ask(path)).toEqual({ status: 400, code: 'INVALID_REQUEST', endpoint: '' });
  });

  test.each([
    ['an escaped slash', '/demo%2Fhi', '/demo%2Fhi'],
    ['an escaped slash to an admin route', '/api%2freload', '/api%2freload'],
    ['two slashes', '/demo//hi', '/demo//hi'],
    ['two slashes in front', '//demo/hi', '//demo/hi'],
    ['an escaped zero byte', '/demo/hi%00', '/demo/hi\0'],
    ['an escaped backslash', '/demo%5chi', '/demo\\hi'],
    ['an escape that is none', '/demo/%zz', '/demo/%zz'],
    ['an escape that is no UTF-8', '/demo/%c3', '/demo/%c3'],
    ['a matrix parameter', '/demo/hi;a=b', '/demo/hi;a=b'],
    ['an escape of an escape', '/demo/%2568i', '/demo/%2568i'],
  ])('%s is another path', async (_, path, endpoint) => {
    expect(await ask(path)).toEqual({ status: 404, code: 'ENDPOINT_NOT_FOUND', endpoint });
  });

  test('a refusal does not repeat the query or a password', async () => {
    for (const path of ['/../x?token=secret', 'http://me:secret@x/', '/a#?token=secret']) {
      const { answers } = await exchange(app.port, [postText({ path })], { quiet: 0 });
      expect(answers[0]?.status).toBe(400);
      expect(answers[0]?.text).not.toContain('secret');
    }
  });
});

describe('methods', () => {
  test('HEAD has the headers of GET and no body, so that the next answer is in its place', async () => {
    const head = 'HEAD /health HTTP/1.1\r\nHost: x\r\n\r\n';
    const { answers, rest } = await exchange(app.port, [head + head], { expected: 2, head: true });
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(Number(answers[0]?.headers['content-length'])).toBeGreaterThan(10);
    expect(rest).toBe('');
    const onFunction = await exchange(app.port, ['HEAD /demo/hi HTTP/1.1\r\nHost: x\r\n\r\n'], {
      head: true,
    });
    expect(onFunction.answers[0]).toMatchObject({ status: 405, headers: { allow: 'POST' }, text: '' });
  });

  test('a body that nobody asked for is not taken for the next request', async () => {
    const inner = 'GET /readiness HTTP/1.1\r\nHost: x\r\n\r\n';
    const text = `GET /health HTTP/1.1\r\nHost: x\r\nContent-Length: ${inner.length}\r\n\r\n${inner}`;
    const { answers, rest } = await exchange(app.port, [text]);
    expect(answers.map(({ json }) => json['status'])).toEqual(['ok']);
    expect(rest).toBe('');
  });

  test.each(['TRACE', 'QUERY', 'OPTIONS', 'DELETE'])('%s of a route is not allowed', async (method) => {
    const { answers } = await exchange(app.port, [`${method} /health HTTP/1.1\r\nHost: x\r\n\r\n`]);
    expect(answers[0]).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } });
  });
});
