import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { isApiError } from '../../src/contract/api-error.ts';
import { createCaller, type CallerOptions, type TestCaller } from '../../src/testing.ts';
import { projectRoot } from '../support/start-server.ts';

let dir: string;
const callers: TestCaller[] = [];
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'api-deploy-testing-'));
});
afterEach(async () => {
  await Promise.all(callers.splice(0).map((caller) => caller.close()));
  await rm(dir, { recursive: true, force: true });
});

async function put(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(dir, path)), { recursive: true });
  await writeFile(join(dir, path), text);
}

const head = `import { apiFunction, ApiError, onDispose, onLoad, type CallContext } from 'api-deploy';\n`;

async function open(files: Record<string, string>, options: CallerOptions = {}): Promise<TestCaller> {
  for (const [name, text] of Object.entries(files)) await put(`apis/${name}`, head + text);
  await mkdir(join(dir, 'apis'), { recursive: true });
  const caller = await createCaller({ projectDir: dir, env: {}, ...options });
  callers.push(caller);
  return caller;
}

async function errorOf(call: Promise<unknown>): Promise<any> {
  const error = await call.then(
    (value) => new Error(`expected an error, got ${JSON.stringify(value)}`),
    (thrown: unknown) => thrown,
  );
  return error;
}

describe('call', () => {
  it('validates, calls and gives the result as a client gets it', async () => {
    const caller = await open({
      'orders.ts': `export const create = apiFunction(async (items: string[], when: Date, note?: string) => ({ items, when, note, year: when.getUTCFullYear(), none: undefined }));`,
    });
    const when = new Date('2030-01-02T03:04:05Z');
    const expected = { items: ['a'], when: when.toISOString(), year: 2030 };
    expect(await caller.call('/orders/create', { items: ['a'], when, note: undefined })).toEqual(expected);
    expect(
      await caller.call<typeof expected>('/orders/create', { items: ['a'], when: '2030-01-02T03:04:05Z' }),
    ).toEqual(expected);
    expect(caller.endpoints).toEqual(['/orders/create']);
    const error = await errorOf(caller.call('/orders/create', { items: [1], extra: true }));
    expect(isApiError(error)).toBe(true);
    expect(error).toMatchObject({ code: 'VALIDATION_ERROR', status: 422 });
    expect(error.details.map(({ path }: { path: string }) => path).sort()).toEqual([
      'extra',
      'items[0]',
      'when',
    ]);
  });

  it('throws what a client would be told, with the cause and its place in TypeScript', async () => {
    const caller = await open({
      'm.ts': `interface Unused { a: 1 }
export const missing = apiFunction((id: number) => { throw new ApiError('ORDER_NOT_FOUND', \`no order \${id}\`, { status: 404, details: { id } }); });
export const broken = apiFunction(() => { throw new TypeError('boom'); });`,
    });
    expect(await errorOf(caller.call('/m/missing', { id: 7 }))).toMatchObject({
      code: 'ORDER_NOT_FOUND',
      message: 'no order 7',
      status: 404,
      details: { id: 7 },
    });
    const error = await errorOf(caller.call('/m/broken'));
    expect(error).toMatchObject({ code: 'INTERNAL_ERROR', status: 500, cause: expect.any(TypeError) });
    expect(error.cause.stack).toContain(`${join(dir, 'apis/m.ts')}:4:49`);
  });

  it('knows roles and tokens', async () => {
    const caller = await open(
      {
        'm.ts': `export const who = apiFunction((ctx: CallContext) => ctx.principal);
export const secret = apiFunction(() => 1, { roles: ['admin'] });`,
      },
      { config: { validTokens: ['business-token'], adminTokens: ['admin-token'] } },
    );
    expect(await caller.call('/m/who')).toEqual({ id: 'test:business', roles: ['business'] });
    expect(await errorOf(caller.call('/m/secret'))).toMatchObject({ code: 'FORBIDDEN', status: 403 });
    expect(await caller.call('/m/secret', {}, { roles: ['admin'] })).toBe(1);
    expect(await caller.call('/m/secret', {}, { token: 'admin-token' })).toBe(1);
    expect(await errorOf(caller.call('/m/secret', {}, { token: 'business-token' }))).toMatchObject({
      code: 'FORBIDDEN',
    });
    expect(await errorOf(caller.call('/m/who', {}, { token: 'guess' }))).toMatchObject({
      code: 'INVALID_TOKEN',
      status: 401,
    });
    const admin = await open({}, { config: { adminTokens: ['admin-token'] }, token: 'admin-token' });
    expect(await admin.call('/m/secret')).toBe(1);
    expect(await admin.call('/m/who', {}, { roles: [] })).toEqual({ id: 'test:nobody', roles: [] });
  });

  it('ends at the deadline, and when its signal is aborted', async () => {
    const caller = await open(
      {
        'm.ts': `export const wait = apiFunction((ctx: CallContext) => new Promise((_, reject) => ctx.signal.addEventListener('abort', () => reject(ctx.signal.reason))));
export const never = apiFunction(() => new Promise(() => {}));`,
      },
      { config: { functionTimeout: '50 ms' } },
    );
    expect(await errorOf(caller.call('/m/never'))).toMatchObject({ code: 'FUNCTION_TIMEOUT', status: 504 });
    const leave = new AbortController();
    const call = errorOf(caller.call('/m/wait', {}, { signal: leave.signal }));
    leave.abort(new Error('enough'));
    expect(await call).toMatchObject({ code: 'CLIENT_CLOSED_REQUEST', cause: leave.signal.reason });
  });

  it('says what there is when the path is wrong, and why a module does not serve', async () => {
    const caller = await open({
      'orders.ts': 'export const create = apiFunction(() => 1);',
      'bad.ts': 'export const = 1;',
    });
    expect(await errorOf(caller.call('/orders/crate'))).toMatchObject({
      code: 'ENDPOINT_NOT_FOUND',
      message: "'/orders/crate' is not served; expected '/orders/create'",
    });
    const { message } = await errorOf(caller.call('/bad/f'));
    expect(message).toMatch(/'bad' failed to load: apis\/bad\.ts:2:14: /);
    expect(caller.failures).toMatchObject([{ module: 'bad', line: 2 }]);
  });

  it('tells of a body that no client could send', async () => {
    const caller = await open({ 'm.ts': 'export const f = apiFunction((n: number) => n);' });
    const error = await errorOf(caller.call('/m/f', { n: Number.NaN }));
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message).toBe('body.n is NaN, which JSON cannot represent');
  });

  it('gives streams and responses', async () => {
    const caller = await open({
      'm.ts': `export let ended = false;
export const count = apiFunction(async function* (to: number) { try { for (let n = 1; n <= to; n++) yield { n, at: new Date(0) }; } finally { ended = true; } });
export const hasEnded = apiFunction(() => ended);
export const fails = apiFunction(async function* () { yield 1; throw new ApiError('LATE', 'too late', { status: 409 }); });
export const page = apiFunction(() => new Response('<p>', { status: 201, headers: { 'content-type': 'text/html' } }));`,
    });
    const items: unknown[] = [];
    for await (const item of await caller.call<AsyncIterable<unknown>>('/m/count', { to: 2 }))
      items.push(item);
    expect(items).toEqual([1, 2].map((n) => ({ n, at: new Date(0).toISOString() })));

    await caller.reload();
    const endless = await caller.call<AsyncIterable<{ n: number }>>('/m/count', { to: 1e9 });
    for await (const { n } of endless) if (n === 3) break;
    await expect.poll(() => caller.call('/m/hasEnded')).toBe(true);

    const broken = await caller.call<AsyncGenerator<number>>('/m/fails');
    expect(await broken.next()).toEqual({ done: false, value: 1 });
    expect(await errorOf(broken.next())).toMatchObject({ code: 'LATE', status: 409 });

    const page = await caller.call<Response>('/m/page');
    expect([page.status, page.headers.get('content-type'), await page.text()]).toEqual([
      201,
      'text/html',
      '<p>',
    ]);
  });
});

