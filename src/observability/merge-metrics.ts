import type {
  HistogramFamily,
  HistogramSample,
  MetricFamily,
  MetricLabels,
  MetricMerge,
  MetricsData,
  MetricSample,
  NumberFamily,
} from './metrics-data.ts';

/**
 * The metrics of several processes as those of one service. All must run the same version: a family that the first
 * one lacks is appended, but types and bounds are taken from whoever comes first.
 */
export function mergeMetrics(all: readonly MetricsData[]): MetricsData {
  const families = new Map<string, MetricFamily>();
  for (const { families: added } of all) {
    for (const family of added) {
      const known = families.get(family.name);
      families.set(family.name, known === undefined ? family : mergeFamilies(known, family));
    }
  }
  return { families: [...families.values()] };
}

function mergeFamilies(known: MetricFamily, added: MetricFamily): MetricFamily {
  if (known.type === 'histogram') {
    return added.type === 'histogram' ? mergeHistograms(known, added) : known;
  }
  return added.type === 'histogram' ? known : mergeNumbers(known, added);
}

function mergeNumbers(known: NumberFamily, added: NumberFamily): NumberFamily {
  const combine = combiners[known.merge];
  const samples = mergeSamples<MetricSample>(known.samples, added.samples, (a, b) => ({
    labels: a.labels,
    value: combine(a.value, b.value),
  }));
  return { ...known, samples };
}

function mergeHistograms(known: HistogramFamily, added: HistogramFamily): HistogramFamily {
  const samples = mergeSamples<HistogramSample>(known.samples, added.samples, (a, b) => ({
    labels: a.labels,
    counts: a.counts.map((count, slot) => count + (b.counts[slot] ?? 0)),
    sum: a.sum + b.sum,
  }));
  return { ...known, samples };
}

const combiners: Readonly<Record<MetricMerge, (a: number, b: number) => number>> = {
  sum: (a, b) => a + b,
  max: (a, b) => Math.max(a, b),
  min: (a, b) => Math.min(a, b),
};

function mergeSamples<Sample extends { readonly labels: MetricLabels }>(
  known: readonly Sample[],
  added: readonly Sample[],
  combine: (a: Sample, b: Sample) => Sample,
): Sample[] {
  const byLabels = new Map(known.map((sample) => [keyOf(sample.labels), sample]));
  for (const sample of added) {
    const key = keyOf(sample.labels);
    const same = byLabels.get(key);
    byLabels.set(key, same === undefined ? sample : combine(same, sample));
  }
  return [...byLabels.values()];
}

function keyOf(labels: MetricLabels): string {
  return JSON.stringify(Object.entries(labels));
}
