import { createServer as createPlainH2, createSecureServer, type ServerHttp2Stream } from 'node:http2';
import type { ServerResponse } from 'node:http';
import { createServer, type ServerOptions } from 'node:https';
import type { TLSSocket } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { bodyJson, bodyText, openTransport, send } from './support/send.ts';
import { hasOpenssl, makeCertificates, type Certificates } from './support/certificates.ts';
import { closeAll, readAll, serve, type Served } from './support/servers.ts';

afterEach(closeAll);

const made = hasOpenssl ? makeCertificates() : (undefined as unknown as Certificates);

describe.skipIf(!hasOpenssl)('TLS', () => {
  async function serveHttps(options: ServerOptions): Promise<Served> {
    return serve(
      createServer(options, (request, answer) => {
        const socket = request.socket as TLSSocket;
        const peer = socket.getPeerCertificate();
        answer.end(
          JSON.stringify({ client: peer.subject?.CN ?? null, serverName: socket.servername || null }),
        );
      }).on('tlsClientError', () => {}),
      'https',
    );
  }

  it('trusts an authority that is given, and tells the certificate', async () => {
    const server = await serveHttps(made.server);
    const url = `https://localhost:${server.port}`;
    const transport = openTransport();
    const first = await send(transport, { url, settings: { tls: { ca: made.ca } } });
    expect(first.error).toBeUndefined();
    expect(first.response?.certificate).toMatchObject({
      subject: 'CN=server',
      issuer: 'CN=ca, O=Test',
      days: 9,
    });
    expect(Date.parse(first.response?.certificate?.validTo ?? '')).toBeGreaterThan(Date.now());
    expect(Object.keys(first.timings).sort()).toEqual([
      'connect',
      'dns',
      'download',
      'firstByte',
      'tls',
      'total',
    ]);
    const second = await send(transport, { url, settings: { tls: { ca: made.ca } } });
    expect(second.response?.certificate).toEqual(first.response?.certificate);
    expect(second.timings).not.toHaveProperty('tls');
    expect(server.connections()).toBe(1);
    expect(bodyJson(second).serverName).toBe('localhost');
    // Without it nothing is trusted, also where a trusted connection is kept.
    expect((await send(transport, { url })).error?.code).toBe('TLS_UNKNOWN_ISSUER');
  });

  it.each<[string, keyof Certificates, string]>([
    ['expired', 'expired', 'TLS_CERTIFICATE_EXPIRED'],
    ['for another host', 'other', 'TLS_WRONG_HOST'],
    ['self-signed', 'selfSigned', 'TLS_SELF_SIGNED'],
  ])('refuses a certificate that is %s, unless told otherwise', async (_, name, code) => {
    const server = await serveHttps(made[name] as Certificates['server']);
    const transport = openTransport();
    const { error } = await send(transport, { url: server.url, settings: { tls: { ca: made.ca } } });
    expect(error).toMatchObject({ code, message: expect.stringContaining('tls.') });
    const insecure = await send(transport, { url: server.url, settings: { tls: { insecure: true } } });
    expect(insecure.response?.status).toBe(200);
    expect(insecure.response?.certificate?.subject).toContain('CN=');
  });

  it('asks for and checks the server name that is given', async () => {
    const server = await serveHttps(made.other);
    const settings = { tls: { ca: made.ca, serverName: 'other.test' } };
    const exchange = await send(openTransport(), { url: server.url, settings });
    expect(bodyJson(exchange).serverName).toBe('other.test');
  });

  it('shows a client certificate, also with an encrypted key', async () => {
    const server = await serveHttps({
      ...made.server,
      ca: made.ca,
      requestCert: true,
      rejectUnauthorized: true,
    });
    const transport = openTransport();
    const { ca } = made;
    for (const tls of [
      { ca, ...made.client },
      { ca, cert: made.client.cert, key: made.encryptedKey, passphrase: 'open sesame' },
    ])
      expect(bodyJson(await send(transport, { url: server.url, settings: { tls } })).client).toBe('client');
    const without = await send(transport, { url: server.url, settings: { tls: { ca } } });
    expect(without.error?.code).toBe('TLS_CLIENT_CERTIFICATE_REFUSED');
  });

  it('says what is wrong with its settings', async () => {
    const transport = openTransport();
    const { cert, key } = made.client;
    for (const tls of [
      { ca: 'nonsense' },
      { cert },
      { key },
      { cert, key: 'nonsense' },
      { cert, key: made.encryptedKey, passphrase: 'wrong' },
      { cert, key: made.server.key },
    ])
      expect((await send(transport, { url: 'https://127.0.0.1:1/', settings: { tls } })).error?.code).toBe(
        'TLS_INVALID_SETTINGS',
      );
  });

  it('is no TLS where a port speaks plain HTTP, and the other way round', async () => {
    const plain = await serve(
      (await import('node:http')).createServer((_, answer) => answer.end()),
      'http',
    );
    const secure = await serveHttps(made.server);
    const transport = openTransport();
    expect((await send(transport, { url: plain.url.replace('http:', 'https:') })).error?.code).toBe(
      'TLS_FAILED',
    );
    const { error } = await send(transport, { url: secure.url.replace('https:', 'http:') });
    expect(['CONNECTION_RESET', 'INVALID_RESPONSE']).toContain(error?.code);
  });
});

