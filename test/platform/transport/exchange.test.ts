import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateRawSync, deflateSync, brotliCompressSync, gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { transportErrors } from '../../../apis/_platform/transport/transport-errors.ts';
import { bodyJson, bodyText, openTransport, send, sentHeader } from './support/send.ts';
import { closeAll, freePort, readAll, serveHttp, serveTcp } from './support/servers.ts';

afterEach(closeAll);

const sha256 = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex');

let folder = '';
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'transport-'))));
afterAll(() => rm(folder, { recursive: true }));

/** Tells what it got. */
async function echo(): Promise<Awaited<ReturnType<typeof serveHttp>>> {
  return serveHttp(async (request, answer) => {
    const body = await readAll(request);
    const { method, url, headers, rawHeaders } = request;
    answer.setHeader('content-type', 'application/json');
    answer.end(
      JSON.stringify({ method, url, headers, rawHeaders, size: body.length, body: body.toString('latin1') }),
    );
  });
}

describe('a request and its answer', () => {
  it('are told whole', async () => {
    const server = await serveHttp((_, answer) => {
      answer.writeHead(201, 'Made', { 'content-type': 'text/plain; charset=utf-8', 'X-Name': 'Grüße' });
      answer.end('héllo');
    });
    const exchange = await send(openTransport(), {
      method: 'post',
      url: `${server.url}/a?b=c#fragment`,
      headers: [['X-One', '1']],
      body: { type: 'text', text: 'größe' },
    });
    expect(exchange).toMatchObject({
      attempts: 1,
      request: {
        method: 'POST',
        url: `${server.url}/a?b=c`,
        body: { size: 7, sha256: sha256('größe'), text: 'größe', truncated: false },
      },
      response: {
        status: 201,
        statusText: 'Made',
        httpVersion: '1.1',
        remoteAddress: '127.0.0.1',
        body: { size: 6, sha256: sha256('héllo'), text: 'héllo', truncated: false },
      },
    });
    expect(exchange.error).toBeUndefined();
    expect(bodyText(exchange)).toBe('héllo');
    expect(sentHeader(exchange, 'host')).toBe(`127.0.0.1:${server.port}`);
    expect(sentHeader(exchange, 'content-length')).toBe('7');
    const { timings } = exchange;
    expect(Object.keys(timings).sort()).toEqual(['connect', 'download', 'firstByte', 'total']);
    expect(timings.total).toBeGreaterThanOrEqual((timings.connect ?? 0) + (timings.firstByte ?? 0));
  });

  it('show the headers as they were sent', async () => {
    const server = await echo();
    const exchange = await send(openTransport(), {
      url: server.url,
      headers: [
        ['X-Case', 'a'],
        ['x-twice', '1'],
        ['x-twice', '2'],
        ['x-chinese', '你好'],
        ['User-Agent', 'mine'],
        ['Transfer-Encoding', 'chunked'],
      ],
    });
    const { rawHeaders } = bodyJson(exchange) as { rawHeaders: string[] };
    const received = Array.from({ length: rawHeaders.length / 2 }, (_, index) => [
      rawHeaders[2 * index],
      Buffer.from(rawHeaders[2 * index + 1] ?? '', 'latin1').toString(),
    ]);
    expect(received.filter(([name]) => name !== 'connection')).toEqual(exchange.request.headers);
    expect(received).toContainEqual(['x-chinese', '你好']);
    expect(received).toContainEqual(['User-Agent', 'mine']);
  });

  it('keep one connection, whose opening is timed once', async () => {
    const server = await echo();
    const transport = openTransport();
    const first = await send(transport, { url: `http://localhost:${server.port}` });
    const second = await send(transport, { url: `http://localhost:${server.port}` });
    expect(server.connections()).toBe(1);
    expect(first.timings.dns).toBeGreaterThanOrEqual(0);
    expect(first.timings.connect).toBeGreaterThanOrEqual(0);
    expect(second.timings).not.toHaveProperty('dns');
    expect(second.timings).not.toHaveProperty('connect');
    expect(second.response?.remoteAddress).toBe('127.0.0.1');
  });

  it('wait for one another when there are no more connections', async () => {
    const server = await echo();
    const transport = openTransport({ connections: 3 });
    const urls = Array.from({ length: 40 }, (_, index) => `${server.url}/${index}`);
    const exchanges = await Promise.all(urls.map((url) => send(transport, { url })));
    expect(exchanges.map((exchange) => bodyJson(exchange).url)).toEqual(
      urls.map((url) => new URL(url).pathname),
    );
    expect(server.connections()).toBe(3);
  });

  it('keep the beginning of a body, with size and hash of the whole', async () => {
    const text = '漢字'.repeat(1_000);
    const bytes = randomBytes(5_000);
    const server = await serveHttp((request, answer) => answer.end(request.url === '/text' ? text : bytes));
    const transport = openTransport();
    const cut = (await send(transport, { url: `${server.url}/text` }, { keepBytes: 100 })).response?.body;
    // 100 bytes are 33 characters and a third.
    expect(cut).toEqual({ size: 6_000, sha256: sha256(text), text: text.slice(0, 33), truncated: true });
    const binary = await send(transport, { url: server.url }, { keepBytes: 100 });
    expect(binary.response?.body).toEqual({
      size: 5_000,
      sha256: sha256(bytes),
      base64: bytes.subarray(0, 100).toString('base64'),
      truncated: true,
    });
    expect(Buffer.from(binary.body ?? []).equals(bytes)).toBe(true);
  });

  it('read other charsets', async () => {
    const server = await serveHttp((_, answer) => {
      answer.setHeader('content-type', 'text/plain; charset=gbk');
      answer.end(Buffer.from('c4e3bac3', 'hex'));
    });
    expect((await send(openTransport(), { url: server.url })).response?.body?.text).toBe('你好');
  });

  it('answer HEAD and 204 without a body', async () => {
    const server = await serveHttp((request, answer) => {
      answer.writeHead(request.method === 'HEAD' ? 200 : 204, { 'content-encoding': 'gzip' });
      answer.end();
    });
    for (const method of ['HEAD', 'DELETE']) {
      const exchange = await send(openTransport(), { url: server.url, method });
      expect(exchange.error).toBeUndefined();
      expect(exchange.response?.body).toMatchObject({ size: 0, text: '' });
    }
  });
});

