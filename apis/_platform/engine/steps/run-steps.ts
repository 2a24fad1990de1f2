import type { RequestResult } from '../../model/result.ts';
import { ValueError } from '../../values/value-error.ts';
import type { Outcome } from '../judge-exchange.ts';
import { pause } from '../pause.ts';
import { notReached, plainResult } from '../plain-result.ts';
import { restore } from '../restore.ts';
import { StepError } from '../step-error.ts';
import type { CompiledStep, StepPlace, Verdict } from './compiled-step.ts';

/** Runs steps one after another; after one that failed the rest is reported as not reached. */
export async function runSteps(steps: CompiledStep[], around: StepPlace, label: string): Promise<Verdict> {
  let verdict: Verdict = 'passed';
  for (const [index, step] of steps.entries()) {
    const place = childPlace(around, label, index);
    const last = await runStep(step, place);
    if (last === 'cancelled') return 'cancelled';
    if (last === 'tolerated') verdict = 'tolerated';
    if (last === 'failed') {
      await leaveOut(steps, around, { label, from: index + 1 });
      return 'failed';
    }
  }
  return verdict;
}

/** Runs all steps, also after one that failed. */
export async function runAllSteps(steps: CompiledStep[], around: StepPlace, label: string): Promise<Verdict> {
  let verdict: Verdict = 'passed';
  for (const [index, step] of steps.entries()) {
    const last = await runStep(step, childPlace(around, label, index));
    if (last === 'cancelled') return 'cancelled';
    if (last === 'failed' || (last === 'tolerated' && verdict === 'passed')) verdict = last;
  }
  return verdict;
}

/** Reports steps that are not run because something before them failed. */
export async function leaveOut(
  steps: CompiledStep[],
  around: StepPlace,
  { label, from }: { label: string; from: number },
): Promise<void> {
  for (const [index, step] of steps.entries()) {
    if (index < from || isStopped(around)) continue;
    const place = childPlace(around, label, index);
    await handOut(place, notReached(resultPlace(step, place), step.api));
  }
}

export async function runStep(step: CompiledStep, place: StepPlace): Promise<Verdict> {
  if (isStopped(place)) return 'cancelled';
  const { skip, onFailure } = step.source;
  if (skip) {
    const error = { code: 'SKIPPED', message: 'The step says to skip it.' };
    await handOut(place, { ...plainResult(resultPlace(step, place), 'skipped', error), ...apiOf(step) });
    return 'passed';
  }
  // What is tolerated does not make anything around it try again.
  const inside = onFailure === 'continue' ? { ...place, softened: undefined } : place;
  const verdict = step.attempt ? await runAttempts(step, inside) : await runTries(step, inside);
  return verdict === 'failed' && onFailure === 'continue' ? 'tolerated' : verdict;
}

/** Of a request: only the last try has a result. */
async function runAttempts(step: CompiledStep, place: StepPlace): Promise<Verdict> {
  const attempt = () => need(step.attempt)(place);
  const at = { ...resultPlace(step, place), jar: place.iteration.jar };
  const before = await restore(place.run, at, attempt);
  if (before) {
    place.iteration.pendingDelay = 0;
    takeExtracted(before, place);
    return verdictOf(before.result);
  }
  await beginLive(place);
  const { retries = 0, retryDelay = 0 } = step.source;
  let outcome = await attempt();
  for (let tries = 0; tries < retries && mayTryAgain(outcome, place); tries += 1) {
    await pause(retryDelay, place.signal);
    if (isStopped(place)) break;
    const { attempts } = outcome.result;
    outcome = await attempt();
    outcome.result.attempts += attempts;
  }
  return settleOutcome(outcome, place);
}

/** Hands out what a request came to, and takes over what it extracted. */
export async function settleOutcome(outcome: Outcome, place: StepPlace): Promise<Verdict> {
  takeExtracted(outcome, place);
  await handOut(place, outcome.result);
  return verdictOf(outcome.result);
}