describe('HTTP/2', () => {
  const echo = async (stream: ServerHttp2Stream, headers: Record<string, unknown>): Promise<void> => {
    const body = await readAll(stream);
    stream.respond({ ':status': 200, 'set-cookie': ['a=1', 'b=2'], 'x-path': String(headers[':path']) });
    stream.end(JSON.stringify({ ...headers, body: body.toString() }));
  };

  it.skipIf(!hasOpenssl)('is spoken over TLS, many requests over one connection', async () => {
    const server = await serve(
      createSecureServer({ ...made.server, allowHTTP1: true }).on(
        'stream',
        (stream, headers) => void echo(stream, headers),
      ),
      'https',
    );
    const transport = openTransport();
    const settings = { httpVersion: '2', tls: { ca: made.ca } } as const;
    const exchanges = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        send(transport, {
          method: index % 2 === 0 ? 'GET' : 'POST',
          url: `${server.url}/${index}`,
          headers: [
            ['X-Name', 'v'],
            ['Connection', 'keep-alive'],
            ['TE', 'gzip'],
          ],
          ...(index % 2 === 1 && { body: { type: 'text', text: `body ${index}` } }),
          settings,
        }),
      ),
    );
    for (const [index, exchange] of exchanges.entries()) {
      expect(exchange.error).toBeUndefined();
      expect(exchange.response).toMatchObject({ status: 200, httpVersion: '2', remoteAddress: '127.0.0.1' });
      expect(exchange.response?.certificate?.subject).toBe('CN=server');
      const got = bodyJson(exchange);
      expect(got).toMatchObject({
        ':path': `/${index}`,
        ':method': index % 2 === 0 ? 'GET' : 'POST',
        ':authority': `127.0.0.1:${server.port}`,
        'x-name': 'v',
        body: index % 2 === 0 ? '' : `body ${index}`,
      });
    }
    expect(exchanges[0]?.response?.headers.filter(([name]) => name === 'set-cookie')).toHaveLength(2);
    expect(server.connections()).toBe(1);
  });

  it.skipIf(!hasOpenssl)('falls back to HTTP/1.1, on a connection for each request', async () => {
    const held: ServerResponse[] = [];
    let together = 1;
    const server = await serve(
      createServer(made.server, (_, answer) => {
        held.push(answer);
        // Nobody is answered before all are there.
        if (held.length === together) for (const one of held.splice(0)) one.end('ok');
      }),
      'https',
    );
    const transport = openTransport();
    const settings = { httpVersion: '2', tls: { ca: made.ca } } as const;
    const first = await send(transport, { url: server.url, settings });
    expect(first.response?.httpVersion).toBe('1.1');
    together = 4;
    const exchanges = await Promise.all(
      [1, 2, 3, 4].map(() => send(transport, { url: server.url, settings })),
    );
    expect(exchanges.map(bodyText)).toEqual(['ok', 'ok', 'ok', 'ok']);
    expect(server.connections()).toBe(4);
  });

  it('is spoken without TLS to a server that knows it', async () => {
    const server = await serve(
      createPlainH2().on('stream', (stream, headers) => void echo(stream, headers)) as never,
      'http',
    );
    const exchange = await send(openTransport(), { url: `${server.url}/a`, settings: { httpVersion: '2' } });
    expect(exchange.error).toBeUndefined();
    expect(exchange.response).toMatchObject({ status: 200, httpVersion: '2' });
  });

  it('ends one request without the others', async () => {
    const server = await serve(
      createPlainH2().on('stream', (stream, headers) => {
        stream.on('error', () => {});
        if (headers[':path'] === '/reset') stream.close(2);
        else if (headers[':path'] === '/slow')
          setTimeout(() => stream.closed || (stream.respond(), stream.end('slow')), 150);
        else if (headers[':path'] !== '/never') {
          stream.respond();
          stream.end('ok');
        }
      }) as never,
      'http',
    );
    const transport = openTransport();
    const get = (path: string, timeouts = {}): ReturnType<typeof send> =>
      send(transport, { url: `${server.url}${path}`, settings: { httpVersion: '2', timeouts } });
    expect(bodyText(await get('/'))).toBe('ok');
    const [slow, never, reset] = await Promise.all([
      get('/slow'),
      get('/never', { firstByte: 50 }),
      get('/reset'),
    ]);
    expect(bodyText(slow)).toBe('slow');
    expect(never.error?.code).toBe('FIRST_BYTE_TIMEOUT');
    expect(reset.error).toBeDefined();
    expect(reset.response).toBeUndefined();
    expect(bodyText(await get('/'))).toBe('ok');
    expect(server.connections()).toBe(1);
  });
});
