import type { RunCounts, RunStatus } from '../model/result.ts';
import type { RunPlan } from '../model/run-plan.ts';
import { ValueError } from '../values/value-error.ts';
import type { EngineParts } from './engine-parts.ts';
import { executeSeparately, executeSequences } from './execute-requests.ts';
import { executeScenario } from './execute-scenario.ts';
import { Run } from './run.ts';

/** How a run ended. Counts are of the results that were handed out now, not of those from before a crash. */
export interface PlanOutcome {
  status: Extract<RunStatus, 'passed' | 'failed' | 'error' | 'cancelled'>;
  counts: Omit<RunCounts, 'total'>;
  /** Iterations that were begun, or found done. */
  iterations: number;
  /** Why nothing could be run. */
  error?: { code: string; message: string };
}

/**
 * Runs a plan to its end. Results are handed out one by one and kept nowhere. Never throws for what a plan or a
 * server does: that becomes a result, or the outcome's `error` when nothing could be run. What `onResult`, `rows`,
 * `done` and `stored` throw comes out of it, once what was in flight has ended.
 */
export async function executePlan(plan: RunPlan, parts: EngineParts): Promise<PlanOutcome> {
  let run: Run;
  try {
    run = new Run(plan, parts);
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    return nothingRun({ code: error.code, message: error.message });
  }
  try {
    const iterations = await execute(run);
    const { counts } = run;
    if (iterations === 0 && !parts.signal.aborted) {
      return nothingRun({
        code: 'NO_ITERATIONS',
        message: 'The dataset has no rows, so that nothing was run.',
      });
    }
    return { status: statusOf(run), counts, iterations };
  } finally {
    run.close();
  }
}

function execute(run: Run): Promise<number> {
  switch (run.plan.type) {
    case 'normal':
    case 'parallel':
      return executeSeparately(run);
    case 'sequence':
      return executeSequences(run);
    case 'scenario':
      return executeScenario(run);
    default: {
      const check: never = run.plan.type;
      return check;
    }
  }
}

function statusOf({ counts, parts }: Run): PlanOutcome['status'] {
  if (parts.signal.aborted) return 'cancelled';
  if (counts.error > 0) return 'error';
  return counts.failed > 0 ? 'failed' : 'passed';
}

function nothingRun(error: { code: string; message: string }): PlanOutcome {
  return {
    status: 'error',
    counts: { passed: 0, failed: 0, error: 0, skipped: 0, cancelled: 0 },
    iterations: 0,
    error,
  };
}
