/** Lets those who wait for news of a run in this process hear of it at once. Others look at the table now and then. */
export interface Bell {
  ring(record: number): void;
  /** Resolves at the next ring for `record`, after `milliseconds`, or when `signal` is aborted. */
  wait(record: number, milliseconds: number, signal?: AbortSignal): Promise<void>;
}

export function createBell(): Bell {
  const waiting = new Map<number, Set<() => void>>();
  return {
    ring(record) {
      for (const wake of waiting.get(record) ?? []) wake();
    },
    wait(record, milliseconds, signal) {
      if (signal?.aborted === true) return Promise.resolve();
      return new Promise((resolve) => {
        const all = waiting.get(record) ?? new Set();
        waiting.set(record, all);
        const wake = () => {
          clearTimeout(timer);
          signal?.removeEventListener('abort', wake);
          all.delete(wake);
          if (all.size === 0 && waiting.get(record) === all) waiting.delete(record);
          resolve();
        };
        const timer = setTimeout(wake, milliseconds);
        signal?.addEventListener('abort', wake, { once: true });
        all.add(wake);
      });
    },
  };
}
