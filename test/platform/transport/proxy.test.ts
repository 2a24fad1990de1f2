import { createServer, request as httpRequest, type IncomingMessage } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { bodyJson, bodyText, openTransport, send } from './support/send.ts';
import { hasOpenssl, makeCertificates } from './support/certificates.ts';
import { closeAll, freePort, serve, serveHttp, type Served } from './support/servers.ts';

afterEach(closeAll);

interface Proxy extends Served {
  /** What it was asked for, with the credentials. */
  asked: { method: string | undefined; url: string | undefined; authorization: string | undefined }[];
}

/** A forward proxy: absolute addresses and CONNECT. `refuse`: the status for every CONNECT. */
async function serveProxy(refuse?: number): Promise<Proxy> {
  const asked: Proxy['asked'] = [];
  const note = (request: IncomingMessage): void => {
    asked.push({
      method: request.method,
      url: request.url,
      authorization: request.headers['proxy-authorization'],
    });
  };
  const server = createServer((request, answer) => {
    note(request);
    const { 'proxy-authorization': _, ...headers } = request.headers;
    request.pipe(
      httpRequest(request.url ?? '', { method: request.method, headers }, (from) => {
        answer.writeHead(from.statusCode ?? 502, from.headers);
        from.pipe(answer);
      }),
    );
  });
  server.on('connect', (request, socket, head) => {
    note(request);
    if (refuse !== undefined) {
      socket.end(`HTTP/1.1 ${refuse} No\r\ncontent-length: 0\r\n\r\n`);
      return;
    }
    const [host, port] = (request.url ?? '').split(':');
    const to = connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      to.write(head);
      to.pipe(socket).pipe(to);
    });
    to.on('error', () => socket.destroy());
    socket.on('error', () => to.destroy());
  });
  return { ...(await serve(server, 'http')), asked };
}

describe('a proxy', () => {
  it('is asked for the whole address of a plain target', async () => {
    const proxy = await serveProxy();
    const server = await serveHttp((request, answer) =>
      answer.end(JSON.stringify({ url: request.url, host: request.headers.host, ...request.headers })),
    );
    const transport = openTransport();
    const settings = { proxy: proxy.url.replace('//', '//us%20er:p%3Ass@') };
    for (let count = 0; count < 2; count += 1) {
      const exchange = await send(transport, { url: `${server.url}/a?b=1`, settings });
      expect(bodyJson(exchange)).toMatchObject({ url: '/a?b=1', host: `127.0.0.1:${server.port}` });
      expect(bodyJson(exchange)).not.toHaveProperty('proxy-authorization');
      expect(exchange.request.url).toBe(`${server.url}/a?b=1`);
    }
    const asked = {
      method: 'GET',
      url: `${server.url}/a?b=1`,
      authorization: `Basic ${Buffer.from('us er:p:ss').toString('base64')}`,
    };
    expect(proxy.asked).toEqual([asked, asked]);
    expect(proxy.connections()).toBe(1);
    // A host that the tester wrote stays.
    const own = await send(transport, { url: server.url, settings, headers: [['Host', 'own.test']] });
    expect(bodyJson(own).host).toBe('own.test');
    const lower = await send(transport, { url: server.url, settings, headers: [['host', 'own.test']] });
    expect(bodyJson(lower).host).toBe('own.test');
  });

  it.skipIf(!hasOpenssl)('opens a tunnel to a secure target', async () => {
    const { server: pair, ca } = makeCertificates();
    const proxy = await serveProxy();
    const server = await serve(
      createHttps(pair, (_, answer) => answer.end('through')),
      'https',
    );
    const transport = openTransport();
    const settings = { proxy: proxy.url, tls: { ca } };
    for (let count = 0; count < 2; count += 1) {
      const exchange = await send(transport, { url: server.url, settings });
      expect(exchange.error).toBeUndefined();
      expect(bodyText(exchange)).toBe('through');
      expect(exchange.response?.certificate?.subject).toBe('CN=server');
      expect('tls' in exchange.timings).toBe(count === 0);
    }
    expect(proxy.asked).toEqual([
      { method: 'CONNECT', url: `127.0.0.1:${server.port}`, authorization: undefined },
    ]);
    // The certificate is the target's to show.
    const distrusted = await send(transport, { url: server.url, settings: { proxy: proxy.url } });
    expect(distrusted.error?.code).toBe('TLS_UNKNOWN_ISSUER');
  });

  it('may refuse, be away, or be none', async () => {
    const proxy = await serveProxy(407);
    const transport = openTransport();
    const codeWith = async (url: string, address: string): Promise<(string | undefined)[]> => {
      const { error } = await send(transport, { url, settings: { proxy: address } });
      return [error?.code, error?.message];
    };
    const [code, message] = await codeWith('https://127.0.0.1:9/', proxy.url);
    expect(code).toBe('PROXY_REFUSED');
    expect(message).toContain('answered 407');
    const nobody = await freePort();
    for (const scheme of ['http', 'https']) {
      const refused = await codeWith(`${scheme}://127.0.0.1:9/`, `http://127.0.0.1:${nobody}`);
      expect(refused[0]).toBe('CONNECTION_REFUSED');
      expect(refused[1]).toContain(String(nobody));
    }
    for (const address of ['proxy:8080', 'socks5://u:secret@a:1', 'http://a/b', 'u:secret@host:1']) {
      const [invalid, text] = await codeWith('http://127.0.0.1:9/', address);
      expect(invalid).toBe('INVALID_PROXY');
      expect(text).not.toContain('secret');
    }
  });

  it('is checked by the guard, and so is the target behind it', async () => {
    const proxy = await serveProxy();
    const server = await serveHttp((_, answer) => answer.end('inner'));
    const settings = { proxy: proxy.url };
    const onlyTarget = openTransport({ allowPrivate: false, allow: [`127.0.0.1:${server.port}`] });
    expect((await send(onlyTarget, { url: server.url, settings })).error?.code).toBe('TARGET_REFUSED');
    const onlyProxy = openTransport({ allowPrivate: false, allow: [`127.0.0.1:${proxy.port}`] });
    for (const url of [
      server.url,
      `http://localhost:${server.port}`,
      'http://a.localhost/',
      'http://169.254.169.254/',
    ])
      expect((await send(onlyProxy, { url, settings })).error?.code).toBe('TARGET_REFUSED');
    expect(proxy.asked).toEqual([]);
    const both = openTransport({ allowPrivate: true });
    expect(bodyText(await send(both, { url: server.url, settings }))).toBe('inner');
  });
});
