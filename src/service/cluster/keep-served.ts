import type { Generation } from '../../generations/generation.ts';
import type { ReloadReport } from '../../registry/reload-report.ts';
import type { WorkerProcess } from '../../supervision/cluster/worker-process.ts';
import type { SupervisorParts } from './supervisor-parts.ts';

/** Takes down the generation that a reload has made; one process, which serves it, tells what is in it. */
export async function keepServed(
  parts: SupervisorParts,
  report: ReloadReport,
  worker: WorkerProcess | undefined,
): Promise<void> {
  if (!report.swapped) return;
  const { sources, keepCaptured } = parts;
  await sources.accepted();
  // One that has just ended leaves a gap; the next swap is kept again.
  const generation = await worker?.peer.ask<Generation | undefined>('capture').catch(() => undefined);
  if (generation !== undefined) keepCaptured(generation, (file) => sources.sourceOf(file)?.text);
}

/** For `/metrics`: all processes run a reload together, so it is counted here. */
export function countReload(
  { meter }: SupervisorParts,
  { reason, swapped, durationMs }: ReloadReport,
  newFailures: readonly unknown[],
): void {
  const outcome = newFailures.length > 0 ? 'failed' : swapped ? 'swapped' : 'unchanged';
  meter.reloaded({ reason, outcome, durationMs });
}
