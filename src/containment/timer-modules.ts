import * as nodeTimers from 'node:timers';
import * as nodePromises from 'node:timers/promises';
import type { ScopeTimers } from './scope-timers.ts';

const names: ReadonlySet<string> = new Set([
  'timers',
  'node:timers',
  'timers/promises',
  'node:timers/promises',
]);

/** Whether an import of this name gives timers. */
export function isTimerModule(specifier: string): boolean {
  return names.has(specifier);
}

/** `node:timers` or `node:timers/promises` with the timers of one instance, as esbuild's CommonJS expects it. */
export function timerModule(specifier: string, timers: ScopeTimers): Record<string, unknown> {
  const promises = asModule({
    ...nodePromises,
    setTimeout: timers.sleep,
    setImmediate: timers.turn,
    setInterval: intervalOf(timers),
    scheduler: {
      wait: (delay: number, options?: { signal?: AbortSignal; ref?: boolean }) =>
        timers.sleep(delay, undefined, options),
      yield: () => timers.turn(),
    },
  });
  if (specifier.endsWith('/promises')) return promises;
  const { setTimeout, setInterval, setImmediate, clearTimeout, clearInterval, clearImmediate } = timers;
  return asModule({
    ...nodeTimers,
    setTimeout,
    setInterval,
    setImmediate,
    clearTimeout,
    clearInterval,
    clearImmediate,
    promises,
  });
}

function asModule(exports: Record<string, unknown>): Record<string, unknown> {
  return Object.defineProperty({ ...exports, default: exports }, '__esModule', { value: true });
}

interface IntervalOptions {
  readonly signal?: AbortSignal;
  readonly ref?: boolean;
}

/** Stays pending for ever when the instance goes, as a timer that was cleared. */
function intervalOf(timers: ScopeTimers) {
  return async function* <T>(delay?: number, value?: T, options: IntervalOptions = {}): AsyncGenerator<T> {
    const gone = new AbortController();
    const forget = timers.onClose(() => gone.abort());
    const { signal } = options;
    const both = signal === undefined ? gone.signal : AbortSignal.any([signal, gone.signal]);
    try {
      yield* nodePromises.setInterval(delay, value, { ...options, signal: both }) as AsyncIterable<T>;
    } catch (error) {
      if (gone.signal.aborted) await new Promise(() => {});
      throw error;
    } finally {
      forget();
    }
  };
}
