import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createCaller, type TestCaller } from '../../src/testing.ts';

let dir: string;
let caller: TestCaller;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'api-deploy-test-'));
  await writeFile(
    join(dir, 'm.ts'),
    `import { apiFunction } from 'api-deploy';
export const loop = apiFunction((): void => { for (;;) {} });
export const later = apiFunction(async (): Promise<void> => { await null; for (;;) {} });
export const good = apiFunction((n: number): number => n);
`,
  );
  caller = await createCaller({ apisDir: dir, config: { blockTimeout: '300 ms' }, env: {} });
});
afterAll(async () => {
  await caller.close();
  await rm(dir, { recursive: true });
});

it('a function that loops rejects its call, and the test goes on', async () => {
  await expect(caller.call('/m/loop')).rejects.toMatchObject({ code: 'FUNCTION_TIMEOUT', status: 504 });
  await expect(caller.call('/m/later')).rejects.toMatchObject({ code: 'FUNCTION_TIMEOUT', status: 504 });
  expect(await caller.call('/m/good', { n: 3 })).toBe(3);
});

it('calls beside it are answered', async () => {
  const calls = [...Array(20).keys()].map((n) => caller.call('/m/good', { n }));
  const bad = caller.call('/m/loop');
  const more = [...Array(20).keys()].map((n) => caller.call('/m/good', { n }));
  await expect(bad).rejects.toMatchObject({ code: 'FUNCTION_TIMEOUT' });
  expect(await Promise.all([...calls, ...more])).toEqual([...Array(20).keys(), ...Array(20).keys()]);
});
