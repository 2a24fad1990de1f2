import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { adminToken, businessToken, startServer, type TestServer } from '../support/start-server.ts';
import { exchange, postText, readAnswers } from './exchange.ts';

const megabyte = 2 ** 20;

let server: TestServer;
let patient: TestServer;
let port: number;
const sockets: Socket[] = [];
const files = {
  'load.ts': `
import { setTimeout as sleep } from 'node:timers/promises';
import { apiFunction } from 'api-deploy';
const streams = { begun: 0, open: 0 };
export const wait = apiFunction(async (padding = '') => { await sleep(300); return padding.length; });
export const hi = apiFunction(() => 'hi');
export const memory = apiFunction(() => { globalThis.gc?.(); return process.memoryUsage().rss; });
export const endless = apiFunction(async function* () {
  streams.begun++;
  streams.open++;
  try {
    for (;;) yield 'x'.repeat(1_000_000);
  } finally {
    streams.open--;
  }
});
const count = apiFunction(() => streams);
export { count as streams };`,
};

beforeAll(async () => {
  const env = {
    MAX_CONCURRENT_CALLS: '50',
    BUFFER_LIMIT: '16 MiB',
    LOG_REQUEST_BODY: 'false',
    METRICS: 'open',
  };
  const impatience = { HEADERS_TIMEOUT: '1 s', REQUEST_TIMEOUT: '1 s', SEND_TIMEOUT: '1 s' };
  const nodeArgs = ['--expose-gc'];
  server = await startServer({ files, env: { ...env, ...impatience }, nodeArgs });
  patient = await startServer({ files, env, nodeArgs });
  port = Number(new URL(server.url).port);
});
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
});
afterAll(async () => {
  await patient.stop();
  expect(await server.stop()).toBe(0);
});

const body = (parameters: unknown = {}): string => JSON.stringify({ token: businessToken, body: parameters });
const rss = async (of: TestServer): Promise<number> => (await of.call('/load/memory')).json.data as number;

async function open(text = ''): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  sockets.push(socket);
  socket.on('error', () => {});
  await new Promise<void>((resolve) => socket.once('connect', () => resolve()));
  if (text !== '') socket.write(text);
  return socket;
}

async function metric(name: string, of = server): Promise<number> {
  const text = await (await fetch(`${of.url}/metrics`)).text();
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error('it did not come about within 20 s');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

test('2,000 calls at once of a function that waits are answered 200 or 503, in bounded memory', async () => {
  const before = await rss(patient);
  const text = postText({ path: '/load/wait', body: body({ padding: 'x'.repeat(20_000) }) });
  let most = 0;
  const watching = setInterval(() => {
    const status = readFileSync(`/proc/${patient.process.pid}/status`, 'utf8');
    most = Math.max(most, Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) * 1024);
  }, 20);
  const results = await Promise.all(
    Array.from({ length: 2_000 }, () => exchange(Number(new URL(patient.url).port), [text], { quiet: 0 })),
  );
  clearInterval(watching);
  const byStatus = new Map<number, number>();
  for (const { answers } of results) {
    expect(answers).toHaveLength(1);
    const { status, headers, json } = answers[0]!;
    byStatus.set(status, (byStatus.get(status) ?? 0) + 1);
    if (status === 503) expect([json['code'], headers['retry-after']]).toEqual(['OVERLOADED', '1']);
    else expect(json['data']).toBe(20_000);
  }
  expect([...byStatus.keys()].sort((a, b) => a - b)).toEqual([200, 503]);
  expect(byStatus.get(200)).toBeGreaterThanOrEqual(50);
  // All bodies together would be 40 MB, and several times that when parsed.
  expect(most - before).toBeLessThan(100 * megabyte);
  expect((await patient.call('/load/hi')).json.data).toBe('hi');
  expect(await metric('api_deploy_requests_in_flight', patient)).toBe(1);
});