export function takeExtracted({ extracted }: Outcome, { scope }: StepPlace): void {
  for (const { scope: kept, name, variable } of extracted) {
    if (kept === 'scenario' || kept === 'environment') scope.set(kept, name, variable);
  }
}

/** Of a step with steps inside: every try leaves its results, those that failed and are repeated as skipped. */
async function runTries(step: CompiledStep, place: StepPlace): Promise<Verdict> {
  const { retries = 0, retryDelay = 0 } = step.source;
  for (let tries = 0; ; tries += 1) {
    const path = tries === 0 ? place.path : `${place.path}~${tries}`;
    const softened = tries < retries ? `try ${tries + 1} of ${retries + 1} of ${place.path}` : place.softened;
    const verdict = await executeGuarded(step, { ...place, path, softened });
    if (verdict !== 'failed' || tries >= retries) return verdict;
    await waitFor(retryDelay, place);
    if (isStopped(place)) return 'cancelled';
  }
}

async function executeGuarded(step: CompiledStep, place: StepPlace): Promise<Verdict> {
  try {
    return await need(step.execute)(place);
  } catch (error) {
    if (!(error instanceof ValueError) && !(error instanceof StepError)) throw error;
    const message = place.run.mask.text(error.message);
    await handOut(place, plainResult(resultPlace(step, place), 'error', { code: error.code, message }));
    return 'failed';
  }
}

/** Waits; while everything so far has its result from before a crash, only the last wait counts, and later. */
export async function waitFor(ms: number, { iteration, signal }: StepPlace): Promise<void> {
  if (iteration.replaying) iteration.pendingDelay = ms;
  else await pause(ms, signal);
}

/** From here on this iteration sends requests. */
export async function beginLive({ iteration, signal }: StepPlace): Promise<void> {
  if (!iteration.replaying) return;
  iteration.replaying = false;
  await pause(iteration.pendingDelay, signal);
}

export function isStopped({ run, signal, stoppable }: StepPlace): boolean {
  return signal.aborted || (stoppable && run.stopped);
}

async function handOut(place: StepPlace, result: RequestResult): Promise<void> {
  const { run, iteration, softened } = place;
  if (run.parts.done && (await run.isDone(iteration.index, result.path))) return;
  // Cut off by the time of a waitUntil, not by a cancellation of the run.
  const timedOut = result.status === 'cancelled' && !run.parts.signal.aborted;
  const failed = result.status === 'failed' || result.status === 'error' || timedOut;
  await run.handOut(softened !== undefined && failed ? soften(result, softened) : result);
}

const retriedCode = 'RETRIED';

function soften(result: RequestResult, reason: string): RequestResult {
  const why =
    result.status === 'cancelled'
      ? 'its time was over'
      : (result.error?.message ?? result.assertions.find(({ status }) => status === 'failed')?.message);
  const message = `Failed in ${reason}${why === undefined ? '' : `: ${why}`}`;
  return { ...result, status: 'skipped', error: { code: retriedCode, message } };
}

export function verdictOf({ status, error }: RequestResult): Verdict {
  if (status === 'skipped') return error?.code === retriedCode ? 'failed' : 'passed';
  if (status === 'cancelled') return 'cancelled';
  return status === 'passed' ? 'passed' : 'failed';
}

function mayTryAgain({ result }: Outcome, place: StepPlace): boolean {
  return (result.status === 'failed' || result.status === 'error') && !isStopped(place);
}

export function childPlace(around: StepPlace, label: string, index: number): StepPlace {
  const prefix = around.path === '' ? '' : `${around.path}.`;
  return { ...around, path: `${prefix}${label}[${index}]` };
}

export function resultPlace({ name }: CompiledStep, { iteration, path }: StepPlace) {
  return { iteration: iteration.index, path, name };
}

function apiOf({ api }: CompiledStep): { api?: number } {
  return api === undefined ? {} : { api };
}

function need<T>(work: T | undefined): T {
  if (work === undefined) throw new TypeError('A step was compiled without its work.');
  return work;
}
