import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createBursts, type Bursts } from '../../src/modules/bursts.ts';
import { sharedNow } from '../../src/modules/shared-now.ts';

let passed: string[][];
let lone: string[];
let bursts: Bursts;

beforeEach(() => {
  passed = [];
  lone = [];
  bursts = createBursts({
    onBurst: (files) => void passed.push([...files]),
    onLone: (file) => void lone.push(file),
  });
});
afterEach(() => bursts.close());

const tell = (file: string, raw: boolean, at = sharedNow()): void =>
  bursts.add({ kind: 'event', file, raw, at });

async function untilPassed(count: number): Promise<void> {
  for (let wait = 0; wait < 1_000 && passed.length < count; wait++) await sleep(5);
  expect(passed.length).toBeGreaterThanOrEqual(count);
}

it('a lone save is told of before it is passed on', async () => {
  tell('a.ts', true);
  expect(lone).toEqual(['a.ts']);
  expect(passed).toEqual([]);
  await untilPassed(1);
  expect(passed).toEqual([['a.ts']]);
});

it("the watcher's word of the same save is no news; the file is looked at once more, later", async () => {
  tell('a.ts', true);
  await untilPassed(1);
  tell('a.ts', false);
  expect(lone).toEqual(['a.ts']);
  await untilPassed(2);
  expect(passed).toEqual([['a.ts'], ['a.ts']]);
});

it("the watcher's word alone is news", async () => {
  tell('a.ts', true);
  tell('b.ts', false);
  await untilPassed(1);
  expect(passed[0]).toEqual(['a.ts', 'b.ts']);
});

it('files that come together are passed on together, and only the first was alone', async () => {
  for (const file of ['a.ts', 'b.ts', 'c.ts']) tell(file, true);
  expect(lone).toEqual(['a.ts']);
  await untilPassed(1);
  expect(passed).toEqual([['a.ts', 'b.ts', 'c.ts']]);
});

it('an event that was long under way is not waited for again', async () => {
  tell('a.ts', true, sharedNow() - 10_000);
  // Due at once, so ahead of a timer that is set now.
  await sleep(2);
  expect(passed).toEqual([['a.ts']]);
});
