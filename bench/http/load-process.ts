/**
 * The load: keep-alive connections that each send the next request as soon as the answer is there. Run as a
 * process of its own; prints a LoadResult.
 */
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createAnswerReader } from '../connection/answer-reader.ts';
import { requestBytes } from '../connection/request-bytes.ts';
import { cpuTimeWithDescendants } from '../processes/process-usage.ts';
import { quantile } from '../report/statistics.ts';
import type { LoadInput, LoadResult } from './load-result.ts';

const input = JSON.parse(process.argv[2] ?? '') as LoadInput;
const request = requestBytes(input);
let phase: 'warm-up' | 'measuring' | 'over' = 'warm-up';
const latencies: number[] = [];

/** With a rate: when requests are due that found no free connection, and the connections that are free. */
const due: number[] = [];
const free: ((dueAt: number) => void)[] = [];

function openConnection(): void {
  const socket = connect({ port: input.port, host: '127.0.0.1', noDelay: true });
  let sentAt = 0;
  const sendAt = (dueAt: number): void => {
    sentAt = dueAt;
    socket.write(request);
  };
  const send = (): void => {
    if (input.rate === undefined) return sendAt(performance.now());
    const dueAt = due.shift();
    if (dueAt === undefined) free.push(sendAt);
    else sendAt(dueAt);
  };
  const read = createAnswerReader(({ status, body }) => {
    if (status !== 200) fail(`expected only answers with 200, got '${status} ${body.toString('utf8')}'`);
    if (phase === 'over') return;
    if (phase === 'measuring') latencies.push(performance.now() - sentAt);
    send();
  });
  socket.on('connect', send);
  socket.on('data', read);
  socket.on('error', (error) => fail(error.message));
  socket.on('close', () => fail('the server closed a connection'));
}

function fail(message: string): void {
  if (phase === 'over') return;
  console.error(`load: ${message}`);
  process.exit(1);
}

/** Asks the clock without a pause: timers are too coarse for thousands of requests per second. */
function pace(rate: number): void {
  const interval = 1000 / rate;
  let next = performance.now() + interval;
  const tick = (): void => {
    if (phase === 'over') return;
    for (const now = performance.now(); next <= now; next += interval) {
      const sendAt = free.pop();
      if (sendAt === undefined) due.push(next);
      else sendAt(next);
    }
    setImmediate(tick);
  };
  tick();
}

for (let index = 0; index < input.connections; index++) openConnection();
if (input.rate !== undefined) pace(input.rate);
await sleep(input.warmupSeconds * 1000);

const serverBefore = cpuTimeWithDescendants(input.serverPid);
const ownBefore = process.cpuUsage();
const startedAt = performance.now();
phase = 'measuring';
await sleep(input.seconds * 1000);
phase = 'over';
const elapsed = performance.now() - startedAt;
const own = process.cpuUsage(ownBefore);
const serverAfter = cpuTimeWithDescendants(input.serverPid);

const sorted = Float64Array.from(latencies).sort();
const result: LoadResult = {
  requests: sorted.length,
  perSecond: (sorted.length / elapsed) * 1000,
  p50: quantile(sorted, 0.5),
  p99: quantile(sorted, 0.99),
  max: quantile(sorted, 1),
  serverMicroseconds:
    serverBefore === undefined || serverAfter === undefined
      ? undefined
      : (serverAfter - serverBefore) / sorted.length,
  generatorBusy: (own.user + own.system) / 1000 / elapsed,
};
process.stdout.write(JSON.stringify(result), () => process.exit(0));
