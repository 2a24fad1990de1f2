import { describe, expect, it } from 'vitest';
import type { SavedScenario, SaveOutcome } from '../../../apis/_platform/model/save-outcome.ts';
import { createSaveTester } from '../../../apis/_platform/test-on-save/save-tester.ts';

const scenarios = {
  '/a/f': [
    { id: 1, name: 'one' },
    { id: 2, name: 'two' },
  ],
  '/b/f': [{ id: 3, name: 'three' }],
};

interface Run {
  readonly id: number;
  readonly signal: AbortSignal;
  end(status: SavedScenario['status']): void;
}

/** A tester whose runs end when the test says so. */
function makeTester(reached: Readonly<Record<string, readonly { id: number; name: string }[]>> = scenarios) {
  const runs: Run[] = [];
  const told: SaveOutcome[] = [];
  const kept: SaveOutcome[] = [];
  const errors: unknown[] = [];
  let atOnce = 0;
  let most = 0;
  const tester = createSaveTester({
    choose: (touched) => Promise.resolve(touched.flatMap((endpoint) => reached[endpoint] ?? [])),
    run(scenario, signal) {
      atOnce += 1;
      most = Math.max(most, atOnce);
      return new Promise((resolve) => {
        const end = (status: SavedScenario['status']) => {
          atOnce -= 1;
          resolve({
            scenarioId: scenario.id,
            name: scenario.name,
            recordId: runs.length,
            status,
            counts: null,
          });
        };
        signal.addEventListener('abort', () => end('cancelled'), { once: true });
        runs.push({ id: scenario.id, signal, end });
      });
    },
    keep: (outcome) => Promise.resolve(void kept.push(outcome)),
    tell: (outcome) => void told.push(outcome),
    onError: (error) => void errors.push(error),
  });
  const save = (generation: number, ...touched: string[]) =>
    tester.saved({ generation, touched, affected: [] });
  return { tester, runs, told, kept, errors, save, mostAtOnce: () => most };
}

/** Lets everything that is ready happen. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('tests after a save', () => {
  it('run one after another, and are told when all are over', async () => {
    const { runs, told, kept, save, mostAtOnce } = makeTester();
    save(2, '/a/f');
    await settle();
    expect(runs.map(({ id }) => id)).toEqual([1]);
    expect(kept.at(-1)).toMatchObject({ status: 'running', completedAt: null });
    runs[0]?.end('passed');
    await settle();
    expect(runs.map(({ id }) => id)).toEqual([1, 2]);
    expect(told).toEqual([]);
    runs[1]?.end('failed');
    await settle();
    expect(told).toEqual([
      expect.objectContaining({
        generation: 2,
        status: 'failed',
        touched: ['/a/f'],
        scenarios: [
          expect.objectContaining({ scenarioId: 1, status: 'passed' }),
          expect.objectContaining({ scenarioId: 2, status: 'failed' }),
        ],
      }),
    ]);
    expect(kept.at(-1)).toEqual(told[0]);
    expect(mostAtOnce()).toBe(1);
  });

  it('begin anew with another save, with what neither has tested yet', async () => {
    const { runs, told, save, mostAtOnce } = makeTester();
    save(2, '/a/f');
    await settle();
    runs[0]?.end('passed');
    await settle();
    // The second scenario runs now.
    save(3, '/b/f');
    await settle();
    expect(runs[1]?.signal.aborted).toBe(true);
    expect(runs.map(({ id }) => id)).toEqual([1, 2, 2]);
    runs[2]?.end('passed');
    await settle();
    runs[3]?.end('passed');
    await settle();
    expect(runs.map(({ id }) => id)).toEqual([1, 2, 2, 3]);
    expect(told).toHaveLength(1);
    expect(told[0]).toMatchObject({ generation: 3, status: 'passed', touched: ['/a/f', '/b/f'] });
    expect(told[0]?.scenarios.map(({ scenarioId }) => scenarioId)).toEqual([1, 2, 3]);
    expect(mostAtOnce()).toBe(1);
  });

  it('run again what had passed, when it is touched again', async () => {
    const { runs, told, save } = makeTester();
    save(2, '/a/f');
    await settle();
    runs[0]?.end('passed');
    await settle();
    save(3, '/a/f');
    save(4, '/a/f');
    await settle();
    expect(runs.map(({ id }) => id)).toEqual([1, 2, 2]);
    runs[2]?.end('passed');
    await settle();
    runs[3]?.end('failed');
    await settle();
    expect(told).toHaveLength(1);
    expect(told[0]).toMatchObject({ generation: 4, status: 'failed' });
    expect(told[0]?.scenarios.map(({ scenarioId, status }) => [scenarioId, status])).toEqual([
      [2, 'passed'],
      [1, 'failed'],
    ]);
  });

  it('are none where no scenario had reached what was saved', async () => {
    const { runs, told, save } = makeTester();
    save(2, '/c/f');
    await settle();
    expect(runs).toEqual([]);
    expect(told).toMatchObject([{ status: 'none', scenarios: [] }]);
  });

  it('end with their file', async () => {
    const { tester, runs, told, save } = makeTester();
    save(2, '/a/f');
    await settle();
    expect(tester.busy).toBe(true);
    await tester.close();
    expect(runs[0]?.signal.aborted).toBe(true);
    save(3, '/b/f');
    await settle();
    expect([runs.length, told.length, tester.busy]).toEqual([1, 0, false]);
  });

  it('go on with the next save after an error', async () => {
    const failing = createSaveTester({
      choose: (touched) =>
        touched.includes('/bad/f') ? Promise.reject(new Error('no database')) : Promise.resolve([]),
      run: () => Promise.reject(new Error('never asked for')),
      keep: () => Promise.resolve(),
      tell: ({ generation }) => void told.push(generation),
      onError: (error) => void errors.push(String(error)),
    });
    const told: number[] = [];
    const errors: string[] = [];
    failing.saved({ generation: 2, touched: ['/bad/f'], affected: [] });
    await settle();
    failing.saved({ generation: 3, touched: ['/good/f'], affected: [] });
    await settle();
    expect({ told, errors }).toEqual({ told: [3], errors: ['Error: no database'] });
  });
});
