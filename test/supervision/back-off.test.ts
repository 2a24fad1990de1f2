import { expect, test } from 'vitest';
import { createBackOff } from '../../src/supervision/cluster/back-off.ts';

/** What is waited for after each end. Milliseconds that each process had served. */
function pausesAfter(served: readonly number[]): number[] {
  const backOff = createBackOff();
  return served.map((servedFor) => backOff.next(servedFor));
}

test('processes that served well are replaced without a pause, however many end', () => {
  expect(pausesAfter([1, 5_000, 60_000, 5_000])).toEqual([0, 0, 0, 0]);
});

test('processes that never serve are started after growing pauses', () => {
  const pauses = pausesAfter(Array.from({ length: 12 }, () => 0));
  expect(pauses.slice(0, 5)).toEqual([0, 100, 200, 400, 800]);
  expect(pauses.slice(-2)).toEqual([30_000, 30_000]);
});

test('processes that serve for a moment are never waited for as long as that', () => {
  const pauses = pausesAfter(Array.from({ length: 12 }, () => 2_000));
  expect(pauses.slice(0, 6)).toEqual([0, 100, 200, 400, 800, 1_000]);
  expect(pauses.at(-1)).toBe(1_000);
});

test('one that served well begins the count anew', () => {
  expect(pausesAfter([0, 0, 0, 5_000, 0, 0])).toEqual([0, 100, 200, 0, 100, 200]);
});