describe('bodies that are files', () => {
  it('are streamed with their length', async () => {
    const bytes = randomBytes(300_000);
    const file = join(folder, 'whole');
    await writeFile(file, bytes);
    const server = await echo();
    const exchange = await send(openTransport(), {
      method: 'PUT',
      url: server.url,
      headers: [['content-type', 'application/octet-stream']],
      body: { type: 'file', file, size: bytes.length },
    });
    const got = bodyJson(exchange) as { headers: Record<string, string>; body: string };
    expect(sha256(Buffer.from(got.body, 'latin1'))).toBe(sha256(bytes));
    expect(got.headers['content-length']).toBe('300000');
    expect(got.headers['transfer-encoding']).toBeUndefined();
    expect(exchange.request.body).toMatchObject({ size: 300_000, sha256: sha256(bytes), truncated: true });
  });

  it('are parts of a multipart body', async () => {
    const file = join(folder, 'part');
    await writeFile(file, randomBytes(100_000));
    const server = await serveHttp(async (request, answer) => {
      const body = await readAll(request);
      const form = await new Response(body, {
        headers: { 'content-type': request.headers['content-type'] ?? '' },
      }).formData();
      const upload = form.get('file') as File;
      answer.end(
        JSON.stringify({
          length: request.headers['content-length'],
          size: body.length,
          text: form.get('te"xt'),
          name: upload.name,
          type: upload.type,
          fileSize: upload.size,
        }),
      );
    });
    const exchange = await send(openTransport(), {
      method: 'POST',
      url: server.url,
      headers: [['Content-Type', 'multipart/form-data']],
      body: {
        type: 'multipart',
        parts: [
          { name: 'te"xt', value: 'zwölf' },
          { name: 'file', file, fileName: '报告.bin', contentType: 'application/x-thing' },
        ],
      },
    });
    const got = bodyJson(exchange);
    expect(got).toMatchObject({
      name: '报告.bin',
      type: 'application/x-thing',
      fileSize: 100_000,
      text: 'zwölf',
    });
    expect(got.length).toBe(String(got.size));
    expect(exchange.request.body?.size).toBe(got.size);
  });

  it('are an error before anything is sent when they cannot be read', async () => {
    const server = await echo();
    const { error } = await send(openTransport(), {
      method: 'POST',
      url: server.url,
      body: { type: 'file', file: join(folder, 'missing'), size: 1 },
    });
    expect(error).toMatchObject({ code: 'FILE_NOT_READABLE', message: expect.stringContaining('missing') });
    expect(server.connections()).toBe(0);
  });
});

