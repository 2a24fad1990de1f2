import type { Reporter } from './reporter.ts';
import { createTimeSketch } from './time-sketch.ts';

/** One JSON object: the head's fields, `status`, `counts`, `results` in full, and `times` of all answers (ms). */
export const jsonReporter: Reporter = {
  name: 'json',
  contentType: 'application/json; charset=utf-8',
  extension: 'json',
  live: false,
  async write({ head, results, end }, sink) {
    const times = createTimeSketch();
    const opening = JSON.stringify({ ...head, ...(await end()) });
    await sink.write(`${opening.slice(0, -1)},"results":[`);
    let separator = '\n';
    for await (const result of results) {
      if (result.timings !== undefined) times.add(result.timings.total);
      await sink.write(separator + JSON.stringify(result));
      separator = ',\n';
    }
    await sink.write(`\n],"times":${JSON.stringify(times.summary())}}\n`);
  },
};
