import { Client } from 'undici';
import { afterEach, expect, test } from 'vitest';
import { adminToken, businessToken } from '../support/start-server.ts';
import { startCluster, until, type TestCluster } from './start-cluster.ts';

let cluster: TestCluster;
const clients: Client[] = [];
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.destroy()));
  await cluster.stop();
});

const blocking = (note = ''): string => `
import { apiFunction } from 'api-deploy';
// ${note}
export const maybe = apiFunction((bad = false) => {
  if (bad) for (;;);
  return process.pid;
});
export const beside = apiFunction(() => 'beside');`;

async function start(): Promise<TestCluster> {
  cluster = await startCluster({
    files: { 'm.ts': blocking() },
    env: { WORKERS: '2', BLOCK_TIMEOUT: '200 ms', QUARANTINE_AFTER: '3' },
  });
  return cluster;
}

type Call = (path: string, body?: unknown) => Promise<number>;

/** A call that one worker answers: whoever has taken its connection. */
async function connect(): Promise<{ pid: unknown; call: Call }> {
  const client = new Client(cluster.url);
  clients.push(client);
  const send = async (path: string, body: unknown = {}): Promise<{ status: number; data: unknown }> => {
    const answer = await client.request({
      method: 'POST',
      path,
      headers: { 'content-type': 'application/json', authorization: `Bearer ${businessToken}` },
      body: JSON.stringify({ body }),
    });
    const { data } = (await answer.body.json()) as { data?: unknown };
    return { status: answer.statusCode, data };
  };
  const pid = (await send('/probe/pid')).data;
  return { pid, call: async (path, body) => (await send(path, body)).status };
}

/** A call to each of the two workers. */
async function connectToBoth(): Promise<[Call, Call]> {
  const calls = new Map<unknown, Call>();
  await until(async () => {
    const { pid, call } = await connect();
    calls.set(pid, call);
    return calls.size === 2;
  }, 'a connection to each worker');
  const [first, second] = [...calls.values()];
  if (first === undefined || second === undefined) throw new Error('expected two workers');
  return [first, second];
}

const inQuarantine = async (call: Call): Promise<boolean> => (await call('/m/maybe')) === 503;

/** Without a good answer of the function in between, which would begin the count anew. */
async function block(calls: readonly Call[]): Promise<void> {
  for (const call of calls) expect(await call('/m/maybe', { bad: true })).toBe(504);
}

test('blocks in a row count over all workers', async () => {
  await start();
  const [first, second] = await connectToBoth();
  await block([first, second]);
  // A good answer of either begins anew, wherever the blocks were.
  await until(async () => (await first('/m/maybe')) === 200, 'a good answer');
  await block([second, second]);
  expect(await second('/m/maybe')).toBe(200);
  await block([first, second, first]);
  await until(() => inQuarantine(first), 'quarantine where the last block was');
  await until(() => inQuarantine(second), 'quarantine in the other worker');
  expect([await first('/m/beside'), await second('/m/beside')]).toEqual([200, 200]);
  const { quarantined } = (await cluster.admin('/api/quarantine')).json.data;
  expect(quarantined).toMatchObject([
    { endpoint: '/m/maybe', reason: expect.stringContaining('3 times in a row') },
  ]);
  const lines = (await cluster.logLines()).filter(({ message }) =>
    String(message).includes('is in quarantine until'),
  );
  expect(lines).toHaveLength(1);
});

test('an admin lifts it in all workers, and so does a change of the file', async () => {
  await start();
  const [first, second] = await connectToBoth();
  await block([first, second, first]);
  await until(async () => (await inQuarantine(first)) && (await inQuarantine(second)), 'quarantine');
  const lifted = await cluster.post('/api/quarantine/lift', { token: adminToken, endpoint: '/m/maybe' });
  expect(lifted.json.data).toEqual({ endpoint: '/m/maybe', lifted: true });
  expect([await first('/m/maybe'), await second('/m/maybe')]).toEqual([200, 200]);
  // The count began anew, too.
  await block([second, first]);
  await block([second]);
  await until(async () => (await inQuarantine(first)) && (await inQuarantine(second)), 'quarantine');

  await cluster.write('m.ts', blocking('changed'));
  await until(async () => !(await inQuarantine(first)), 'the end of it');
  expect(await second('/m/maybe')).toBe(200);
  expect((await cluster.admin('/api/quarantine')).json.data.quarantined).toEqual([]);
  // What the version before did is not held against it.
  await block([first, second]);
  expect(await first('/m/maybe')).toBe(200);
});
