import { writePageEnd, writePageHead } from './html/page-head.ts';
import { createPageRows } from './html/page-rows.ts';
import { measureRun } from './html/run-figures.ts';
import type { Reporter } from './reporter.ts';

/**
 * One page with charts and every result, in one file that needs no network and cannot use it. Its size is bounded:
 * what does not fit is counted, and the page says how much that is.
 */
export const htmlReporter: Reporter = {
  name: 'html',
  contentType: 'text/html; charset=utf-8',
  extension: 'html',
  live: false,
  async write({ head, results, end }, sink, { lang = 'en' } = {}) {
    const figures = await measureRun(results, head.startedAt);
    await sink.write(writePageHead({ head, end: await end(), figures, lang }));
    const rows = createPageRows();
    for await (const result of results) {
      const text = rows.add(result);
      if (text !== '') await sink.write(text);
    }
    const { text, ...cut } = rows.end();
    await sink.write(text + writePageEnd(cut, lang));
  },
};
