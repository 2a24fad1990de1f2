import { afterAll, beforeAll, expect, test } from 'vitest';
import { businessToken, startServer, type TestServer } from '../support/start-server.ts';
import { exchange, type Exchange } from './exchange.ts';

/** `EDGE_SEED` repeats a run. */
const seed = Number(process.env['EDGE_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const rounds = Number(process.env['EDGE_ROUNDS'] ?? 400);
const together = 25;

let server: TestServer;
beforeAll(async () => {
  console.log(`edge-fuzz: EDGE_SEED=${seed}`);
  server = await startServer({
    files: {
      'echo.ts': `
import { apiFunction } from 'api-deploy';
export const now = apiFunction((marker: string, padding = '') => marker);
export const later = apiFunction(async (marker: string, padding = '') => {
  await new Promise((resolve) => setTimeout(resolve, 5));
  return marker;
});`,
    },
  });
});
afterAll(async () => {
  await server.stop();
});

/** Random numbers that come again with the same seed (mulberry32). */
function createRandom(from: number) {
  let state = from >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return { below: (limit: number) => Math.floor(next() * limit), chance: (of: number) => next() < of };
}
type Random = ReturnType<typeof createRandom>;

/** Of all connections, so that another one's data would be known. */
const everyMarker = new Set<string>();

interface Plan {
  readonly markers: readonly string[];
  /** Which request was tampered with; undefined for none. */
  readonly mutated: number | undefined;
  readonly pieces: readonly Buffer[];
}

const hostile = [
  '\r\n',
  '\n',
  '\0',
  ':',
  ' ',
  '{',
  '"',
  '\x7f',
  '\xff',
  '0\r\n\r\n',
  'Content-Length: 5\r\n',
  'Transfer-Encoding: chunked\r\n',
  '9',
  '-',
  '%2e%2e/',
  '\\',
];

function makePlan(random: Random, round: number): Plan {
  const count = 1 + random.below(5);
  const markers = Array.from({ length: count }, (_, index) => {
    const unlike = Array.from({ length: 4 }, () => random.below(2 ** 31).toString(36)).join('');
    return `${round}-${index}-${unlike}`;
  });
  for (const marker of markers) everyMarker.add(marker);
  const mutated = random.chance(0.6) ? random.below(count) : undefined;
  const requests = markers.map((marker, index) => {
    const request = Buffer.from(makeRequest(random, marker), 'latin1');
    return index === mutated ? mutate(random, request) : request;
  });
  return { markers, mutated, pieces: split(random, Buffer.concat(requests)) };
}

function makeRequest(random: Random, marker: string): string {
  const padding = 'x'.repeat(random.chance(0.2) ? random.below(5_000) : random.below(20));
  const body = JSON.stringify({ token: businessToken, body: { marker, padding } });
  const path = random.chance(0.5) ? '/echo/now' : '/echo/later';
  const head = `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n`;
  if (random.chance(0.5)) return `${head}Content-Length: ${body.length}\r\n\r\n${body}`;
  const cut = random.below(body.length - 1) + 1;
  const chunks = [body.slice(0, cut), body.slice(cut)].map(
    (chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`,
  );
  return `${head}Transfer-Encoding: chunked\r\n\r\n${chunks.join('')}0\r\n\r\n`;
}

function mutate(random: Random, request: Buffer): Buffer {
  let bytes = request;
  for (let left = 1 + random.below(3); left > 0; left--) {
    // Heads are short beside padded bodies, and worth more attempts.
    const at = random.below(random.chance(0.7) ? Math.min(bytes.length, 160) : bytes.length);
    const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
    const length = random.below(8);
    switch (random.below(5)) {
      case 0:
        bytes = Buffer.concat([before, Buffer.from([random.below(256)]), after.subarray(1)]);
        break;
      case 1:
        bytes = Buffer.concat([before, Buffer.from(hostile[random.below(hostile.length)]!, 'latin1'), after]);
        break;
      case 2:
        bytes = Buffer.concat([before, after.subarray(length)]);
        break;
      case 3:
        bytes = Buffer.concat([before, after.subarray(0, length), after]);
        break;
      default:
        bytes = Buffer.concat([
          before,
          Buffer.from([(after[0] ?? 0) ^ (1 << random.below(8))]),
          after.subarray(1),
        ]);
    }
  }
  return bytes;
}

function split(random: Random, bytes: Buffer): Buffer[] {
  const cuts = Array.from({ length: random.below(6) }, () => random.below(bytes.length)).sort(
    (a, b) => a - b,
  );
  const edges = [0, ...cuts, bytes.length];
  return edges.slice(1).map((end, index) => bytes.subarray(edges[index], end));
}

/** What holds for every input. */
function checkExchange({ markers, mutated }: Plan, { answers, rest }: Exchange): void {
  expect(rest).toBe('');
  const given = answers.filter(({ status }) => status === 200).map(({ json }) => json['data'] as string);
  const places = given.map((marker) => markers.findIndex((sent) => marker === sent));
  const untouched = places.filter((place) => place !== -1);
  // In order, and none twice.
  expect(untouched).toEqual([...new Set(untouched)].sort((a, b) => a - b));
  // What is no marker of this connection is one that was tampered with, never somebody else's.
  expect(given.filter((marker) => everyMarker.has(marker) && !markers.includes(marker))).toEqual([]);
  if (mutated === undefined) {
    expect(given).toEqual(markers);
    return;
  }
  expect(given.slice(0, mutated)).toEqual(markers.slice(0, mutated));
  const final = answers.findIndex(({ headers }) => headers['connection'] === 'close');
  // Whatever was left when a connection was refused is one answer more at most, and the last.
  if (final !== -1) expect(final).toBe(answers.length - 1);
  expect(answers.length).toBeLessThanOrEqual(markers.length + (final === -1 ? 0 : 1));
  for (const { status, json } of answers) {
    expect(status).toBeLessThan(600);
    expect(status).not.toBe(500);
    expect(json).toHaveProperty('success', status === 200);
    if (status !== 200) expect(json['code']).toMatch(/^[A-Z_]+$/);
  }
}

test(`mutated, split and pipelined requests (seed ${seed})`, async () => {
  const random = createRandom(seed);
  const port = Number(new URL(server.url).port);
  let mutants = 0;
  for (let round = 0; round < rounds; round += together) {
    const plans = Array.from({ length: together }, (_, index) => makePlan(random, round + index));
    await Promise.all(
      plans.map(async (plan, index) => {
        if (plan.mutated !== undefined) mutants++;
        const result = await exchange(port, plan.pieces, {
          expected: plan.markers.length,
          quiet: 20,
          ...(plan.mutated === undefined ? {} : { atLeast: plan.mutated }),
        });
        try {
          checkExchange(plan, result);
        } catch (error) {
          const sent = JSON.stringify(Buffer.concat(plan.pieces).toString('latin1')).slice(0, 3_000);
          const got = JSON.stringify(result).slice(0, 3_000);
          throw new Error(`EDGE_SEED=${seed}, round ${round + index}: ${sent}\n→ ${got}`, { cause: error });
        }
      }),
    );
  }
  expect(mutants).toBeGreaterThan(rounds / 3);
  expect(server.process.exitCode).toBeNull();
  expect((await server.call('/echo/now', { marker: 'alive' })).json.data).toBe('alive');
  const failures = (await server.logLines()).filter((line) => line['kind'] === 'error');
  expect(failures).toEqual([]);
});
