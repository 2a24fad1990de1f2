import { monitorEventLoopDelay } from 'node:perf_hooks';

/** How often the loop is asked. Milliseconds; the measurement runs outside JavaScript and costs nothing to speak of. */
const resolution = 20;
/** What "lately" means. Milliseconds. */
const window = 1_000;

/** How late timers of this process were in the last full second. Seconds. */
export interface EventLoopLag {
  readonly mean: number;
  readonly p99: number;
  readonly max: number;
  close(): void;
}

export function createEventLoopLag(): EventLoopLag {
  const histogram = monitorEventLoopDelay({ resolution });
  histogram.enable();
  let last = { mean: 0, p99: 0, max: 0 };
  const timer = setInterval(() => {
    if (histogram.count === 0) return;
    last = {
      mean: lateness(histogram.mean),
      p99: lateness(histogram.percentile(99)),
      max: lateness(histogram.max),
    };
    histogram.reset();
  }, window).unref();
  return {
    get mean() {
      return last.mean;
    },
    get p99() {
      return last.p99;
    },
    get max() {
      return last.max;
    },
    close() {
      clearInterval(timer);
      histogram.disable();
    },
  };
}

/** The histogram holds the time from one look to the next, in nanoseconds; `resolution` of it is as it should be. */
function lateness(ns: number): number {
  return Math.max(0, ns / 1e6 - resolution) / 1000;
}
