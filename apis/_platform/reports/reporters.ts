import { consoleReporter } from './console-reporter.ts';
import { htmlReporter } from './html-reporter.ts';
import { jsonReporter } from './json-reporter.ts';
import { junitReporter } from './junit-reporter.ts';
import type { Reporter, ReporterName } from './reporter.ts';

/** All reporters by name. */
export const reporters: Readonly<Record<ReporterName, Reporter>> = {
  console: consoleReporter,
  json: jsonReporter,
  junit: junitReporter,
  html: htmlReporter,
};