test('clients that trickle their headers or their body are closed, and all others are answered meanwhile', async () => {
  const head = 'POST /load/hi HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n';
  const trickling = await Promise.all(
    Array.from({ length: 100 }, (_, index) =>
      open(index % 2 === 0 ? head : `${head}Content-Length: 1000\r\n\r\n{`),
    ),
  );
  const received = trickling.map(() => '');
  let closed = 0;
  trickling.forEach((socket, index) => {
    socket.on('data', (chunk) => (received[index] += chunk.toString()));
    socket.once('close', () => closed++);
  });
  const drip = setInterval(() => {
    for (const [index, socket] of trickling.entries())
      if (!socket.destroyed) socket.write(index % 2 === 0 ? 'X' : ' ');
  }, 100);
  let good = 0;
  while (closed < 100) {
    const answer = await server.call('/load/hi');
    expect(answer.status).toBe(200);
    good++;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  clearInterval(drip);
  expect(good).toBeGreaterThan(10);
  const answers = received.map((text) => readAnswers(Buffer.from(text)).answers);
  expect(answers.map((list) => list.map(({ status }) => status))).toEqual(answers.map(() => [408]));
  expect(answers.every(([answer]) => answer?.json['code'] === 'INVALID_REQUEST')).toBe(true);
});

test('a client that never reads an endless stream ends it, in bounded memory', async () => {
  const before = await rss(server);
  for (let count = 0; count < 5; count++) {
    const socket = await open(postText({ path: '/load/endless', body: body() }));
    socket.pause();
  }
  await until(async () => {
    const { begun, open } = (await server.call('/load/streams')).json.data;
    return begun === 5 && open === 0;
  });
  expect((await rss(server)) - before).toBeLessThan(150 * megabyte);
  expect(await metric('api_deploy_requests_in_flight')).toBe(1);
});

test('clients that leave in the middle of whatever they do leave nothing behind', async () => {
  const chunk = postText({ path: '/load/hi', headers: ['Transfer-Encoding: chunked'], body: '5\r\n{"to' });
  const texts = [
    'POST /lo',
    postText({ path: '/load/hi', headers: ['Content-Length: 100'], body: '{' }),
    chunk,
    postText({ path: '/load/wait', body: body() }),
    postText({ path: '/load/endless', body: body() }),
    postText({ path: '/load/wait', body: body() }).repeat(5),
  ];
  await Promise.all(
    Array.from({ length: 120 }, async (_, index) => {
      const socket = await open(texts[index % texts.length]);
      await new Promise((resolve) => setTimeout(resolve, index % 40));
      // By turns politely, and by a reset.
      if (index % 2 === 0) socket.destroy();
      else socket.resetAndDestroy();
    }),
  );
  await until(async () => (await metric('api_deploy_requests_in_flight')) === 1);
  await until(async () => (await server.call('/load/streams')).json.data.open === 0);
  expect((await server.call('/load/hi')).json.data).toBe('hi');
  expect((await server.logLines()).filter((line) => line['kind'] === 'error')).toEqual([]);
});

test.runIf(process.platform === 'linux')(
  'a peer that is gone without a word is asked for by TCP',
  async () => {
    const socket = await open('GET /health HTTP/1.1\r\nHost: x\r\n\r\n');
    await new Promise((resolve) => socket.once('data', resolve));
    const hex = (number: number | undefined) => (number ?? 0).toString(16).toUpperCase().padStart(4, '0');
    // local_address rem_address st tx:rx tr:when: timer 2 is the keep-alive one (proc(5), tcp_diag).
    const line = new RegExp(`:${hex(port)} \\w+:${hex(socket.localPort)} \\w+ \\w+:\\w+ (\\w+):`);
    await until(async () => line.exec(readFileSync('/proc/net/tcp', 'utf8'))?.[1] === '02');
  },
);

test('/metrics takes an admin token where it is not open', async () => {
  const answer = await fetch(`${server.url}/metrics`, { headers: { authorization: `Bearer ${adminToken}` } });
  expect(answer.status).toBe(200);
});
