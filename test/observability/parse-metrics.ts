/** A sample as the formats write it. */
export interface ParsedSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface ParsedFamily {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly unit?: string;
  readonly samples: readonly ParsedSample[];
}

type Format = 'prometheus' | 'openmetrics';

const metricName = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const labelPattern = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"/y;
const samplePattern = new RegExp(`^(${metricName})(\\{.*\\})? (\\S+)$`);
/** Without timestamps and exemplars, which we never write. */
const numberPattern = /^(?:[+-]?Inf|NaN|[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)$/;

const types: Readonly<Record<Format, readonly string[]>> = {
  prometheus: ['counter', 'gauge', 'histogram', 'summary', 'untyped'],
  openmetrics: ['counter', 'gauge', 'histogram', 'summary', 'info', 'stateset', 'gaugehistogram', 'unknown'],
};

/** What may follow a family's name in its samples, by type. */
const suffixes: Readonly<Record<Format, Readonly<Record<string, readonly string[]>>>> = {
  prometheus: { counter: [''], gauge: [''], histogram: ['_bucket', '_sum', '_count'] },
  openmetrics: {
    counter: ['_total'],
    gauge: [''],
    histogram: ['_bucket', '_sum', '_count'],
    info: ['_info'],
  },
};

interface OpenFamily {
  name: string;
  type: string;
  help: string;
  unit?: string;
  samples: ParsedSample[];
}

/**
 * Reads Prometheus' text format 0.0.4 or OpenMetrics 1.0 by its grammar and its rules, more strictly than scrapers do.
 *
 * @throws Error naming the line that breaks a rule
 */
export function parseMetrics(text: string, format: Format): Map<string, ParsedFamily> {
  if (!text.endsWith('\n')) throw new Error('expected a line feed at the end');
  if (text.includes('\r')) throw new Error('expected no carriage returns');
  const lines = text.slice(0, -1).split('\n');
  if (format === 'openmetrics' && lines.pop() !== '# EOF') throw new Error('expected # EOF at the end');
  const families = new Map<string, ParsedFamily>();
  let family: OpenFamily | undefined;
  const close = (): void => {
    if (family === undefined) return;
    checkFamily(family, format);
    families.set(family.name, family);
    family = undefined;
  };
  for (const line of lines) {
    const fail = (why: string): never => {
      throw new Error(`${why}: ${line}`);
    };
    if (line === '') fail('expected no empty line');
    if (!line.startsWith('#')) {
      if (family === undefined) fail('expected metadata before samples');
      family!.samples.push(parseSample(line));
      continue;
    }
    const meta =
      new RegExp(`^# (HELP|TYPE|UNIT) (${metricName}) (.*)$`).exec(line) ?? fail('expected metadata');
    const [, kind, name = '', rest = ''] = meta;
    if (family !== undefined && (family.name !== name || family.samples.length > 0)) close();
    if (families.has(name)) fail('expected each family once, in one piece');
    family ??= { name, type: '', help: '', samples: [] };
    if (kind === 'HELP') family.help = rest;
    else if (kind === 'UNIT') family.unit = rest;
    else if (types[format].includes(rest)) family.type = rest;
    else fail('expected a type');
  }
  close();
  return families;
}

function parseSample(line: string): ParsedSample {
  const [, name = '', written = '', value = ''] = samplePattern.exec(line) ?? [];
  if (name === '') throw new Error(`expected a sample: ${line}`);
  if (!numberPattern.test(value)) throw new Error(`expected a number: ${line}`);
  return { name, labels: parseLabels(written, line), value: toNumber(value) };
}

function toNumber(text: string): number {
  return Number(text.replace('Inf', 'Infinity'));
}

function parseLabels(written: string, line: string): Record<string, string> {
  const labels: Record<string, string> = {};
  if (written === '') return labels;
  const inner = written.slice(1, -1);
  labelPattern.lastIndex = 0;
  for (;;) {
    const at = labelPattern.lastIndex;
    const [whole = '', name = '', value = ''] = labelPattern.exec(inner) ?? [];
    if (whole === '') throw new Error(`expected a label at ${at}: ${line}`);
    if (Object.hasOwn(labels, name)) throw new Error(`expected each label once: ${line}`);
    labels[name] = value.replace(/\\(.)/g, (_, letter: string) => (letter === 'n' ? '\n' : letter));
    const end = at + whole.length;
    if (end === inner.length) return labels;
    if (inner[end] !== ',') throw new Error(`expected a comma: ${line}`);
    labelPattern.lastIndex = end + 1;
  }
}

function checkFamily(family: OpenFamily, format: Format): void {
  const { name, type, help, unit, samples } = family;
  if (type === '' || help === '') throw new Error(`${name}: expected HELP and TYPE`);
  if (unit !== undefined && !name.endsWith(`_${unit}`))
    throw new Error(`${name}: expected its unit at its end`);
  if (format === 'prometheus' && type === 'counter' && !name.endsWith('_total'))
    throw new Error(`${name}: _total`);
  if (format === 'openmetrics' && /_(?:total|info|bucket|count|sum)$/.test(name))
    throw new Error(`${name}: suffix`);
  const seen = new Set<string>();
  for (const sample of samples) {
    const suffix = sample.name.slice(name.length);
    if (!sample.name.startsWith(name) || !suffixes[format][type]?.includes(suffix)) {
      throw new Error(`${name}: unexpected sample ${sample.name}`);
    }
    const key = JSON.stringify([sample.name, Object.entries(sample.labels).map(String).sort()]);
    if (seen.has(key)) throw new Error(`${name}: expected each sample once, got ${key} twice`);
    seen.add(key);
    if (type === 'counter' && !(sample.value >= 0)) throw new Error(`${name}: expected 0 or more`);
  }
  if (type === 'histogram') checkHistograms(family, format);
}

/** Buckets ascend, end with +Inf, and the last one is the count. */
function checkHistograms({ name, samples }: OpenFamily, format: Format): void {
  const groups = new Map<string, ParsedSample[]>();
  for (const sample of samples) {
    const { le: _, ...labels } = sample.labels;
    const key = JSON.stringify(labels);
    groups.set(key, [...(groups.get(key) ?? []), sample]);
  }
  for (const [key, group] of groups) {
    const buckets = group.filter((sample) => sample.name === `${name}_bucket`);
    const bounds = buckets.map(({ labels }) => toNumber(labels['le'] ?? ''));
    if (bounds.at(-1) !== Infinity) throw new Error(`${name}${key}: expected +Inf at the end`);
    const canonical = (le: string) => le === '+Inf' || le.includes('.') || le.includes('e');
    if (format === 'openmetrics' && !buckets.every(({ labels }) => canonical(labels['le']!))) {
      throw new Error(`${name}${key}: expected canonical bounds`);
    }
    for (let at = 1; at < buckets.length; at++) {
      const [before, after] = [buckets[at - 1]!, buckets[at]!];
      if (!(bounds[at - 1]! < bounds[at]!) || before.value > after.value) {
        throw new Error(`${name}${key}: expected ascending buckets`);
      }
    }
    const count = group.find((sample) => sample.name === `${name}_count`)?.value;
    const sum = group.find((sample) => sample.name === `${name}_sum`)?.value;
    if (count !== buckets.at(-1)?.value || sum === undefined) throw new Error(`${name}${key}: count or sum`);
  }
}
