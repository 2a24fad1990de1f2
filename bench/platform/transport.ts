/**
 * What the transport of the test platform adds to undici itself: requests per second over loopback, one after the other
 * and 32 at a time, in turns with `Client.request` and `Pool.request`, which read the body and keep nothing.
 *
 *     tsx bench/platform/transport.ts
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { Client, Pool } from 'undici';
import type { PreparedRequest, Transport } from '../../apis/_platform/model/transport.ts';
import { createTransport } from '../../apis/_platform/transport/create-transport.ts';

const rounds = 25;
/** Milliseconds: short turns, so that both meet the same moods of the machine. */
const roundTime = 120;
const role = 'transport-target';
const body = JSON.stringify({ id: 1, name: 'an order', items: [1, 2, 3], note: 'x'.repeat(200) });

interface Contender {
  name: string;
  send: () => Promise<unknown>;
}

async function main(): Promise<void> {
  const target = fork(fileURLToPath(import.meta.url), [role], { execArgv: process.execArgv });
  try {
    const [port] = (await once(target, 'message')) as [number];
    for (const concurrency of [1, 32]) await compare(`http://127.0.0.1:${port}`, concurrency);
  } finally {
    target.kill();
  }
}

async function compare(origin: string, concurrency: number): Promise<void> {
  const transport = createTransport({ allowPrivate: true });
  const undici = concurrency === 1 ? new Client(origin) : new Pool(origin, { connections: concurrency });
  const contenders: Contender[] = [
    { name: 'undici', send: () => undiciRequest(undici) },
    { name: 'transport', send: transportRequest(transport, origin) },
  ];
  const rates = contenders.map((): number[] => []);
  for (const contender of contenders) await measure(contender, concurrency);
  for (let round = 0; round < rounds; round += 1)
    for (const [index, contender] of contenders.entries())
      rates[index]?.push(await measure(contender, concurrency));
  await Promise.all([transport.close(), undici.close()]);
  const [alone = 0, ours = 0] = rates.map(median);
  const perRequest = 1e6 / ours - 1e6 / alone;
  console.log(
    `concurrency ${concurrency}: undici ${alone.toFixed(0)}/s, transport ${ours.toFixed(0)}/s, ` +
      `ratio ${(ours / alone).toFixed(2)}, ${perRequest.toFixed(1)} µs more per request (medians of ${rounds})`,
  );
}

async function measure({ name, send }: Contender, concurrency: number): Promise<number> {
  const startedAt = performance.now();
  const end = startedAt + roundTime;
  let count = 0;
  const lane = async (): Promise<void> => {
    while (performance.now() < end) {
      await send();
      count += 1;
    }
  };
  await Promise.all(Array.from({ length: concurrency }, lane));
  if (count === 0) throw new Error(`${name} sent nothing`);
  return (count * 1_000) / (performance.now() - startedAt);
}

async function undiciRequest(undici: Client | Pool): Promise<void> {
  const { statusCode, body: answer } = await undici.request({ path: '/orders?id=1', method: 'GET' });
  if (statusCode !== 200 || (await answer.text()).length !== body.length)
    throw new Error('unexpected answer');
}

function transportRequest(transport: Transport, origin: string): () => Promise<void> {
  const { signal } = new AbortController();
  return async () => {
    // Made anew each time, as the engine does.
    const request: PreparedRequest = {
      method: 'GET',
      url: `${origin}/orders?id=1`,
      headers: [['accept', 'application/json']],
      auth: { type: 'none' },
      settings: {},
    };
    const { response } = await transport.send(request, { signal, keepBytes: 65_536 });
    if (response?.status !== 200 || response.body?.text?.length !== body.length)
      throw new Error('unexpected answer');
  };
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}

/** Answers each request with the same bytes: any more work would hide what the clients cost. */
function serve(): void {
  const answer =
    'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ndate: Thu, 01 Jan 2026 00:00:00 GMT\r\n' +
    `connection: keep-alive\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
  const server = createServer((socket) => {
    socket.setNoDelay(true).on('error', () => socket.destroy());
    // A request without a body comes in one piece over loopback.
    socket.on('data', () => socket.write(answer));
  });
  server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
  process.once('disconnect', () => process.exit());
}

if (process.argv[2] === role) serve();
else await main();