describe('life cycle', () => {
  const counted = `const g = globalThis as { disposed?: number };
let calls = 0;
onLoad(async () => { calls = 100; });
onDispose(() => { g.disposed = (g.disposed ?? 0) + 1; });
export const count = apiFunction(() => ++calls);`;
  const disposed = () => (globalThis as { disposed?: number }).disposed;

  it('reloads what has changed, and disposes at the end', async () => {
    const caller = await open({ 'm.ts': counted, 'n.ts': 'export const f = apiFunction(() => 1);' });
    expect([await caller.call('/m/count'), await caller.call('/m/count')]).toEqual([101, 102]);
    await put('apis/n.ts', `${head}export const f = apiFunction(() => 2);`);
    expect(await caller.call('/n/f')).toBe(1);
    expect(await caller.reload()).toMatchObject({ swapped: true });
    expect(await caller.call('/n/f')).toBe(2);
    expect(disposed()).toBeUndefined();
    await caller.close();
    await caller.close();
    expect(disposed()).toBe(1);
    await expect(caller.call('/n/f')).rejects.toThrow('this caller is closed');
    await expect(caller.reload()).rejects.toThrow('this caller is closed');
  });

  it('reads the configuration of the project; options go before it', async () => {
    await put('config.ts', `export default { apisDir: 'functions', functionTimeout: 'nonsense' };`);
    await put('functions/m.ts', `${head}export const f = apiFunction(() => 'here');`);
    await expect(createCaller({ projectDir: dir, env: {} })).rejects.toThrow(
      /functionTimeout \(config\.ts\)/,
    );
    const caller = await createCaller({ projectDir: dir, env: {}, config: { functionTimeout: 1 } });
    callers.push(caller);
    expect(await caller.call('/m/f')).toBe('here');
    await expect(
      createCaller({ projectDir: dir, env: {}, apisDir: 'nowhere', config: { functionTimeout: 1 } }),
    ).rejects.toThrow(/nowhere/);
  });
});

