import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, expect, test } from 'vitest';
import { createHeapTidier } from '../../src/service/tidy-heap.ts';

const large = { loaded: Array.from({ length: 1_000 }, () => 'module') };

let collected: WeakRef<object>;

beforeEach(() => {
  collected = new WeakRef({ left: 'behind' });
});

/** Whether a full collection has run since the beginning of the test. */
async function isCollected(): Promise<boolean> {
  await sleep(0);
  return collected.deref() === undefined;
}

test('collects after a large load, once nobody asks', async () => {
  const activity = { begun: 5, inFlight: 0 };
  createHeapTidier(activity).loaded(large);
  await expect.poll(isCollected, { timeout: 15_000, interval: 100 }).toBe(true);
});

test('waits while requests run', async () => {
  const activity = { begun: 5, inFlight: 1 };
  createHeapTidier(activity).loaded(large);
  await sleep(1_000);
  const early = await isCollected();
  activity.inFlight = 0;
  await expect.poll(isCollected, { timeout: 15_000, interval: 100 }).toBe(true);
  expect(early).toBe(false);
});

test('collects again after what is done in the background', async () => {
  const tidier = createHeapTidier({ begun: 0, inFlight: 0 });
  tidier.loaded(large);
  await expect.poll(isCollected, { timeout: 15_000, interval: 100 }).toBe(true);
  await sleep(1_000);
  collected = new WeakRef({ left: 'behind' });
  tidier.refined();
  await expect.poll(isCollected, { timeout: 15_000, interval: 100 }).toBe(true);
});
