import type { Config } from '../config/schema.ts';
import type { LogPort } from '../contract/log-port.ts';
import type { ReloadReport } from '../registry/reload-report.ts';
import type { ModuleFailure } from '../registry/snapshot.ts';
import { describeBreaking, describeFailure, describeReload } from './describe-reload.ts';

/** Writes what a reload did to the log, after its generation serves. */
export function reloadReporter(
  logs: LogPort,
  settings: () => Pick<Config, 'breakingChanges'>,
): (report: ReloadReport, newFailures: readonly ModuleFailure[]) => void {
  return (report, newFailures) => {
    const { reason, backTo, endpoints, durationMs } = report;
    if (report.swapped) {
      const back = backTo === undefined ? {} : { backTo };
      logs.system('info', describeReload(report), { reason, ...back, ...endpoints, durationMs });
    }
    const breaking = settings().breakingChanges === 'allow' ? undefined : describeBreaking(report);
    if (breaking !== undefined) logs.system('warn', breaking, { changes: report.contract.breaking });
    for (const failure of newFailures) {
      const { module, file, line, since } = failure;
      logs.error(describeFailure(failure), { module, file, line, since });
    }
  };
}

/** Of each list, what was not in the list before. */
export function createNewsFilter<T>(textOf: (item: T) => string): (items: readonly T[]) => T[] {
  let known = new Set<string>();
  return (items) => {
    const news = items.filter((item) => !known.has(textOf(item)));
    known = new Set(items.map(textOf));
    return news;
  };
}
