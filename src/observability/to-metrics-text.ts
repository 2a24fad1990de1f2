import type {
  HistogramFamily,
  HistogramSample,
  MetricFamily,
  MetricLabels,
  MetricsData,
} from './metrics-data.ts';

/** A text format that scrapers read. */
export interface MetricsFormat {
  readonly name: 'prometheus' | 'openmetrics';
  readonly contentType: string;
}

const prometheus: MetricsFormat = {
  name: 'prometheus',
  contentType: 'text/plain; version=0.0.4; charset=utf-8',
};

const openmetrics: MetricsFormat = {
  name: 'openmetrics',
  contentType: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
};

/** OpenMetrics 1.0 for who prefers it in `Accept`, else Prometheus' text format 0.0.4, which everybody reads. */
export function chooseMetricsFormat(accept: string | undefined): MetricsFormat {
  const ranges = (accept ?? '').toLowerCase().split(',');
  const wanted = Math.max(0, ...ranges.filter(isOpenmetrics).map(qualityOf));
  const plain = Math.max(0, ...ranges.filter((range) => /^\s*text\/plain\b/.test(range)).map(qualityOf));
  return wanted > 0 && wanted >= plain ? openmetrics : prometheus;
}

function isOpenmetrics(range: string): boolean {
  if (!/^\s*application\/openmetrics-text\b/.test(range)) return false;
  const version = /;\s*version\s*=\s*"?([\d.]+)/.exec(range)?.[1];
  return version === undefined || version === '1.0.0' || version === '0.0.1';
}

function qualityOf(range: string): number {
  const written = /;\s*q\s*=\s*([\d.]+)/.exec(range)?.[1];
  return written === undefined ? 1 : Number(written);
}

/** The metrics as text, in the given format. */
export function toMetricsText({ families }: MetricsData, format: MetricsFormat): string {
  const text = families.map((family) => familyText(family, format.name)).join('');
  return format.name === 'openmetrics' ? `${text}# EOF\n` : text;
}

function familyText(family: MetricFamily, format: MetricsFormat['name']): string {
  const { name, help, type } = family;
  const open = format === 'openmetrics';
  // In the older format, a family has the name of its samples.
  const shown = open ? name : sampleName(family);
  const lines = [
    `# HELP ${shown} ${open ? escapeQuoted(help) : escapeText(help)}`,
    `# TYPE ${shown} ${type === 'info' && !open ? 'gauge' : type}`,
    ...(open && /_(?:seconds|bytes)$/.test(name) ? [`# UNIT ${name} ${name.split('_').pop()}`] : []),
    ...sampleLines(family, open),
  ];
  return `${lines.join('\n')}\n`;
}

function sampleName({ name, type }: MetricFamily): string {
  switch (type) {
    case 'counter':
      return `${name}_total`;
    case 'info':
      return `${name}_info`;
    case 'gauge':
    case 'histogram':
      return name;
    default: {
      const check: never = type;
      return check;
    }
  }
}

function sampleLines(family: MetricFamily, open: boolean): string[] {
  if (family.type === 'histogram') {
    return family.samples.flatMap((sample) => histogramLines(family, sample, open));
  }
  const name = sampleName(family);
  return family.samples.map(({ labels, value }) => `${name}${labelText(labels)} ${value}`);
}

/** Buckets are cumulative here: each counts all values up to its bound. */
function histogramLines({ name, bounds }: HistogramFamily, sample: HistogramSample, open: boolean): string[] {
  const { labels, counts, sum } = sample;
  let total = 0;
  const buckets = counts.map((count, slot) => {
    total += count;
    const bound = bounds[slot];
    const le = bound === undefined ? '+Inf' : boundText(bound, open);
    return `${name}_bucket${labelText({ ...labels, le })} ${total}`;
  });
  return [...buckets, `${name}_sum${labelText(labels)} ${sum}`, `${name}_count${labelText(labels)} ${total}`];
}

/** OpenMetrics wants `1.0`; the older format has always had `1`. */
function boundText(bound: number, open: boolean): string {
  return open && Number.isInteger(bound) ? `${bound}.0` : String(bound);
}

function labelText(labels: MetricLabels): string {
  const entries = Object.entries(labels);
  if (entries.length === 0) return '';
  return `{${entries.map(([name, value]) => `${name}="${escapeQuoted(value)}"`).join(',')}}`;
}

function escapeText(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}

function escapeQuoted(text: string): string {
  return escapeText(text).replaceAll('"', '\\"');
}