describe('from the built package', () => {
  const test = (framework: string, asserts: string) => `import { createCaller } from 'api-deploy/testing';
import { ApiError } from 'api-deploy';
${framework}
import { hit } from './apis/m.ts';

let caller: Awaited<ReturnType<typeof createCaller>>;
before(async () => { caller = await createCaller({ apisDir: 'apis' }); });
after(() => caller.close());

it('calls functions in-process', async () => {
  hit();
  hit();
${asserts}
});
`;
  const module = `${head}let hits = 0;
export const hit = apiFunction(() => ++hits);
export const fail = apiFunction(() => { throw new ApiError('MINE', 'no'); });
`;

  beforeEach(async () => {
    await put('package.json', '{"type":"module"}');
    await put('apis/m.ts', module);
    await mkdir(join(dir, 'node_modules'));
    await symlink(projectRoot, join(dir, 'node_modules/api-deploy'));
  });

  it('inside vitest', async () => {
    const asserts = `  expect(await caller.call('/m/hit')).toBe(1);
  await expect(caller.call('/m/fail')).rejects.toMatchObject({ code: 'MINE' });
  await expect(caller.call('/m/fail')).rejects.toBeInstanceOf(ApiError);`;
    await put(
      'm.test.ts',
      test(`import { afterAll as after, beforeAll as before, expect, it } from 'vitest';`, asserts),
    );
    await symlink(join(projectRoot, 'node_modules/vitest'), join(dir, 'node_modules/vitest'));
    const { code, output } = await run(join(projectRoot, 'node_modules/vitest/vitest.mjs'), [
      'run',
      '--root',
      dir,
    ]);
    expect(output).toMatch(/Tests .*1 passed/);
    expect(code).toBe(0);
  });

  it('inside node:test, which ends by itself', async () => {
    const asserts = `  assert.equal(await caller.call('/m/hit'), 1);
  await assert.rejects(caller.call('/m/fail'), (error) => error instanceof ApiError && error.code === 'MINE');`;
    const framework = `import assert from 'node:assert/strict';\nimport { after, before, it } from 'node:test';`;
    await put('m.test.ts', test(framework, asserts));
    const { code, output } = await run('--import', [
      join(projectRoot, 'node_modules/tsx/dist/loader.mjs'),
      '--test',
      'm.test.ts',
    ]);
    expect(output).toMatch(/# pass 1\b|ℹ pass 1\b/);
    expect(code).toBe(0);
  });

  function run(first: string, args: readonly string[]): Promise<{ code: number; output: string }> {
    const { PATH = '', HOME = '' } = process.env;
    return new Promise((resolve) => {
      execFile(
        process.execPath,
        [first, ...args],
        { cwd: dir, env: { PATH, HOME } },
        (error, stdout, stderr) => {
          resolve({ code: error === null ? 0 : Number(error.code ?? -1), output: stdout + stderr });
        },
      );
    });
  }
});

it('fake timers of a test hold for the modules, and stay after a reload', async () => {
  const caller = await open({
    'm.ts': `export const wait = apiFunction(async () => { await new Promise((resolve) => setTimeout(resolve, 3_600_000)); return 'an hour later'; });\n`,
  });
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    const fake = setTimeout;
    await put('apis/other.ts', `${head}export const nothing = apiFunction(() => 1);\n`);
    await caller.reload();
    expect(setTimeout).toBe(fake);
    const waiting = caller.call('/m/wait');
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(await waiting).toBe('an hour later');
  } finally {
    vi.useRealTimers();
  }
});
