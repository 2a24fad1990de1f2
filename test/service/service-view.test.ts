import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { ReloadNews, ServedEndpoint, ServiceCallResult } from '../../src/index.ts';
import { checkModules } from '../../src/service/check-modules.ts';
import { createCaller, type CallerOptions, type TestCaller } from '../../src/testing.ts';

let dir: string;
const callers: TestCaller[] = [];
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'api-deploy-service-'));
});
afterEach(async () => {
  await Promise.all(callers.splice(0).map((caller) => caller.close()));
  await rm(dir, { recursive: true, force: true });
});

async function put(path: string, text: string): Promise<void> {
  const file = join(dir, 'apis', path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
}

async function open(options: CallerOptions = {}): Promise<TestCaller> {
  const caller = await createCaller({ projectDir: dir, env: {}, ...options });
  callers.push(caller);
  expect(caller.failures).toEqual([]);
  return caller;
}

/** Hands what its service knows to the test. */
const knowing = `
import { apiFunction, onLoad, type Service } from 'api-deploy';
import { appendFileSync } from 'node:fs';
let service: Service;
onLoad((running) => {
  service = running;
  service.onReload((news) => appendFileSync(import.meta.dirname + '/../news.jsonl', JSON.stringify(news) + '\\n'));
});
export const facts = apiFunction(() => ({
  dataDir: service.dataDir, projectDir: service.projectDir, production: service.production,
  config: service.config, frozen: Object.isFrozen(service.config) && Object.isFrozen(service.config['mcpAllowedHosts']),
  baseUrl: service.baseUrl ?? null, processName: service.processName,
}));
/** Lists what serves.
 * @readonly */
export const endpoints = apiFunction((): unknown => service.endpoints());
export const same = apiFunction(() => service.endpoints() === service.endpoints());
export const call = apiFunction(async (path: string, body?: Record<string, unknown>, roles?: ('business' | 'admin')[]): Promise<unknown> =>
  await service.call(path, body, roles === undefined ? {} : { roles }));
`;
const orders = `
import { apiFunction, ApiError } from 'api-deploy';
/**
 * Makes an order.
 *
 * It costs nothing.
 */
export const create = apiFunction((items: string[], when: Date): { count: number; at: string } => ({ count: items.length, at: when.toISOString() }));
/** @destructive */
export const purge = apiFunction(() => 'gone', { roles: ['admin'] });
export const refuse = apiFunction((): never => { throw new ApiError('NO_STOCK', 'nothing left', { status: 409, details: { left: 0 } }); });
export const crash = apiFunction(() => { throw new Error('password is secret'); });
export const count = apiFunction(async function* () { yield 1; yield 2; });
export const page = apiFunction(() => new Response('<p>'));
export const loose = apiFunction((): any => 1);
`;

const news = async (): Promise<ReloadNews[]> =>
  (await readFile(join(dir, 'news.jsonl'), 'utf8').catch(() => ''))
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as ReloadNews);