describe('compressed answers', () => {
  const text = 'compress me '.repeat(500);
  const encodings: Record<string, Buffer> = {
    gzip: gzipSync(text),
    deflate: deflateSync(text),
    'raw deflate': deflateRawSync(text),
    br: brotliCompressSync(text),
    'deflate, gzip': gzipSync(deflateSync(text)),
  };

  it.each(Object.entries(encodings))('%s', async (encoding, bytes) => {
    const server = await serveHttp((_, answer) => {
      answer.setHeader('content-encoding', encoding.replace('raw ', ''));
      answer.end(bytes);
    });
    const exchange = await send(openTransport(), { url: server.url });
    expect(bodyText(exchange)).toBe(text);
    expect(exchange.response?.body).toMatchObject({ size: text.length, sha256: sha256(text) });
  });

  it('that would fill the memory are given up', async () => {
    const bomb = gzipSync(Buffer.alloc(8_000_000));
    const server = await serveHttp((_, answer) => {
      answer.setHeader('content-encoding', 'gzip');
      answer.end(bomb);
    });
    const exchange = await send(openTransport({ bodyLimit: 1_000_000 }), { url: server.url });
    expect(exchange.error?.code).toBe('RESPONSE_TOO_LARGE');
    expect(exchange.response?.status).toBe(200);
    expect(exchange.body).toBeUndefined();
  });

  it('that are none are an error', async () => {
    const server = await serveHttp((_, answer) => {
      answer.setHeader('content-encoding', 'gzip');
      answer.end('plain text');
    });
    const { error } = await send(openTransport(), { url: server.url });
    expect(error).toMatchObject({
      code: 'INVALID_CONTENT_ENCODING',
      message: expect.stringContaining('gzip'),
    });
  });
});

