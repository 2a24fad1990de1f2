import { collectMetrics } from '../observability/collect-metrics.ts';
import { createEventLoopLag, type EventLoopLag } from '../observability/event-loop-lag.ts';
import type { MetricsData } from '../observability/metrics-data.ts';
import { ProcessMeter } from '../observability/process-meter.ts';
import type { Registry } from '../registry/registry.ts';
import type { ReloadReport } from '../registry/reload-report.ts';
import { version } from './runtime-package.ts';

/** What a running service counts and measures. */
export interface Meters {
  readonly meter: ProcessMeter;
  readonly lag: EventLoopLag;
  countReload(report: ReloadReport, newFailures: readonly unknown[]): void;
  /** All metrics of this process; what others know of it is handed in. */
  collect(about: { readonly runningCalls: number; readonly quarantined: number }): MetricsData;
  close(): void;
}

export function createMeters(registry: Registry): Meters {
  const meter = new ProcessMeter();
  const lag = createEventLoopLag();
  const stopListening = registry.onSwap(({ endpoints }) => meter.forgetGone(endpoints));
  return {
    meter,
    lag,
    countReload({ reason, swapped, durationMs }, newFailures) {
      const outcome = newFailures.length > 0 ? 'failed' : swapped ? 'swapped' : 'unchanged';
      meter.reloaded({ reason, outcome, durationMs });
    },
    collect(about) {
      const { generation, endpoints, modules } = registry.current;
      const served = {
        ...about,
        generation,
        functions: endpoints.size,
        modules: modules.size,
        failedModules: registry.failures.length,
      };
      return collectMetrics({ meter, lag, served, version });
    },
    close() {
      stopListening();
      lag.close();
    },
  };
}