async function untilNews(count: number): Promise<ReloadNews[]> {
  const deadline = Date.now() + 10_000;
  for (;;) {
    const all = await news();
    if (all.length >= count) return all;
    if (Date.now() > deadline)
      throw new Error(`expected ${count} pieces of news, got ${JSON.stringify(all)}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

it('tells folders, configuration without tokens, and what kind of process it is', async () => {
  await put('m.ts', knowing);
  const config = { validTokens: ['business-token-1234'], adminTokens: ['admin-token-12345678'] };
  const caller = await open({ config });
  const facts = await caller.call<Record<string, unknown>>('/m/facts');
  expect(facts).toMatchObject({
    dataDir: join(dir, 'data'),
    projectDir: dir,
    production: false,
    frozen: true,
    baseUrl: null,
    processName: 'main',
  });
  expect(facts['config']).toMatchObject({ runnerAllowPrivate: true, functionTimeout: 30 });
  expect(JSON.stringify(facts)).not.toContain('token-1');
  expect(facts['config']).not.toHaveProperty('validTokens');

  const strict = await open({ config, env: { NODE_ENV: 'production' } });
  expect(await strict.call('/m/facts')).toMatchObject({
    production: true,
    config: { runnerAllowPrivate: false },
  });
  const chosen = await open({
    config,
    env: { NODE_ENV: 'production', RUNNER_ALLOW_PRIVATE: 'yes' },
  });
  expect(await chosen.call('/m/facts')).toMatchObject({ config: { runnerAllowPrivate: true } });
});

it('describes what serves, with schemas that fit what the endpoints take', async () => {
  await put('m.ts', knowing);
  await put('orders.ts', orders);
  const caller = await open();
  const served = await caller.call<ServedEndpoint[]>('/m/endpoints');
  expect(served.map(({ path }) => path)).toEqual(caller.endpoints);
  const byPath = new Map(served.map((endpoint) => [endpoint.path, endpoint]));
  const create = byPath.get('/orders/create');
  expect(create).toMatchObject({
    module: 'orders',
    name: 'create',
    summary: 'Makes an order.',
    description: 'Makes an order.\n\nIt costs nothing.',
    deprecated: false,
    readOnly: false,
    destructive: false,
    roles: [],
    returns: 'value',
    takesFiles: false,
  });
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  expect(ajv.validate(create?.input ?? false, { items: ['a'], when: '2030-01-01T00:00:00Z' })).toBe(true);
  expect(ajv.validate(create?.input ?? false, { items: [1] })).toBe(false);
  expect(ajv.validate(create?.output ?? false, { count: 1, at: 'x' })).toBe(true);
  expect(byPath.get('/orders/purge')).toMatchObject({ destructive: true, roles: ['admin'] });
  expect(byPath.get('/orders/count')?.returns).toBe('stream');
  expect(byPath.get('/orders/page')?.output).toBeUndefined();
  expect(byPath.get('/orders/loose')?.output).toBeUndefined();
  expect(byPath.get('/m/endpoints')).toMatchObject({ readOnly: true, summary: 'Lists what serves.' });
  expect(await caller.call('/m/same')).toBe(true);
});

it('calls as a client would, and never throws', async () => {
  await put('m.ts', knowing);
  await put('orders.ts', orders);
  const caller = await open({ config: { debug: false } });
  const call = (path: string, body?: object, roles?: string[]) =>
    caller.call<ServiceCallResult>('/m/call', { path, body, roles });
  expect(await call('/orders/create', { items: ['a', 'b'], when: '2030-01-01T00:00:00Z' })).toEqual({
    success: true,
    data: { count: 2, at: '2030-01-01T00:00:00.000Z' },
  });
  const invalid = await call('/orders/create', { items: 1, extra: 2 });
  expect(invalid).toMatchObject({ success: false, status: 422, code: 'VALIDATION_ERROR' });
  expect(JSON.stringify(invalid)).toContain('extra');
  expect(await call('/orders/purge')).toMatchObject({ status: 403, code: 'FORBIDDEN' });
  expect(await call('/orders/purge', {}, ['business', 'admin'])).toEqual({ success: true, data: 'gone' });
  expect(await call('/orders/refuse')).toEqual({
    success: false,
    status: 409,
    code: 'NO_STOCK',
    error: 'nothing left',
    details: { left: 0 },
  });
  expect(await call('/orders/crash')).toEqual({
    success: false,
    status: 500,
    code: 'INTERNAL_ERROR',
    error: 'Internal server error',
  });
  expect(await call('/orders/creat')).toMatchObject({
    status: 404,
    code: 'ENDPOINT_NOT_FOUND',
    error: expect.stringContaining("'/orders/create'"),
  });
  for (const path of ['/orders/count', '/orders/page'])
    expect(await call(path)).toMatchObject({ code: 'INVALID_REQUEST', error: expect.stringContaining(path) });
});

it('describes anew only what was loaded anew', async () => {
  await put(
    'm.ts',
    `import { apiFunction, onLoad, type Service } from 'api-deploy';
let service: Service;
let before: ReadonlyMap<string, object> = new Map();
onLoad((running) => { service = running; });
/** Paths of endpoints that are other objects than the last time. */
export const others = apiFunction(() => {
  const now = new Map(service.endpoints().map((endpoint) => [endpoint.path, endpoint]));
  const changed = [...now].filter(([path, endpoint]) => before.get(path) !== endpoint).map(([path]) => path);
  before = now;
  return changed;
});`,
  );
  await put('orders.ts', orders);
  await put(
    'n.ts',
    `import { apiFunction } from 'api-deploy';\nexport const f = apiFunction((a: number) => a);`,
  );
  const caller = await open();
  expect(await caller.call('/m/others')).toEqual(caller.endpoints);
  await put(
    'n.ts',
    `import { apiFunction } from 'api-deploy';\nexport const f = apiFunction((b: number) => b);`,
  );
  await caller.reload();
  expect(await caller.call('/m/others')).toEqual(['/n/f']);
});

it('ends a call at its deadline, and when the caller leaves', async () => {
  await put(
    'm.ts',
    `import { apiFunction, onLoad, type Service } from 'api-deploy';
import { setTimeout as sleep } from 'node:timers/promises';
let service: Service;
onLoad((running) => { service = running; });
export const late = apiFunction(() => sleep(5_000), { timeout: 0.05 });
export const slow = apiFunction(() => sleep(5_000));
export const try_ = apiFunction(async (path: string, leave: boolean): Promise<unknown> =>
  await service.call(path, {}, leave ? { signal: AbortSignal.timeout(50) } : {}));`,
  );
  const caller = await open();
  expect(await caller.call('/m/try_', { path: '/m/late', leave: false })).toMatchObject({
    success: false,
    status: 504,
    code: 'FUNCTION_TIMEOUT',
  });
  expect(await caller.call('/m/try_', { path: '/m/slow', leave: true })).toMatchObject({
    success: false,
    status: 499,
    code: 'CLIENT_CLOSED_REQUEST',
  });
});

it('tells each version what serves from its own generation on, and the replaced one nothing more', async () => {
  await put('m.ts', knowing);
  await put('_lib/base.ts', 'export const base = 1;');
  await put(
    'n.ts',
    `import { apiFunction } from 'api-deploy';\nexport const f = apiFunction((a: number) => a);`,
  );
  const caller = await open();
  const [start] = await untilNews(1);
  expect(start).toMatchObject({ reason: 'start', generation: 1, loaded: ['m', 'n'], removed: [] });
  expect(start?.touched).toContain('/n/f');

  await put(
    'n.ts',
    `import { apiFunction } from 'api-deploy';\nexport const f = apiFunction((b: number) => b);`,
  );
  await caller.reload();
  const [, changed] = await untilNews(2);
  expect(changed).toMatchObject({ reason: 'admin', loaded: ['n'], touched: ['/n/f'] });
  expect(changed?.changes.some(({ endpoint, breaking }) => endpoint === '/n/f' && breaking)).toBe(true);

  await put('m.ts', `${knowing}// another version`);
  await caller.reload();
  const [, , replaced] = await untilNews(3);
  expect(replaced).toMatchObject({ loaded: ['m'] });

  await rm(join(dir, 'apis/n.ts'));
  await caller.reload();
  const all = await untilNews(4);
  expect(all[3]).toMatchObject({ removed: ['n'], touched: ['/n/f'] });
  // One listener alone was left: the first version's would have written each line twice.
  expect(all).toHaveLength(4);
});

it('logs what a listener throws, and goes on with the others and with the next news', async () => {
  await put('m.ts', `${knowing}onLoad((s) => s.onReload(() => { throw new Error('listener is broken'); }));`);
  await put('n.ts', 'export const x = 1;');
  const caller = await open();
  await untilNews(1);
  await put('n.ts', 'export const x = 2;');
  await caller.reload();
  expect((await untilNews(2))[1]).toMatchObject({ loaded: ['n'] });
});

it('waits with onDispose for the listener that runs', async () => {
  await put(
    'm.ts',
    `import { appendFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { onDispose, onLoad } from 'api-deploy';
const note = (text: string) => appendFileSync(import.meta.dirname + '/../history.txt', text + '\\n');
onLoad((service) => {
  service.onReload(async ({ reason }) => { note('begins ' + reason); await sleep(200); note('ends ' + reason); });
});
onDispose(() => note('disposed'));
`,
  );
  const caller = await open();
  const history = () => readFile(join(dir, 'history.txt'), 'utf8').catch(() => '');
  while (!(await history()).includes('begins')) await new Promise((resolve) => setTimeout(resolve, 2));
  await caller.close();
  expect(await history()).toBe('begins start\nends start\ndisposed\n');
});

it('gives a check the same, but no news, since it serves nothing', async () => {
  await put(
    'm.ts',
    `${knowing}onLoad((s) => { if (s.processName !== 'check') throw new Error(s.processName); });`,
  );
  const { failures } = await checkModules({ projectDir: dir, env: {} });
  expect(failures).toEqual([]);
  expect(await news()).toEqual([]);
});
