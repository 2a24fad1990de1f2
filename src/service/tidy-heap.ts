import { clearTimeout, setTimeout } from 'node:timers';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { ReloadReport } from '../registry/reload-report.ts';

/** What shows whether a process is idle. */
export interface Activity {
  /** Requests so far. */
  readonly begun: number;
  /** Requests that are not answered yet. */
  readonly inFlight: number;
}

/** From so many modules on, a load leaves more behind than a collection costs: some 50 ms at a thousand modules. */
const worthwhile = 50;
/** Milliseconds without a request after which the process counts as idle. */
const quiet = 500;
/** How often that is waited for; a busy process collects by itself before long. */
const attempts = 120;

export interface HeapTidier {
  /** A start or a reload has loaded modules. */
  loaded(report: Pick<ReloadReport, 'loaded'>): void;
  /** What is done in the background after one is over too. */
  refined(): void;
}

/**
 * Collects the garbage that a start or a large reload has left behind, once nobody is waiting. V8 does so only when
 * it runs out of room: an idle service would keep it for ever, and under load much of what is new would be taken for
 * alive, because what is dead and old points to it.
 */
export function createHeapTidier(activity: Activity): HeapTidier {
  let expects = false;
  let timer: NodeJS.Timeout | undefined;
  const waitForQuiet = (left: number): void => {
    clearTimeout(timer);
    const { begun } = activity;
    timer = setTimeout(() => {
      if (activity.begun === begun && activity.inFlight === 0) collect();
      else if (left > 0) waitForQuiet(left - 1);
    }, quiet);
    timer.unref();
  };
  return {
    loaded({ loaded: modules }) {
      if (modules.length < worthwhile) return;
      expects = true;
      waitForQuiet(attempts);
    },
    refined() {
      if (!expects) return;
      expects = false;
      waitForQuiet(attempts);
    },
  };
}

function collect(): void {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}
