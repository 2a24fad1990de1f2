import { expect, test } from 'vitest';
import { killedWorkers } from '../../bench/soak/killed-workers.ts';

test('random workers killed at a steady rate: only their calls fail, and no line is lost or torn', async () => {
  const report = await killedWorkers({ seconds: 8, rate: 100 });
  expect(report).toMatchObject({ failedOtherwise: 0, linesWrong: 0, linesTorn: 0 });
  expect(report.replacements.length).toBeGreaterThanOrEqual(report.kills);
  expect(report.hungReplacement).toBeGreaterThan(0);
  expect(report.kills).toBeGreaterThan(0);
  expect(report.answered).toBeGreaterThan(500);
  expect(report.linesExpected).toBeGreaterThan(500);
});
