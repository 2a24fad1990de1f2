import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer, type Answer, type TestServer } from '../support/start-server.ts';

const answers = (data: unknown) => (answer: Answer) => answer.json?.data === data;

/** Counts the timers that keep the process busy, from a module that is not reloaded. */
const probe = `import { apiFunction } from 'api-deploy';
export const timers = apiFunction(() => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length);
`;

async function noted(server: TestServer, name = 'notes'): Promise<string[]> {
  const text = await readFile(join(server.dir, `${name}.txt`), 'utf8').catch(() => '');
  return text.split('\n').filter(Boolean);
}

const forms: Readonly<Record<string, string>> = {
  setInterval: `setInterval(() => note('v'), 10);`,
  'setInterval of globalThis': `globalThis.setInterval(() => note('v'), 10);`,
  'setInterval of global': `global['setInterval'](() => note('v'), 10);`,
  'setInterval of node:timers': `import { setInterval as every } from 'node:timers';\nevery(() => note('v'), 10);`,
  'setInterval of the default export': `import timers from 'timers';\ntimers.setInterval(() => note('v'), 10);`,
  'setInterval of a require': `require('node:timers').setInterval(() => note('v'), 10);`,
  'setInterval of a dynamic import': `void import('node:timers').then((timers) => timers.setInterval(() => note('v'), 10));`,
  'a chain of setTimeout': `const tick = () => { note('v'); setTimeout(tick, 10); };\ntick();`,
  'a timer that refreshes itself': `const timer = setTimeout(() => { note('v'); timer.refresh(); }, 10);`,
  'a chain of setImmediate': `let last = 0;\nconst tick = () => { if (Date.now() - last > 10) { last = Date.now(); note('v'); } setImmediate(tick); };\ntick();`,
  'a loop around timers/promises': `import { setTimeout as sleep } from 'node:timers/promises';\nvoid (async () => { for (;;) { note('v'); await sleep(10); } })();`,
  'a loop around promisify': `import { promisify } from 'node:util';\nconst sleep = promisify(setTimeout);\nvoid (async () => { for (;;) { note('v'); await sleep(10); } })();`,
  'setInterval of timers/promises': `import { setInterval as every } from 'node:timers/promises';\nvoid (async () => { for await (const _ of every(10)) note('v'); })();`,
  'scheduler.wait': `import { scheduler } from 'node:timers/promises';\nvoid (async () => { for (;;) { note('v'); await scheduler.wait(10); } })();`,
};

describe('what repeats itself ends with its module', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server.stop());

  it.each(Object.entries(forms).map(([form, code], index) => [form, code, index] as const))(
    '%s',
    async (_, code, index) => {
      const module = `m${index}`;
      const ticking = `import { appendFileSync } from 'node:fs';
import { apiFunction } from 'api-deploy';
const note = (text: string) => appendFileSync(import.meta.dirname + '/../${module}.txt', text + '\\n');
${code}
export const version = apiFunction(() => 1);
`;
      await server.write(`${module}.ts`, ticking);
      await server.until(`/${module}/version`, answers(1));
      for (const deadline = Date.now() + 20_000; (await noted(server, module)).length < 3; await sleep(5))
        expect(Date.now()).toBeLessThan(deadline);
      await server.write(
        `${module}.ts`,
        `import { apiFunction } from 'api-deploy';\nexport const version = apiFunction(() => 2);\n`,
      );
      await server.until(`/${module}/version`, answers(2));
      await sleep(100);
      const before = (await noted(server, module)).length;
      await sleep(100);
      expect((await noted(server, module)).length).toBe(before);
      expect((await server.logLines()).filter(({ level }) => level === 'error')).toEqual([]);
    },
  );
});

it('timers behave as those of Node', async () => {
  const module = `import { apiFunction } from 'api-deploy';
import timers from 'node:timers';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
const ticks = (start: (done: (...values: unknown[]) => void) => void) => new Promise((resolve) => start((...values) => resolve(values)));
export const check = apiFunction(async () => {
  const found: Record<string, unknown> = {};
  found.args = await ticks((done) => setTimeout(done, 1, 'a', 'b'));
  found.immediate = await ticks((done) => setImmediate(done, 'c'));
  found.self = await new Promise((resolve) => { const timer = setTimeout(function (this: unknown) { resolve(this === timer); }, 1); });
  let cleared = 0;
  clearTimeout(setTimeout(() => cleared++, 1));
  clearTimeout(Number(setTimeout(() => cleared++, 1)));
  clearInterval(setTimeout(() => cleared++, 1));
  clearImmediate(setImmediate(() => cleared++));
  Reflect.get(globalThis, 'clear' + 'Timeout')(setTimeout(() => cleared++, 1));
  setTimeout(() => cleared++, 1)[Symbol.dispose]();
  timers.clearTimeout(setTimeout(() => cleared++, 1));
  const unref = setTimeout(() => {}, 1).unref();
  found.ref = [unref.hasRef(), unref.ref().hasRef()];
  found.slept = [await sleep(1, 'x'), await promisify(setTimeout)(1, 'y'), await promisify(setImmediate)('z')];
  const gone = new AbortController();
  const aborted = sleep(10_000, 'x', { signal: gone.signal }).catch((error: Error & { code?: string }) => [error.name, error.code]);
  gone.abort();
  found.aborted = await aborted;
  found.already = await sleep(1, 'x', { signal: gone.signal }).catch((error: Error) => error.name);
  found.wrong = await Promise.resolve().then(() => setTimeout('text' as never, 1)).catch((error: Error & { code?: string }) => error.code);
  const { setTimeout: own } = { setTimeout: () => 'own' };
  found.own = own();
  await sleep(20);
  found.cleared = cleared;
  return found;
});
`;
  const server = await startServer({ files: { 'm.ts': module } });
  try {
    expect((await server.call('/m/check')).json).toMatchObject({
      success: true,
      data: {
        args: ['a', 'b'],
        immediate: ['c'],
        self: true,
        ref: [false, true],
        slept: ['x', 'y', 'z'],
        aborted: ['AbortError', 'ABORT_ERR'],
        already: 'AbortError',
        wrong: 'ERR_INVALID_ARG_TYPE',
        own: 'own',
        cleared: 0,
      },
    });
  } finally {
    await server.stop();
  }
});

