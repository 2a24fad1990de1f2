import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createCookieJar } from '../../../apis/_platform/transport/cookie-jar.ts';
import { bodyJson, bodyText, openTransport, send } from './support/send.ts';
import { closeAll, freePort, readAll, serveHttp, serveTcp } from './support/servers.ts';

afterEach(closeAll);

describe('redirects', () => {
  it.each<[status: number, method: string, then: string]>([
    [301, 'POST', 'GET'],
    [302, 'POST', 'GET'],
    [303, 'POST', 'GET'],
    [303, 'PUT', 'GET'],
    [303, 'HEAD', 'HEAD'],
    [301, 'PUT', 'PUT'],
    [302, 'GET', 'GET'],
    [307, 'POST', 'POST'],
    [308, 'PATCH', 'PATCH'],
  ])('%i turns %s into %s', async (status, method, then) => {
    const seen: { method: string | undefined; type: string | undefined; body: string }[] = [];
    const server = await serveHttp(async (request, answer) => {
      const body = (await readAll(request)).toString();
      if (request.url !== '/from')
        seen.push({ method: request.method, type: request.headers['content-type'], body });
      else answer.writeHead(status, { location: 'to?x=1' });
      answer.end();
    });
    const hasBody = method !== 'GET' && method !== 'HEAD';
    const { response, request } = await send(openTransport(), {
      method,
      url: `${server.url}/from`,
      headers: [['Content-Type', 'text/x']],
      ...(hasBody && { body: { type: 'text', text: 'data' } }),
    });
    const kept = method === then;
    expect(seen).toEqual([
      { method: then, type: kept ? 'text/x' : undefined, body: kept && hasBody ? 'data' : '' },
    ]);
    expect(response?.redirects).toEqual([{ status, url: `${server.url}/from` }]);
    expect(request).toMatchObject({ method: then, url: `${server.url}/to?x=1` });
  });

  it('send a file again', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'transport-'));
    const file = join(folder, 'file');
    await writeFile(file, 'x'.repeat(100_000));
    const server = await serveHttp(async (request, answer) => {
      const { length } = await readAll(request);
      if (request.url === '/') answer.writeHead(307, { location: '/to' });
      answer.end(String(length));
    });
    const exchange = await send(openTransport(), {
      method: 'POST',
      url: server.url,
      body: { type: 'file', file, size: 100_000 },
    });
    expect(bodyText(exchange)).toBe('100000');
    await rm(folder, { recursive: true });
  });

  it('keep credentials within an origin and drop them for good beyond it', async () => {
    const seen: Record<string, unknown>[] = [];
    const note = (request: { url?: string | undefined; headers: Record<string, unknown> }): void => {
      const { authorization, cookie, 'x-key': key } = request.headers;
      seen.push({ url: request.url, authorization, cookie, key });
    };
    const other = await serveHttp((request, answer) => {
      note(request);
      answer.writeHead(302, { location: `${first.url}/back` });
      answer.end();
    });
    const first = await serveHttp((request, answer) => {
      note(request);
      if (request.url === '/1') answer.writeHead(302, { location: '/2' });
      if (request.url === '/2') answer.writeHead(302, { location: other.url });
      answer.end();
    });
    const transport = openTransport();
    await send(transport, {
      url: `${first.url}/1`,
      headers: [
        ['Cookie', 'a=1'],
        ['Authorization', 'Custom 1'],
      ],
    });
    await send(transport, {
      url: `${first.url}/1`,
      auth: { type: 'apiKey', in: 'header', name: 'X-Key', value: 'k' },
    });
    const none = { authorization: undefined, cookie: undefined, key: undefined };
    expect(seen).toEqual([
      { ...none, url: '/1', authorization: 'Custom 1', cookie: 'a=1' },
      { ...none, url: '/2', authorization: 'Custom 1', cookie: 'a=1' },
      { ...none, url: '/' },
      { ...none, url: '/back' },
      { ...none, url: '/1', key: 'k' },
      { ...none, url: '/2', key: 'k' },
      { ...none, url: '/' },
      { ...none, url: '/back' },
    ]);
  });

  it('end at the limit, in a loop, and at what is no address', async () => {
    const server = await serveHttp((request, answer) => {
      const path = request.url ?? '';
      const location = path.startsWith('/count/')
        ? `/count/${Number(path.slice(7)) + 1}`
        : path === '/loop'
          ? '/pool'
          : path === '/pool'
            ? '/loop'
            : path.slice(1);
      answer.writeHead(302, { location });
      answer.end('moved');
    });
    const transport = openTransport();
    const limited = await send(transport, { url: `${server.url}/count/0`, settings: { redirects: 3 } });
    expect(limited.error).toMatchObject({
      code: 'TOO_MANY_REDIRECTS',
      message: expect.stringContaining('/count/4'),
    });
    expect(limited.response?.redirects).toHaveLength(3);
    expect((await send(transport, { url: `${server.url}/count/0` })).error?.message).toContain('10 times');
    expect((await send(transport, { url: `${server.url}/loop` })).error?.code).toBe('REDIRECT_LOOP');
    expect((await send(transport, { url: `${server.url}/ftp://a/b` })).error?.code).toBe('INVALID_REDIRECT');
    const itself = await send(transport, { url: `${server.url}/loop`, settings: { redirects: 0 } });
    expect(itself.error).toBeUndefined();
    expect(itself.response).toMatchObject({ status: 302, body: { text: 'moved' } });
    expect(itself.response?.redirects).toBeUndefined();
  });

  it('may come back to an address with a new cookie', async () => {
    const server = await serveHttp((request, answer) => {
      if (request.headers.cookie === undefined)
        answer.writeHead(302, { location: '/', 'set-cookie': 'session=1' });
      answer.end(request.headers.cookie);
    });
    const exchange = await send(openTransport(), { url: server.url }, { jar: createCookieJar() });
    expect(exchange.error).toBeUndefined();
    expect(bodyText(exchange)).toBe('session=1');
  });
});

