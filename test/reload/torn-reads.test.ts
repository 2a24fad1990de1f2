import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { expect, it } from 'vitest';
import { readText } from '../../src/modules/source-file.ts';

const short = `export const text = 'v1';`;
const long = `export const text = 'v2'; throw new Error('broken');`;
const writer = `const { workerData: { file, short, long } } = require('node:worker_threads');
const { writeFileSync } = require('node:fs');
const pause = new Int32Array(new SharedArrayBuffer(4));
for (;;) for (const text of [short, long]) { writeFileSync(file, text); Atomics.wait(pause, 0, 0, 12); }`;

it('a file that is written anew meanwhile is never read in part', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'api-deploy-test-'));
  const file = join(folder, 'm.ts');
  await writeFile(file, short);
  const worker = new Worker(writer, { eval: true, workerData: { file, short, long } });
  try {
    const seen = new Set<string | undefined>();
    const end = Date.now() + 1_500;
    while (Date.now() < end) seen.add((await readText(file))?.text);
    // Empty: between truncation and writing, which the reload takes for half-written.
    expect([...seen].filter((text) => text !== short && text !== long && text !== '')).toEqual([]);
  } finally {
    await worker.terminate();
    await rm(folder, { recursive: true });
  }
});
