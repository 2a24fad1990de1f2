import type { CookieJar } from '../model/transport.ts';
import { type CompiledRequest, compileRequest } from './compile-request.ts';
import { concurrently } from './concurrently.ts';
import { type Iteration, iterationsOf } from './iterations.ts';
import type { Outcome } from './judge-exchange.ts';
import { restore } from './restore.ts';
import type { Run } from './run.ts';
import { runRequest } from './run-request.ts';
import { RunScope } from './run-scope.ts';
import { initialVariables } from './initial-variables.ts';
import { notReached } from './plain-result.ts';

interface Job {
  iteration: Iteration;
  jar: CookieJar | undefined;
  request: CompiledRequest;
  path: string;
}

/** Every request of every iteration by itself, as many at a time as the plan says. Gives the number of iterations. */
export async function executeSeparately(run: Run): Promise<number> {
  const requests = run.plan.requests.map((request) => compileRequest(request, 'step'));
  const paths = requests.map((_, index) => `requests[${index}]`);
  const initial = initialVariables(run, {});
  let iterations = 0;
  async function* jobs(): AsyncGenerator<Job> {
    for await (const iteration of iterationsOf(run.plan, run.parts)) {
      iterations += 1;
      const jar = run.parts.createJar?.();
      for (const [index, request] of requests.entries()) {
        yield { iteration, jar, request, path: paths[index] ?? '' };
      }
    }
  }
  await concurrently(jobs(), {
    limit: run.plan.concurrency ?? 1,
    stopped: () => run.stopped,
    work: async ({ iteration: { index, row }, jar, request, path }) => {
      if (run.parts.done && (await run.isDone(index, path))) return;
      const outcome = await runRequest(run, request, {
        iteration: index,
        path,
        name: request.name,
        scope: RunScope.ofIteration(run.base, row, initial),
        jar,
        signal: run.parts.signal,
      });
      await run.handOut(outcome.result);
    },
  });
  return iterations;
}

/** The requests of an iteration one after another, sharing variables and cookies. Gives the number of iterations. */
export async function executeSequences(run: Run): Promise<number> {
  const requests = run.plan.requests.map((request) => compileRequest(request, 'scenario'));
  const initial = initialVariables(run, {});
  let iterations = 0;
  await concurrently(iterationsOf(run.plan, run.parts), {
    limit: run.plan.concurrency ?? 1,
    stopped: () => run.stopped,
    work: async ({ index: iteration, row }) => {
      iterations += 1;
      const scope = RunScope.ofIteration(run.base, row, initial);
      const jar = run.parts.createJar?.();
      let ended = false;
      for (const [index, request] of requests.entries()) {
        if (run.stopped) return;
        const path = `requests[${index}]`;
        const place = { iteration, path, name: request.name, scope, jar, signal: run.parts.signal };
        const before = await restore(run, place, () => runRequest(run, request, place));
        if (ended && !before) {
          await run.handOut(notReached(place, request.api));
          continue;
        }
        const outcome: Outcome = before ?? (await runRequest(run, request, place));
        for (const { scope: kept, name, variable } of outcome.extracted) {
          if (kept === 'scenario' || kept === 'environment') scope.set(kept, name, variable);
        }
        if (!before) await run.handOut(outcome.result);
        const { status } = outcome.result;
        ended ||= run.plan.stopOnFailure === true && (status === 'failed' || status === 'error');
      }
    },
  });
  return iterations;
}
