import { expect, it } from 'vitest';
import { startServer, type TestServer } from '../support/start-server.ts';

const helper = `export const fail = (what: unknown): Promise<never> => Promise.reject(what);
`;
const module = `import { apiFunction } from 'api-deploy';
import { fail } from './_helper.ts';
export const reject = apiFunction(() => { void fail(new TypeError('of the helper')); return 1; });
export const rejectText = apiFunction(() => { void fail('just text'); return 1; });
export const rejectOwn = apiFunction(() => { void (async () => { throw new Error('my own'); })(); return 1; });
export const rejectHostile = apiFunction(() => { void fail({ get stack() { throw new Error('no'); }, get message() { throw new Error('no'); } }); return 1; });
export const late = apiFunction(() => { setTimeout(() => { throw new Error('late'); }, 1); return 1; });
export const lateText = apiFunction(() => { setTimeout(() => { throw Object.assign(Object.create(null), { told: 1 }); }, 1); return 1; });
export const flood = apiFunction((count: number) => { for (let n = 0; n < count; n++) void Promise.reject(new Error('flood')); return 1; });
export const memory = apiFunction(() => process.memoryUsage().rss);
`;

async function errors(server: TestServer): Promise<Record<string, unknown>[]> {
  return (await server.logLines()).filter(({ kind }) => kind === 'error');
}

async function errorLine(server: TestServer, text: string): Promise<Record<string, unknown>> {
  for (const deadline = Date.now() + 20_000; Date.now() < deadline;) {
    const found = (await errors(server)).find((line) => JSON.stringify(line).includes(text));
    if (found !== undefined) return found;
  }
  throw new Error(`no error line with '${text}':\n${server.output()}`);
}

it.each([
  ['reject', 'of the helper', undefined],
  ['rejectOwn', 'my own', 'apis/m.ts:5'],
  ['rejectText', 'just text', undefined],
  ['rejectHostile', 'cannot be read', undefined],
  ['late', 'late', 'apis/m.ts:7'],
])('%s is logged, names its module where something tells, and ends nothing', async (name, text, place) => {
  const server = await startServer({ files: { 'm.ts': module, '_helper.ts': helper } });
  try {
    expect((await server.call(`/m/${name}`)).status).toBe(200);
    const what = name === 'rejectHostile' ? 'nobody handled it' : text;
    const line = await errorLine(server, what);
    expect(line['place']).toBe(name === 'reject' ? 'apis/m.ts:3' : place);
    if (place !== undefined) expect(line['message']).toContain(place);
    expect((await server.call('/m/memory')).status).toBe(200);
  } finally {
    await server.stop();
  }
});

it('what has no stack is known by the timer that threw it', async () => {
  const server = await startServer({ files: { 'm.ts': module, '_helper.ts': helper } });
  try {
    await server.call('/m/lateText');
    expect((await errorLine(server, 'outside every call'))['place']).toBe('apis/m.ts');
  } finally {
    await server.stop();
  }
});

it('20,000 rejections make a few lines and one count, and leave no memory behind', async () => {
  const server = await startServer({ files: { 'm.ts': module, '_helper.ts': helper } });
  try {
    const before = (await server.call('/m/memory')).json.data as number;
    for (let n = 0; n < 20; n++) expect((await server.call('/m/flood', { count: 1_000 })).status).toBe(200);
    const count = /([\d,]+) more errors outside every call were left out/;
    const line = await errorLine(server, 'more errors outside every call were left out');
    expect(Number(count.exec(String(line['message']))?.[1])).toBeGreaterThan(10_000);
    expect(line['message']).toContain('apis/m.ts:9');
    expect((await errors(server)).length).toBeLessThan(60);
    const after = (await server.call('/m/memory')).json.data as number;
    expect(after - before).toBeLessThan(150 * 2 ** 20);
  } finally {
    await server.stop();
  }
});