describe('cookies', () => {
  it('of one answer are sent with the next requests of the run', async () => {
    const server = await serveHttp((request, answer) => {
      if (request.url === '/login')
        answer.setHeader('set-cookie', [
          'a=1; Path=/',
          'b=2; Path=/inner',
          'gone=3; Max-Age=0',
          'h=4; HttpOnly',
        ]);
      answer.end(JSON.stringify({ cookie: request.headers.cookie ?? null }));
    });
    const transport = openTransport();
    const jar = createCookieJar();
    const cookieAt = async (path: string, settings = {}): Promise<unknown> =>
      bodyJson(await send(transport, { url: `${server.url}${path}`, settings, headers: [] }, { jar })).cookie;
    expect(await cookieAt('/login')).toBeNull();
    expect(await cookieAt('/')).toBe('a=1; h=4');
    expect(await cookieAt('/inner/x')).toBe('b=2; a=1; h=4');
    expect(await cookieAt('/', { cookies: false })).toBeNull();
    expect(jar.value(`${server.url}/`, 'a')).toBe('1');
    expect(jar.value(`${server.url}/`, 'b')).toBeUndefined();
    const own = await send(transport, { url: server.url, headers: [['cookie', 'own=0']] }, { jar });
    expect(bodyJson(own).cookie).toBe('own=0; a=1; h=4');
  });

  it('follow RFC 6265: domains, public suffixes, secure, expiry', async () => {
    const jar = createCookieJar();
    jar.store('https://shop.example.co.uk/a/b', [
      'wide=1; Domain=example.co.uk; Path=/',
      'suffix=2; Domain=co.uk',
      'foreign=3; Domain=other.com',
      'secure=4; Secure; Path=/',
      'deep=5',
      'brief=6; Max-Age=2; Path=/',
      'broken',
    ]);
    expect(jar.cookieHeader('https://www.example.co.uk/')).toBe('wide=1');
    expect(jar.cookieHeader('https://www.other.co.uk/')).toBeUndefined();
    expect(jar.cookieHeader('https://other.com/')).toBeUndefined();
    expect(jar.value('https://shop.example.co.uk/', 'secure')).toBe('4');
    expect(jar.value('http://shop.example.co.uk/', 'secure')).toBeUndefined();
    expect(jar.value('https://shop.example.co.uk/a/c', 'deep')).toBe('5');
    expect(jar.value('https://shop.example.co.uk/', 'deep')).toBeUndefined();
    expect(jar.cookieHeader('https://shop.example.co.uk/')).toContain('brief=6');
    await new Promise((resolve) => setTimeout(resolve, 2_100));
    expect(jar.cookieHeader('https://shop.example.co.uk/')).not.toContain('brief=6');
    jar.store('https://shop.example.co.uk/', ['wide=; Domain=example.co.uk; Path=/; Max-Age=0']);
    expect(jar.cookieHeader('https://www.example.co.uk/')).toBeUndefined();
  });
});

