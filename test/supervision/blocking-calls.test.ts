import { request } from 'undici';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { endlessLoops } from '../../bench/soak/endless-loops.ts';
import { businessToken, startServer, type TestServer } from '../support/start-server.ts';
import { blockingModule, lateModule } from './blocking-module.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer({
    env: { BLOCK_TIMEOUT: '300 ms', LOAD_TIMEOUT: '400 ms', QUARANTINE_AFTER: '0' },
    files: { 'b.ts': blockingModule, '_late/loops.ts': lateModule },
  });
});
afterAll(() => server.stop());
beforeEach(async () => {
  logged = (await errorLines()).length;
});
let logged = 0;

/** Error lines of this test, as soon as there are `count`. */
async function newErrors(count: number): Promise<Record<string, unknown>[]> {
  return await vi.waitFor(
    async () => {
      const lines = (await errorLines()).slice(logged);
      expect(lines).toHaveLength(count);
      return lines;
    },
    { timeout: 20_000 },
  );
}

async function errorLines(): Promise<Record<string, unknown>[]> {
  return (await server.logLines()).filter(({ kind }) => kind === 'error');
}

const calls: readonly { name: string; body?: unknown }[] = [
  { name: 'loop' },
  { name: 'loopInTry' },
  { name: 'regex', body: { text: `${'a'.repeat(60)}b` } },
  { name: 'loopAfterAwait' },
  { name: 'loopInMicrotask' },
  { name: 'loopInToJson' },
  { name: 'loopInLateToJson' },
  { name: 'loopInValidation', body: { body: { a: 'x' } } },
  { name: 'hugeJson' },
  { name: 'loopInListener' },
];

it.each(calls)(
  '$name is answered 504, logged with its stack, and holds nobody up',
  async ({ name, body = {} }) => {
    const beside = server.call('/b/goodLater', { n: 1 });
    const answer = await server.call(`/b/${name}`, body);
    expect(answer).toMatchObject({ status: 504, json: { code: 'FUNCTION_TIMEOUT', endpoint: `/b/${name}` } });
    expect(answer.json.error).toMatch(
      new RegExp(`^'/b/${name}' blocked the process for \\d\\.\\d+ s and was ended`),
    );
    expect((await beside).json.data).toBe(2);
    expect((await server.call('/b/good', { n: 1 })).json.data).toBe(2);
    const lines = (await errorLines()).filter(({ requestId }) => requestId === answer.json.requestId);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({ endpoint: `/b/${name}`, generation: 1 });
    expect(JSON.stringify(lines[0])).toMatch(name === 'hugeJson' ? /to-json/ : /apis\/b\.ts:\d+:\d+/);
  },
);

it.each(['loopInGenerator', 'loopInAsyncGenerator'])('%s: the stream ends with the error', async (name) => {
  const answer = await request(`${server.url}/b/${name}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    body: JSON.stringify({ token: businessToken }),
  });
  const text = await answer.body.text();
  expect(text).toMatch(/data: 1\n/);
  expect(text).toMatch(/event: error\ndata: .*"code":"FUNCTION_TIMEOUT"/);
  const [line] = await newErrors(1);
  expect(line).toMatchObject({ endpoint: `/b/${name}` });
  expect(JSON.stringify(line)).toMatch(/apis\/b\.ts:\d+:\d+/);
  expect((await server.call('/b/good', { n: 1 })).json.data).toBe(2);
});

it.each(['loopInTimer', 'loopInEvent'])(
  '%s is no call: it is ended and logged all the same',
  async (name) => {
    const answer = await server.call(`/b/${name}`);
    expect(answer).toMatchObject({ status: 200, json: { data: 'armed' } });
    const [line] = await newErrors(1);
    expect(line?.['message']).toMatch(
      /^code outside every call blocked the process for \d(?:\.\d+)? s and was ended/,
    );
    expect(JSON.stringify(line)).toMatch(/apis\/b\.ts:\d+:\d+/);
    expect((await server.call('/b/good', { n: 1 })).json.data).toBe(2);
  },
);

it('immediates of the same round still run after one of them was ended', async () => {
  expect(await server.call('/b/loopInImmediate')).toMatchObject({ status: 200, json: { data: 5 } });
  await newErrors(1);
});

it('a computed import() of a file that loops fails the call, and names the file', async () => {
  for (let i = 0; i < 2; i++) {
    const answer = await server.call('/b/lateImport');
    expect(answer).toMatchObject({ status: 500, json: { code: 'INTERNAL_ERROR' } });
    expect(answer.json.error).toMatch(
      /_late\/loops\.ts did not finish loading within 0\.4 s \(loadTimeout\)/,
    );
  }
  const lines = await newErrors(2);
  expect(JSON.stringify(lines)).toMatch(/_late\/loops\.ts:1:\d+/);
});

it('what goes on at the same moment as the loop ends at its deadline at the latest, and frees its place', async () => {
  const bad = server.call('/b/waitAtGateAndLoop');
  await server.call('/b/good', { n: 1 });
  const beside = server.call('/b/waitAtGate', { n: 7 });
  await server.call('/b/good', { n: 1 });
  await server.call('/b/openGate');
  expect(await bad).toMatchObject({ status: 504, json: { code: 'FUNCTION_TIMEOUT' } });
  expect(await beside).toMatchObject({
    status: 504,
    json: { error: "'/b/waitAtGate' did not answer within 2 s" },
  });
  // Its only place is free again.
  const again = server.call('/b/waitAtGate', { n: 8 });
  await server.call('/b/good', { n: 1 });
  await server.call('/b/openGate');
  expect(await again).toMatchObject({ status: 200, json: { data: 8 } });
});

it('the deadlines of others do not count the time that was lost', async () => {
  const slow = server.call('/b/nearlyLate');
  await server.call('/b/good', { n: 1 });
  const bad = await Promise.all(Array.from({ length: 5 }, () => server.call('/b/loop')));
  expect(bad.map(({ status }) => status)).toEqual(Array(5).fill(504));
  expect(await slow).toMatchObject({ status: 200, json: { data: 'in time' } });
});

it('an endpoint that blocks for some bodies only fails those calls alone', async () => {
  const numbers = [...Array(20).keys()];
  const answers = await Promise.all(numbers.map((n) => server.call('/b/loopForSome', { n })));
  expect(answers.map(({ status }) => status)).toEqual(numbers.map((n) => (n === 7 ? 504 : 200)));
});

it('60 loops among 1,200 good calls: no good call is lost', { timeout: 120_000 }, async () => {
  const report = await endlessLoops({ loops: 60, goodCalls: 1_200, blockTimeout: 0.2 });
  expect(report).toMatchObject({ lost: [], wrong: [], processLived: true });
});
