import type { DatasetRow, RunPlan } from '../model/run-plan.ts';
import type { EngineParts } from './engine-parts.ts';

export interface Iteration {
  /** From 0. */
  index: number;
  row: DatasetRow | undefined;
}

/** The turns of a run, with their rows, one by one; of a plan that repeats what failed those that are run again. */
export async function* iterationsOf(plan: RunPlan, parts: EngineParts): AsyncGenerator<Iteration> {
  const { only } = plan;
  for await (const iteration of allIterations(plan, parts)) {
    if (only === undefined || Object.hasOwn(only, iteration.index)) yield iteration;
  }
}

async function* allIterations(plan: RunPlan, parts: EngineParts): AsyncGenerator<Iteration> {
  const { dataset, iterations } = plan;
  if (!dataset) {
    for (let index = 0; index < (iterations ?? 1); index += 1) yield { index, row: undefined };
    return;
  }
  let index = 0;
  for (;;) {
    const before = index;
    for await (const row of rowsOf(dataset, parts)) {
      if (iterations !== undefined && index >= iterations) return;
      yield { index, row };
      index += 1;
    }
    // An empty dataset has no turn, however many were asked for.
    if (index === before || iterations === undefined || index >= iterations) return;
  }
}

function rowsOf(
  dataset: NonNullable<RunPlan['dataset']>,
  parts: EngineParts,
): AsyncIterable<DatasetRow> | DatasetRow[] {
  if ('rows' in dataset) return dataset.rows;
  if (!parts.rows) throw new Error(`The plan needs dataset ${dataset.id}, but nothing reads its rows.`);
  return parts.rows(0);
}
