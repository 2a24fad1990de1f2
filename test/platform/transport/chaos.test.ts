import { createServer as createH2, type Http2Server, type ServerHttp2Stream } from 'node:http2';
import { createServer } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import type { Exchange } from '../../../apis/_platform/model/transport.ts';
import { bodyText, openTransport, send } from './support/send.ts';
import { closeAll, serve, type Served } from './support/servers.ts';

afterEach(closeAll);

const ways = ['ok', 'slow', 'never', 'cut', 'reset', 'large'] as const;
type Way = (typeof ways)[number];

/** Numbers from 0 to 1 that are the same for the same seed. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const http1 = (): Promise<Served> =>
  serve(
    createServer((request, answer) => {
      const way = (request.url ?? '').slice(1).split('?')[0] as Way;
      request.resume();
      if (way === 'ok') answer.end('ok');
      else if (way === 'slow') setTimeout(() => answer.end('ok'), 20);
      else if (way === 'large') answer.end(Buffer.alloc(100_000, 'x'));
      else if (way === 'reset') request.socket.resetAndDestroy();
      else if (way === 'cut') {
        answer.writeHead(200, { 'content-length': 100 });
        answer.write('half', () => request.socket.destroy());
      }
    }),
    'http',
  );

const http2 = (): Promise<Served> =>
  serve(
    createH2().on('stream', (stream: ServerHttp2Stream, headers) => {
      const way = String(headers[':path']).slice(1).split('?')[0] as Way;
      stream.on('error', () => {});
      const answer = (body: Buffer | string): void => {
        if (stream.destroyed) return;
        stream.respond();
        stream.end(body);
      };
      if (way === 'ok') answer('ok');
      else if (way === 'slow') setTimeout(() => answer('ok'), 20);
      else if (way === 'large') answer(Buffer.alloc(100_000, 'x'));
      else if (way === 'reset') stream.close(2);
      else if (way === 'cut') {
        stream.respond({ ':status': 200, 'content-length': 100 });
        stream.write('half', () => stream.close(2));
      }
    }) satisfies Http2Server as never,
    'http',
  );

/** What may come of each way. */
const outcomes: Record<Way, (exchange: Exchange) => boolean> = {
  ok: (exchange) => bodyText(exchange) === 'ok',
  slow: (exchange) => bodyText(exchange) === 'ok',
  never: ({ error }) => error?.code === 'FIRST_BYTE_TIMEOUT',
  cut: ({ error }) => error !== undefined,
  reset: ({ error, response }) => error !== undefined && response === undefined,
  large: ({ error }) => error?.code === 'RESPONSE_TOO_LARGE',
};

describe.each([
  ['1.1', http1],
  ['2', http2],
] as const)('HTTP/%s', (httpVersion, start) => {
  const seed = Date.now() & 0x7fff_ffff;

  it(`no request is lost or mixed up among broken and cancelled ones (seed ${seed})`, async () => {
    const random = randomFrom(seed);
    const server = await start();
    const transport = openTransport({ connections: 6, bodyLimit: 50_000 });
    const one = async (index: number): Promise<void> => {
      const way = ways[Math.floor(random() * ways.length)] as Way;
      const isCancelled = random() < 0.2;
      const cancel = new AbortController();
      if (isCancelled) setTimeout(() => cancel.abort(), random() * 40);
      const exchange = await send(
        transport,
        {
          method: random() < 0.5 ? 'GET' : 'POST',
          url: `${server.url}/${way}?${index}`,
          // A waiting answer is given up; all else has time enough on a busy machine.
          settings: { httpVersion, timeouts: { firstByte: way === 'never' ? 30 : 20_000 } },
        },
        { signal: cancel.signal },
      );
      const isExpected = outcomes[way](exchange) || (isCancelled && exchange.error?.code === 'CANCELLED');
      if (!isExpected)
        throw new Error(`${index} ${way}: ${JSON.stringify(exchange.error)} ${exchange.response?.status}`);
    };
    const indexes = Array.from({ length: 400 }, (_, index) => index);
    const lane = async (): Promise<void> => {
      for (let index = indexes.pop(); index !== undefined; index = indexes.pop()) await one(index);
    };
    await Promise.all(Array.from({ length: 24 }, lane));
    // As many as there are connections, so that none is stuck.
    const last = Array.from({ length: 12 }, () =>
      send(transport, { url: `${server.url}/ok`, settings: { httpVersion } }),
    );
    expect((await Promise.all(last)).map(bodyText)).toEqual(last.map(() => 'ok'));
  });
});
