import type { EventLoopLag } from './event-loop-lag.ts';
import type { MetricFamily } from './metrics-data.ts';
import { counter, gauge } from './number-family.ts';

/** What the process itself is and uses, under the names that dashboards of Node.js services look for. */
export function collectProcessMetrics(
  lag: Pick<EventLoopLag, 'mean' | 'p99' | 'max'>,
  version: string,
): MetricFamily[] {
  const { rss, heapTotal, heapUsed, external } = process.memoryUsage();
  const startedAt = (Date.now() - process.uptime() * 1000) / 1000;
  return [
    gauge('api_deploy_processes', 'Processes that serve.', { value: 1 }),
    {
      name: 'api_deploy_build',
      help: 'Versions of what runs.',
      type: 'info',
      merge: 'max',
      samples: [{ labels: { version, node_version: process.versions.node }, value: 1 }],
    },
    ...collectCpu(),
    gauge('process_resident_memory_bytes', 'Resident memory.', { value: rss }),
    gauge('process_start_time_seconds', 'Start of the process, seconds since 1970.', {
      value: startedAt,
      merge: 'min',
    }),
    gauge('api_deploy_uptime_seconds', 'Time since the start of the process.', {
      value: process.uptime(),
      merge: 'max',
    }),
    gauge('nodejs_heap_size_used_bytes', 'Heap in use.', { value: heapUsed }),
    gauge('nodejs_heap_size_total_bytes', 'Heap as allocated.', { value: heapTotal }),
    gauge('nodejs_external_memory_bytes', 'Memory outside the heap that objects hold.', { value: external }),
    ...collectLag(lag),
  ];
}

function collectCpu(): MetricFamily[] {
  const { user, system } = process.cpuUsage();
  return [
    counter('process_cpu_seconds', 'CPU time, user and system.', (user + system) / 1e6),
    counter('process_cpu_user_seconds', 'CPU time in user mode.', user / 1e6),
    counter('process_cpu_system_seconds', 'CPU time in the kernel.', system / 1e6),
  ];
}

function collectLag({ mean, p99, max }: Pick<EventLoopLag, 'mean' | 'p99' | 'max'>): MetricFamily[] {
  const lately = 'of the event loop in the last second';
  return [
    gauge('nodejs_eventloop_lag_mean_seconds', `Mean lateness ${lately}.`, { value: mean, merge: 'max' }),
    gauge('nodejs_eventloop_lag_p99_seconds', `99th percentile of the lateness ${lately}.`, {
      value: p99,
      merge: 'max',
    }),
    gauge('nodejs_eventloop_lag_max_seconds', `Greatest lateness ${lately}.`, { value: max, merge: 'max' }),
  ];
}
