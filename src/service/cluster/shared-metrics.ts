import { collectReloads } from '../../observability/collect-metrics.ts';
import { mergeMetrics } from '../../observability/merge-metrics.ts';
import type { MetricsData } from '../../observability/metrics-data.ts';
import type { ProcessMeter } from '../../observability/process-meter.ts';
import type { WorkerProcess } from '../../supervision/cluster/worker-process.ts';

/**
 * The metrics of all processes as those of one service. What a process had counted at the last scrape still
 * counts when it has ended: totals do not go back because a process was replaced.
 */
export class SharedMetrics {
  readonly #meter: ProcessMeter;
  readonly #last = new Map<WorkerProcess, MetricsData>();
  #ended: MetricsData = { families: [] };

  /** `meter`: of reloads, which all processes run together. */
  constructor(meter: ProcessMeter) {
    this.#meter = meter;
  }

  /** Asks these processes; one that does not answer counts as it was at the last scrape. */
  async collect(serving: readonly WorkerProcess[]): Promise<MetricsData> {
    await Promise.all(
      serving.map(async (worker) => {
        const data = await worker.peer.ask<MetricsData>('metrics').catch(() => undefined);
        if (data !== undefined) this.#last.set(worker, data);
      }),
    );
    for (const [worker, data] of this.#last) {
      if (worker.state !== 'ended') continue;
      this.#ended = mergeMetrics([this.#ended, countedBy(data)]);
      this.#last.delete(worker);
    }
    return mergeMetrics([
      ...withoutReloads([...this.#last.values(), this.#ended]),
      { families: collectReloads(this.#meter) },
    ]);
  }
}

const reloadFamilies = new Set(['api_deploy_reloads', 'api_deploy_reload_duration_seconds']);

function withoutReloads(all: readonly MetricsData[]): MetricsData[] {
  return all.map(({ families }) => ({ families: families.filter(({ name }) => !reloadFamilies.has(name)) }));
}

/** What only ever rises. */
function countedBy({ families }: MetricsData): MetricsData {
  return { families: families.filter(({ type }) => type === 'counter' || type === 'histogram') };
}
