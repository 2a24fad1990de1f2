import { endlessLoops } from './endless-loops.ts';
import { scaled, type SoakPart } from './soak-part.ts';

const loops = 1_000;
const goodCalls = 20_000;

export const loopsPart: SoakPart = {
  name: 'loops',
  title: `${loops} endless loops among ${goodCalls} good calls`,
  async run(scale) {
    const report = await endlessLoops({ loops: scaled(loops, scale), goodCalls: scaled(goodCalls, scale) });
    const { lost, wrong, processLived, seconds } = report;
    return {
      figures: [
        ['endless loops', String(report.loops)],
        ['good calls', String(report.goodCalls)],
        ['good calls lost', String(lost.length)],
        ['loops not answered 504', String(wrong.length)],
        ['seconds', seconds.toFixed(0)],
      ],
      problems: [
        ...(lost.length === 0
          ? []
          : [`expected every good call to be answered, lost: ${lost.slice(0, 3).join('; ')}`]),
        ...(wrong.length === 0 ? [] : [`expected 504 for every loop, got ${wrong.slice(0, 3).join('; ')}`]),
        ...(processLived ? [] : ['expected the process to live, it ended']),
      ],
    };
  },
};