describe('retries', () => {
  /** Answers with each status in turn, then with 200. */
  async function failing(
    statuses: number[],
    headers: Record<string, string> = {},
  ): Promise<{ url: string; calls: () => number }> {
    let calls = 0;
    const { url } = await serveHttp((request, answer) => {
      request.resume();
      answer.writeHead(statuses[calls] ?? 200, headers);
      calls += 1;
      answer.end();
    });
    return { url, calls: () => calls };
  }

  it.each<[method: string, status: number, retries: object, attempts: number]>([
    ['GET', 503, { count: 3 }, 2],
    ['PUT', 502, { count: 3 }, 2],
    ['POST', 503, { count: 3 }, 2],
    ['POST', 429, { count: 3 }, 2],
    ['POST', 502, { count: 3 }, 1],
    ['POST', 504, { count: 3 }, 1],
    ['POST', 502, { count: 3, statuses: [502] }, 2],
    ['GET', 500, { count: 3 }, 1],
    ['GET', 500, { count: 3, statuses: [500] }, 2],
    ['GET', 503, { count: 0 }, 1],
    ['GET', 503, { count: 3, statuses: [] }, 1],
  ])('%s after %i with %o: %i attempts', async (method, status, retries, attempts) => {
    const server = await failing([status]);
    const exchange = await send(openTransport(), {
      method,
      url: server.url,
      settings: { retries: { delay: 1, count: 0, ...retries } },
    });
    expect(exchange.attempts).toBe(attempts);
    expect(server.calls()).toBe(attempts);
    expect(exchange.response?.status).toBe(attempts === 1 ? status : 200);
  });

  it('stop after the count', async () => {
    const server = await failing([503, 503, 503, 503]);
    const exchange = await send(openTransport(), {
      url: server.url,
      settings: { retries: { count: 2, delay: 1 } },
    });
    expect(exchange).toMatchObject({ attempts: 3, response: { status: 503 } });
  });

  it('wait as long as the server asks, and not at all for what no run waits for', async () => {
    const soon = await failing([503], { 'retry-after': '1' });
    const startedAt = performance.now();
    const waited = await send(openTransport(), {
      url: soon.url,
      settings: { retries: { count: 1, delay: 1 } },
    });
    expect(waited.attempts).toBe(2);
    // The time of the answer has no wait in it.
    expect(performance.now() - startedAt - waited.timings.total).toBeGreaterThan(950);
    const never = await failing([503], { 'retry-after': new Date(Date.now() + 3_600_000).toUTCString() });
    expect(
      (await send(openTransport(), { url: never.url, settings: { retries: { count: 1 } } })).attempts,
    ).toBe(1);
  });

  it('after a lost connection are for methods that may be repeated', async () => {
    let calls = 0;
    const server = await serveTcp((socket) => {
      socket.once('data', () => {
        calls += 1;
        if (calls % 2 === 1) socket.resetAndDestroy();
        else socket.end('HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n');
      });
    });
    const settings = { retries: { count: 2, delay: 1 } };
    const transport = openTransport();
    expect(await send(transport, { url: server.url, settings })).toMatchObject({
      attempts: 2,
      response: { status: 200 },
    });
    const post = await send(transport, {
      method: 'POST',
      url: server.url,
      settings,
      body: { type: 'text', text: 'a' },
    });
    expect(post).toMatchObject({ attempts: 1, error: { code: 'CONNECTION_RESET' } });
    expect(calls).toBe(3);
  });

  it('when nothing was sent are for every method', async () => {
    const port = await freePort();
    const { attempts, error } = await send(openTransport(), {
      method: 'POST',
      url: `http://127.0.0.1:${port}`,
      settings: { retries: { count: 2, delay: 1 } },
    });
    expect(attempts).toBe(3);
    expect(error?.code).toBe('CONNECTION_REFUSED');
  });

  it('are left when the run is cancelled', async () => {
    const server = await failing([503]);
    const cancel = new AbortController();
    setTimeout(() => cancel.abort(), 50);
    const exchange = await send(
      openTransport(),
      { url: server.url, settings: { retries: { count: 1, delay: 50_000 } } },
      { signal: cancel.signal },
    );
    expect(exchange).toMatchObject({ attempts: 1, error: { code: 'CANCELLED' } });
    expect(server.calls()).toBe(1);
  });

  it('are not needed for a kept connection that the server has just closed', async () => {
    let calls = 0;
    const server = await serveTcp((socket) => {
      let first = true;
      socket.on('data', () => {
        calls += 1;
        // Closed only when the second request has come: the client could not know.
        if (first) socket.write('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n');
        else socket.resetAndDestroy();
        first = false;
      });
    });
    const transport = openTransport();
    for (let count = 0; count < 3; count += 1) {
      const exchange = await send(transport, { url: server.url });
      expect(exchange).toMatchObject({ attempts: 1, response: { status: 200 } });
    }
    expect(calls).toBe(5);
  });
});
