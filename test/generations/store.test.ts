import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { contentHash } from '../../src/contract/content-hash.ts';
import type { Generation } from '../../src/generations/generation.ts';
import { GenerationStore } from '../../src/generations/generation-store.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'api-deploy-test-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const textOf = (number: number): string => `// ${number}\n${'x'.repeat(30_000)}`;

function generation(number: number): Generation {
  const hash = contentHash(textOf(number));
  return {
    generation: number,
    through: number,
    time: new Date().toISOString(),
    reason: 'save',
    modules: new Map([['m', '/apis/m.ts']]),
    files: new Map([['/apis/m.ts', { hash, imports: [], typesOnly: false }]]),
    loaded: ['m'],
    removed: [],
    endpoints: { added: [], changed: ['/m/say'], removed: [] },
    contract: { breaking: [], compatible: [] },
  };
}

async function open(folder: string, warnings: string[]): Promise<GenerationStore> {
  return await GenerationStore.open({
    folder,
    apisDir: '/apis',
    keep: () => 10,
    warn: (message) => warnings.push(message),
  });
}

describe.each(['on disk', 'in memory, because the disk refuses'])('%s', (where) => {
  it('thousands of generations leave the last ten, and nothing of the others', async () => {
    const warnings: string[] = [];
    const folder = join(dir, 'generations');
    if (where !== 'on disk') await writeFile(folder, 'a file where a folder should be');
    const store = await open(folder, warnings);
    for (let number = 1; number <= 2_000; number++) {
      store.add(generation(number), () => textOf(number));
      if (number % 200 === 0) await new Promise((resolve) => setTimeout(resolve, 130));
    }
    expect(store.generations.map((each) => each.generation)).toEqual(
      Array.from({ length: 10 }, (_, at) => 1_991 + at),
    );
    await store.close();
    expect(await store.text(contentHash(textOf(1_991)))).toBe(textOf(1_991));
    for (const number of [1, 200, 1_800, 1_990])
      expect(await store.text(contentHash(textOf(number)))).toBeUndefined();
    if (where !== 'on disk') return expect(warnings).toHaveLength(1);
    expect(warnings).toEqual([]);
    expect(await readdir(join(folder, 'texts'))).toHaveLength(10);
    expect((await readdir(folder)).sort()).toEqual([
      ...Array.from({ length: 10 }, (_, at) => `000000${1_991 + at}.json`),
      'texts',
    ]);
  });
});

it('what was written is read back as it was, pins too', async () => {
  const folder = join(dir, 'generations');
  const first = await open(folder, []);
  for (const number of [1, 2]) first.add(generation(number), () => textOf(number));
  const pin = { hash: contentHash(textOf(1)), disk: 'gone', generation: 1, since: new Date().toISOString() };
  first.setPins(new Map([['/apis/m.ts', pin]]));
  await first.close();
  const again = await open(folder, []);
  expect(again.generations).toEqual(first.generations);
  expect(again.pins).toEqual(first.pins);
  expect(again.lastNumber).toBe(2);
  expect(await again.text(contentHash(textOf(2)))).toBe(textOf(2));
  await again.close();
});

it('generations of another folder of modules are not offered, and their numbers are not given again', async () => {
  const folder = join(dir, 'generations');
  const first = await open(folder, []);
  first.add(generation(41), () => textOf(41));
  await first.close();
  const other = await GenerationStore.open({ folder, apisDir: '/others', keep: () => 10, warn: () => {} });
  expect(other.generations).toEqual([]);
  expect(other.lastNumber).toBe(41);
  await other.close();
});

it('a text that is not what was written is not given', async () => {
  const folder = join(dir, 'generations');
  const store = await open(folder, []);
  store.add(generation(1), () => textOf(1));
  await store.close();
  const hash = contentHash(textOf(1));
  expect(await store.text(hash)).toBe(textOf(1));
  await writeFile(join(folder, 'texts', hash), textOf(1).slice(0, 100));
  expect(await store.text(hash)).toBeUndefined();
});
