import type { Role, ServedEndpoint, Service } from 'api-deploy';
import { fuzzEndpoint } from './fuzz-endpoint.ts';
import type { FuzzReport } from './fuzz-report.ts';
import { saveFailure } from './save-failure.ts';

export interface FuzzRun {
  readonly seed: number;
  readonly cases: number;
  readonly timeBudget: number;
  readonly roles: readonly Role[];
  readonly signal: AbortSignal;
  /** Whether failures become catalog entries; in this module, where one is given. */
  readonly save: boolean;
  readonly moduleId: number | undefined;
}

/** Fuzzes an endpoint, tells the log of the seed, and saves what it finds. */
export async function fuzzAndSave(
  service: Service,
  endpoint: ServedEndpoint,
  run: FuzzRun,
): Promise<FuzzReport> {
  const { seed } = run;
  const report = await fuzzEndpoint(endpoint, { ...run, call: (...args) => service.call(...args) });
  for (const failure of report.failures) {
    if (!run.save) continue;
    if (endpoint.takesFiles) report.notes.push('the failure was not saved: its files are not kept');
    else failure.apiId = await saveFailure({ endpoint, failure, seed }, run.moduleId);
  }
  const fields = { seed, valid: report.valid, invalid: report.invalid };
  const [failure] = report.failures;
  if (failure === undefined)
    service.log.info(`fuzz ${endpoint.path}: ${report.status}, seed ${seed}`, fields);
  else
    service.log.warn(`fuzz ${endpoint.path}: ${failure.message}, seed ${seed}`, {
      ...fields,
      body: failure.body,
    });
  return report;
}