it('a file may have a name of its own for a timer', async () => {
  const module = `import { apiFunction } from 'api-deploy';
const setTimeout = () => 'mine';
function setInterval() { return 'also mine'; }
export const names = apiFunction((clearTimeout: string) => [setTimeout(), setInterval(), clearTimeout]);
`;
  const server = await startServer({ files: { 'm.ts': module } });
  try {
    const { json } = await server.call('/m/names', { clearTimeout: 'a parameter' });
    expect(json.data).toEqual(['mine', 'also mine', 'a parameter']);
  } finally {
    await server.stop();
  }
});

it('timers of versions that never served are gone too: thrown, endless, refused by onLoad', async () => {
  const server = await startServer({
    files: { 'probe.ts': probe, 'm.ts': `export const nothing = 1;\n` },
    env: { LOAD_TIMEOUT: '300 ms' },
  });
  const broken = {
    'at load': `throw new Error('at load');`,
    'an endless loop': `for (;;) {}`,
    'in onLoad': `onLoad(() => { throw new Error('in onLoad'); });`,
  };
  try {
    const before = (await server.call('/probe/timers')).json.data as number;
    for (const [cause, code] of Object.entries(broken)) {
      await server.write(
        'm.ts',
        `import { onLoad } from 'api-deploy';\nfor (let n = 0; n < 20; n++) setInterval(() => {}, 60_000);\nvoid onLoad;\n${code}\n`,
      );
      const shows = (answer: Answer): boolean => JSON.stringify(answer.json.data.modules).includes(cause);
      await server.until('/', shows);
    }
    await server.until('/probe/timers', (answer) => answer.json.data < before + 20);
  } finally {
    await server.stop();
  }
});

it('300 reloads of a module with timers, listeners and sockets leave no more timers than one', async () => {
  const module = (n: number) => `import net from 'node:net';
import { apiFunction, onDispose } from 'api-deploy';
for (let n = 0; n < 5; n++) { setTimeout(() => {}, 1e6); setInterval(() => {}, 1e6); }
process.on('SIGWINCH', () => {});
const server = net.createServer().listen(0, '127.0.0.1');
onDispose(() => void server.close());
export const version = apiFunction(() => ${n});
export const perCall = apiFunction(() => { for (let n = 0; n < 10; n++) clearTimeout(setTimeout(() => {}, 1e6)); return 1; });
`;
  const server = await startServer({ files: { 'probe.ts': probe, 'm.ts': module(0) } });
  try {
    const before = (await server.call('/probe/timers')).json.data as number;
    for (let n = 1; n <= 300; n++) {
      await server.write('m.ts', module(n));
      await server.until('/m/version', answers(n));
    }
    const few = (answer: Answer): boolean => answer.json.data <= before + 5;
    await server.until('/probe/timers', few);
    expect((await server.logLines()).filter(({ level }) => level === 'error')).toEqual([]);
    const warnings = (await server.logLines()).filter(({ level }) => level === 'warn');
    expect(warnings.length).toBeLessThan(10);
    expect(server.output()).not.toContain('MaxListenersExceededWarning');
  } finally {
    await server.stop();
  }
});

it('a call that outlives disposeTimeout keeps its timeouts, while intervals of its module end', async () => {
  const module = (version: number) => `import { appendFileSync } from 'node:fs';
import { apiFunction, onDispose } from 'api-deploy';
const note = (text: string) => appendFileSync(import.meta.dirname + '/../notes.txt', text + '\\n');
onDispose(() => note('first hook of ${version}'));
onDispose(() => note('second hook of ${version}'));
export const version = apiFunction(() => ${version});
export const slow = apiFunction(async () => {
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  note('call of ${version} ends');
  return ${version};
});
`;
  const server = await startServer({ files: { 'm.ts': module(1) }, env: { DISPOSE_TIMEOUT: '300 ms' } });
  try {
    const slow = server.call('/m/slow');
    await sleep(100);
    await server.write('m.ts', module(2));
    await server.until('/m/version', answers(2));
    expect((await slow).json.data).toBe(1);
    // The call takes longer than the patience, so the hooks come first; newest first.
    expect(await noted(server)).toEqual(['second hook of 1', 'first hook of 1', 'call of 1 ends']);
  } finally {
    await server.stop();
  }
});
