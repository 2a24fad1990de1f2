import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { SaveOutcome } from '../../../apis/_platform/model/save-outcome.ts';
import { openDatabase, type Database } from '../../../apis/_platform/storage/open-database.ts';
import { keepOutcome, readOutcome, takeLease } from '../../../apis/_platform/test-on-save/lease.ts';

let dir: string;
let one: Database;
let other: Database;

/** Two connections, as of two processes. */
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'api-deploy-lease-'));
  one = await openDatabase(join(dir, 'platform.sqlite'));
  other = await openDatabase(join(dir, 'platform.sqlite'));
});
afterEach(async () => {
  await one.destroy();
  await other.destroy();
  await rm(dir, { recursive: true, force: true });
});

const outcome: SaveOutcome = {
  generation: 2,
  status: 'passed',
  touched: ['/a/f'],
  affected: [],
  scenarios: [],
  startedAt: '2030-01-01T00:00:00.000Z',
  completedAt: '2030-01-01T00:00:01.000Z',
};

it('of several processes that hear of a save, one tests', async () => {
  const holders = ['worker-1', 'worker-2', 'worker-3', 'worker-4'];
  const taken = await Promise.all(holders.map((holder, at) => takeLease(at % 2 === 0 ? one : other, holder)));
  expect(taken.filter(Boolean)).toHaveLength(1);
  const holder = holders[taken.indexOf(true)] ?? '';
  // It hears of the next save too, while the others still keep out of it.
  expect(await takeLease(other, holder)).toBe(true);
  expect(await takeLease(one, 'worker-5')).toBe(false);
});

it('another one takes over when it gives no sign of life', async () => {
  expect(await takeLease(one, 'worker-1')).toBe(true);
  await one.updateTable('testOnSave').set({ leaseUntil: '2020-01-01T00:00:00.000Z' }).execute();
  expect(await takeLease(other, 'worker-2')).toBe(true);
  expect(await takeLease(one, 'worker-1')).toBe(false);
});

it('all know what came of it, and only the one that tests says so', async () => {
  expect(await readOutcome(other)).toBeUndefined();
  await takeLease(one, 'worker-1');
  await keepOutcome(one, 'worker-1', outcome);
  await keepOutcome(other, 'worker-2', { ...outcome, status: 'failed' });
  expect(await readOutcome(other)).toEqual(outcome);
});
