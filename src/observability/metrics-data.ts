/** How the values of several processes become one. */
export type MetricMerge = 'sum' | 'max' | 'min';

export type MetricLabels = Readonly<Record<string, string>>;

export interface MetricSample {
  readonly labels: MetricLabels;
  readonly value: number;
}

export interface HistogramSample {
  readonly labels: MetricLabels;
  /** How many values fell into each bucket alone, one more than there are bounds. */
  readonly counts: readonly number[];
  readonly sum: number;
}

interface FamilyHead {
  /** Without `_total`, `_info` and the like, which the formats add. */
  readonly name: string;
  readonly help: string;
}

export interface NumberFamily extends FamilyHead {
  readonly type: 'counter' | 'gauge' | 'info';
  readonly merge: MetricMerge;
  readonly samples: readonly MetricSample[];
}

export interface HistogramFamily extends FamilyHead {
  readonly type: 'histogram';
  /** Upper bounds of the buckets, ascending, without the infinite one. */
  readonly bounds: readonly number[];
  readonly samples: readonly HistogramSample[];
}

export type MetricFamily = NumberFamily | HistogramFamily;

/** All metrics at one moment, as plain data that can be sent between processes. */
export interface MetricsData {
  readonly families: readonly MetricFamily[];
}
