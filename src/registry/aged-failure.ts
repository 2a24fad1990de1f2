import type { ReloadReport } from './reload-report.ts';
import type { ModuleFailure } from './snapshot.ts';

/** A failure with the seconds since the first attempt that failed so. */
export interface AgedFailure extends ModuleFailure {
  readonly age: number;
}

export function toAgedFailure(failure: ModuleFailure): AgedFailure {
  return { ...failure, age: Math.max(0, Date.now() - Date.parse(failure.since)) / 1000 };
}

/** For whoever reads a report now. */
export function toAgedReport(
  report: ReloadReport,
): ReloadReport & { readonly failed: readonly AgedFailure[] } {
  return { ...report, failed: report.failed.map(toAgedFailure) };
}