describe('what goes wrong', () => {
  it('a body larger than the limit is given up while it comes', async () => {
    const server = await serveHttp((_, answer) => {
      const more = (): void => void answer.write(Buffer.alloc(100_000), (error) => error ?? more());
      more();
    });
    const exchange = await send(openTransport({ bodyLimit: 1_000_000 }), { url: server.url });
    expect(exchange.error?.code).toBe('RESPONSE_TOO_LARGE');
  });

  it.each(['', 'orders', '/orders', 'ftp://a/', 'http://', 'http://a:0/'])(
    "'%s' is no URL to send to",
    async (url) => {
      const { error, request } = await send(openTransport(), { url });
      expect(error).toMatchObject({ code: 'INVALID_URL', message: expect.stringContaining(`'${url}'`) });
      expect(request.url).toBe(url);
    },
  );

  it.each<[string, [string, string]]>([
    ['name', ['a b', '1']],
    ['value', ['a', '1\r\nb: 2']],
  ])('a header with a bad %s is refused', async (_, header) => {
    const server = await echo();
    const transport = openTransport();
    expect((await send(transport, { url: server.url, headers: [header] })).error?.code).toBe(
      'INVALID_REQUEST',
    );
    expect((await send(transport, { url: server.url })).response?.status).toBe(200);
  });

  it('nobody listens', async () => {
    const port = await freePort();
    const { error, timings } = await send(openTransport(), { url: `http://127.0.0.1:${port}` });
    expect(error).toMatchObject({
      code: 'CONNECTION_REFUSED',
      message: expect.stringContaining(`127.0.0.1:${port}`),
    });
    expect(timings.total).toBeGreaterThan(0);
  });

  it('the host is unknown', async () => {
    const { error } = await send(openTransport(), { url: 'http://nothing.invalid/' });
    // Without any name server the machine says that it could not ask.
    expect(['DNS_NOT_FOUND', 'DNS_FAILED']).toContain(error?.code);
    expect(error?.message).toContain('nothing.invalid');
  });

  it('the connection is reset before and in the answer', async () => {
    const server = await serveTcp((socket) => {
      socket.once('data', (request) => {
        if (request.includes('/before')) socket.resetAndDestroy();
        else if (request.includes('/empty')) socket.end();
        else if (request.includes('/no-http')) socket.end('SSH-2.0-OpenSSH\r\n');
        else if (request.includes('/chunks'))
          socket.end('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nab');
        else socket.end('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf');
      });
    });
    const transport = openTransport();
    const codeOf = async (path: string): Promise<string | undefined> =>
      (await send(transport, { url: `${server.url}/${path}` })).error?.code;
    expect(await codeOf('before')).toBe('CONNECTION_RESET');
    expect(await codeOf('empty')).toBe('CONNECTION_RESET');
    expect(await codeOf('no-http')).toBe('INVALID_RESPONSE');
    expect(await codeOf('chunks')).toBe('RESPONSE_CUT');
    const cut = await send(transport, { url: `${server.url}/body` });
    expect(cut.error?.code).toBe('RESPONSE_CUT');
    expect(cut.response).toMatchObject({ status: 200, body: { size: 4, text: 'half' } });
    expect(cut.body).toBeUndefined();
  });

  it('timeouts say which part took too long', async () => {
    const server = await serveHttp((request, answer) => {
      if (request.url === '/never') return;
      answer.write('some');
    });
    const transport = openTransport();
    const never = await send(transport, {
      url: `${server.url}/never`,
      settings: { timeouts: { firstByte: 60 } },
    });
    expect(never.error).toMatchObject({
      code: 'FIRST_BYTE_TIMEOUT',
      message: expect.stringContaining('60 ms'),
    });
    const slow = await send(transport, {
      url: server.url,
      settings: { timeouts: { firstByte: 20_000, total: 1_500 } },
    });
    expect(slow.error).toMatchObject({ code: 'TIMEOUT', message: expect.stringContaining('1500 ms') });
    expect(slow.response).toMatchObject({ status: 200, body: { text: 'some' } });
  });

  it('a connection that never stands is given up in time', async () => {
    // A TLS server that says nothing.
    const server = await serveTcp(() => {});
    const exchange = await send(openTransport(), {
      url: `https://127.0.0.1:${server.port}`,
      settings: { timeouts: { connect: 80 } },
    });
    expect(exchange.error).toMatchObject({
      code: 'CONNECT_TIMEOUT',
      message: expect.stringContaining('80 ms'),
    });
  });

  it('cancelling ends it at once, also while it waits', async () => {
    const cancel = new AbortController();
    const server = await serveHttp(() => cancel.abort());
    const transport = openTransport({ connections: 1 });
    const running = [1, 2, 3].map(() => send(transport, { url: server.url }, { signal: cancel.signal }));
    for (const exchange of await Promise.all(running)) expect(exchange.error?.code).toBe('CANCELLED');
    expect(server.connections()).toBe(1);
  });

  it('closing ends what runs and what comes', async () => {
    const transport = openTransport();
    const server = await serveHttp(() => transport.close());
    const running = send(transport, { url: server.url });
    expect((await running).error?.code).toBe('CANCELLED');
    expect((await send(transport, { url: server.url })).error?.code).toBe('CANCELLED');
  });

  it('each text has its way out and fills its blanks', () => {
    for (const { text } of Object.values(transportErrors)) {
      expect(text.endsWith('.') || text === '{reason}').toBe(true);
      expect(text.length > 40 || text === '{reason}').toBe(true);
    }
  });
});
