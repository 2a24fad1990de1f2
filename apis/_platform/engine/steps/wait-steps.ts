import type { RequestResult } from '../../model/result.ts';
import type { Step } from '../../model/scenario.ts';
import { pause } from '../pause.ts';
import { restore } from '../restore.ts';
import { StepError } from '../step-error.ts';
import type { CompiledStep, StepCompiler, StepPlace, Verdict } from './compiled-step.ts';
import { evaluateIn } from './condition.ts';
import {
  beginLive,
  isStopped,
  resultPlace,
  runStep,
  settleOutcome,
  takeExtracted,
  verdictOf,
  waitFor,
} from './run-steps.ts';

type StepOf<T extends Step['type']> = Extract<Step, { type: T }>;

const longestDelay = 86_400_000;

export function compileDelay(step: StepOf<'delay'>, compiler: StepCompiler): CompiledStep {
  return {
    source: step,
    name: step.name ?? 'delay',
    execute: async (place) => {
      const ms = Number(evaluateIn(step.delay, 'delay', { module: compiler.module, place }));
      if (!Number.isFinite(ms) || ms < 0 || ms > longestDelay) {
        throw new StepError(
          'NOT_A_NUMBER',
          `delay needs milliseconds from 0 to ${longestDelay}, got ${JSON.stringify(step.delay)}.`,
        );
      }
      await waitFor(ms, place);
      return isStopped(place) ? 'cancelled' : 'passed';
    },
  };
}

export function compileWaitUntil(step: StepOf<'waitUntil'>, compiler: StepCompiler): CompiledStep {
  const [inner] = compiler.compile([step.step]);
  if (!inner) throw new TypeError('waitUntil has no step.');
  const { interval = 1000, timeout = 30_000 } = step;
  const poll = inner.attempt ? pollRequest : pollGroup;
  return {
    source: step,
    name: step.name ?? `wait until ${inner.name}`,
    execute: async (place) => {
      // A poll that hangs is ended with the time that is left.
      const deadline = new AbortController();
      const timer = setTimeout(() => deadline.abort(), timeout);
      const end = () => deadline.abort();
      place.signal.addEventListener('abort', end);
      if (place.signal.aborted) end();
      try {
        return await poll(
          inner,
          { ...place, path: `${place.path}.step` },
          { interval, timeout, signal: deadline.signal },
        );
      } finally {
        clearTimeout(timer);
        place.signal.removeEventListener('abort', end);
      }
    },
  };
}

interface Polling {
  interval: number;
  timeout: number;
  /** Aborts at the end of the time, and when the run is cancelled. */
  signal: AbortSignal;
}

/** Of a request only the last poll has a result. */
async function pollRequest(inner: CompiledStep, place: StepPlace, polling: Polling): Promise<Verdict> {
  const polled = { ...place, signal: polling.signal };
  const attempt = () => inner.attempt?.(polled) ?? Promise.reject(new TypeError('No request to poll.'));
  const before = await restore(
    place.run,
    { ...resultPlace(inner, place), jar: place.iteration.jar },
    attempt,
  );
  if (before) {
    takeExtracted(before, place);
    return verdictOf(before.result);
  }
  await beginLive(place);
  let outcome = await attempt();
  let { attempts } = outcome.result;
  while (outcome.result.status !== 'passed' && !polling.signal.aborted && !isStopped(place)) {
    await pause(polling.interval, polling.signal);
    if (polling.signal.aborted) break;
    const next = await attempt();
    attempts += next.result.attempts;
    // One that the end of the time cuts off says less than the one before it.
    if (next.result.status === 'cancelled' && !isStopped(place)) break;
    outcome = next;
  }
  const { result } = outcome;
  result.attempts = attempts;
  if (result.status !== 'passed' && !isStopped(place)) {
    const message = `It did not pass within ${polling.timeout} ms${lastWord(result)}`;
    result.status = 'failed';
    result.error = { code: 'WAIT_TIMEOUT', message };
  }
  return settleOutcome(outcome, place);
}

function lastWord({ status, error, assertions }: RequestResult): string {
  if (status === 'cancelled') return '; the first poll was not over by then';
  const why = error?.message ?? assertions.find((assertion) => assertion.status === 'failed')?.message;
  return why === undefined ? '' : `; last: ${why}`;
}

async function pollGroup(inner: CompiledStep, place: StepPlace, polling: Polling): Promise<Verdict> {
  for (let turn = 0; ; turn += 1) {
    const path = turn === 0 ? place.path : `${place.path}~${turn}`;
    const softened = `poll ${turn + 1} of ${place.path}`;
    const verdict = await runStep(inner, { ...place, path, softened, signal: polling.signal });
    if (verdict === 'passed' || verdict === 'tolerated') return verdict;
    if (isStopped(place)) return 'cancelled';
    if (!polling.signal.aborted) await waitFor(polling.interval, { ...place, signal: polling.signal });
    if (isStopped(place)) return 'cancelled';
    if (polling.signal.aborted) {
      throw new StepError('WAIT_TIMEOUT', `It did not pass within ${polling.timeout} ms.`);
    }
  }
}
