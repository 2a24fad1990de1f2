import type { MetricMerge, NumberFamily } from './metrics-data.ts';

/** One number that only grows; of several processes, the sum. */
export function counter(name: string, help: string, value: number): NumberFamily {
  return { name, help, type: 'counter', merge: 'sum', samples: [{ labels: {}, value }] };
}

/** One number that goes up and down; of several processes, the sum unless told. */
export function gauge(
  name: string,
  help: string,
  { value, merge = 'sum' }: { value: number; merge?: MetricMerge },
): NumberFamily {
  return { name, help, type: 'gauge', merge, samples: [{ labels: {}, value }] };
}
