import { killedWorkers } from './killed-workers.ts';
import { median } from '../report/statistics.ts';
import { scaled, type SoakPart } from './soak-part.ts';

const duration = 60;
const rate = 200;

const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;

export const workersPart: SoakPart = {
  name: 'workers',
  title: `kill -9 of random workers at ${rate} requests/s for ${duration} s, two workers`,
  async run(scale) {
    const report = await killedWorkers({ seconds: Math.max(6, scaled(duration, scale)), rate });
    const { failedOtherwise, linesWrong, linesTorn, replacements } = report;
    const [first = NaN] = replacements;
    const slowest = Math.max(...replacements);
    return {
      figures: [
        ['kills', String(report.kills)],
        ['calls, answered', `${report.calls}, ${report.answered}`],
        ['failed: under way at a kill', String(report.failedInFlight)],
        ['failed otherwise', String(failedOtherwise)],
        ['log lines checked, wrong, torn', `${report.linesExpected}, ${linesWrong}, ${linesTorn}`],
        ['first replacement: from end to serving', seconds(first)],
        ['all replacements: median, slowest', `${seconds(median(replacements))}, ${seconds(slowest)}`],
        ['replacement of one that hung, from when it was found', seconds(report.hungReplacement)],
      ],
      problems: [
        ...(failedOtherwise === 0
          ? []
          : [`expected only calls under way to fail, got ${failedOtherwise} others`]),
        ...(linesWrong + linesTorn === 0
          ? []
          : [`expected whole log lines, got ${linesWrong} wrong, ${linesTorn} torn`]),
      ],
    };
  },
};
