import type { EngineParts } from '../engine/engine-parts.ts';
import { executePlan, type PlanOutcome } from '../engine/execute-plan.ts';
import type { RequestResult } from '../model/result.ts';
import type { RunPlan } from '../model/run-plan.ts';
import { readDonePlaces, type DonePlaces } from './done-places.ts';
import { drainTime, type ExecutionParts, type ExecutionState } from './execution-state.ts';
import { aborted, type Gate } from './gate.ts';
import { createLargeAnswers } from './large-answers.ts';
import type { ReachedEndpoints } from './reached-endpoints.ts';
import { getRecord } from './record-store.ts';
import { createResultWriter } from './result-writer.ts';

export interface PlanRun {
  state: ExecutionState;
  plan: RunPlan;
  gate: Gate;
  reached: ReachedEndpoints;
}

/** Runs a plan from the first place without a result. Undefined: it did not come to an end here. */
export async function runPlan(
  parts: ExecutionParts,
  { state, plan, gate, reached }: PlanRun,
): Promise<PlanOutcome | undefined> {
  const { record } = state;
  const writer = createResultWriter({
    db: parts.db,
    record,
    owner: parts.owner,
    onCommit: () => parts.bell.ring(record),
    onTrouble: (error) => tellTrouble(parts, record, error),
  });
  const done = await readDonePlaces(parts.db, record);
  const { counts } = await getRecord(parts.db, record);
  const largeAnswers = createLargeAnswers();
  state.gate = gate;
  if (state.departure !== undefined) gate.abandon();
  state.writer = writer;
  const onResult = (result: RequestResult): Promise<void> | void => {
    // What a stop has cut off is no result: whoever goes on sends it again.
    if (state.departure !== undefined) return;
    largeAnswers.checked(result.response?.body?.size);
    if (result.request !== undefined) reached.sent(result.request.url);
    return writer.add(result);
  };
  const engine = executePlan(plan, {
    ...parts.engineParts(plan),
    transport: gate.transport,
    callFunction: gate.callFunction,
    signal: state.stop.signal,
    onResult,
    ...resumed(plan, done),
    failedBefore: counts.failed + counts.error > 0,
  });
  const outcome = await Promise.race([engine, aborted(state.departed.signal)]);
  if (outcome === undefined) engine.catch(() => undefined);
  if (state.departure === 'lost') return undefined;
  if (state.departure === 'handOver') {
    // A full disk must not hold up the stop of the service.
    const late = setTimeout(() => writer.abandon(), drainTime);
    await writer.flush().finally(() => clearTimeout(late));
    return undefined;
  }
  await writer.flush();
  return outcome;
}

/** What has a result already, and what a plan that repeats failures leaves out. */
function resumed(plan: RunPlan, done: DonePlaces | undefined): Pick<EngineParts, 'done' | 'stored'> {
  if (plan.only === undefined) return done === undefined ? {} : { done: done.has, stored: done.stored };
  const only = new Map(
    Object.entries(plan.only).flatMap(([iteration, part]) =>
      part === true ? [] : [[Number(iteration), new Set(part.map((index) => `requests[${index}]`))] as const],
    ),
  );
  const isLeftOut = (iteration: number, path: string): boolean => only.get(iteration)?.has(path) === false;
  return {
    done: (iteration, path) => isLeftOut(iteration, path) || (done?.has(iteration, path) ?? false),
    ...(done === undefined ? {} : { stored: done.stored }),
  };
}

function tellTrouble({ log }: ExecutionParts, record: number, error: Error | undefined): void {
  if (error === undefined) log.warn(`the results of the run ${record} are written again`);
  else
    log.error(
      `the run ${record} waits: its results cannot be written (${error.message}); make room on the disk of dataDir, and it goes on by itself`,
    );
}
