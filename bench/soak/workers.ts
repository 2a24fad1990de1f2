import { killedWorkers } from './killed-workers.ts';
import { scaled, type SoakPart } from './soak-part.ts';

const seconds = 60;
const rate = 200;

export const workersPart: SoakPart = {
  name: 'workers',
  title: `kill -9 of random workers at ${rate} requests/s for ${seconds} s, two workers`,
  async run(scale) {
    const report = await killedWorkers({ seconds: Math.max(6, scaled(seconds, scale)), rate });
    const { failedOtherwise, linesWrong, linesTorn } = report;
    return {
      figures: [
        ['kills', String(report.kills)],
        ['calls, answered', `${report.calls}, ${report.answered}`],
        ['failed: under way at a kill', String(report.failedInFlight)],
        ['failed otherwise', String(failedOtherwise)],
        ['log lines checked, wrong, torn', `${report.linesExpected}, ${linesWrong}, ${linesTorn}`],
        ['slowest replacement', `${(report.slowestReplacement / 1000).toFixed(1)} s`],
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
