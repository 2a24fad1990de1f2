import { describe, expect, test } from 'vitest';
import { collectMetrics } from '../../src/observability/collect-metrics.ts';
import { mergeMetrics } from '../../src/observability/merge-metrics.ts';
import type { MetricsData } from '../../src/observability/metrics-data.ts';
import { ProcessMeter } from '../../src/observability/process-meter.ts';
import { chooseMetricsFormat, toMetricsText } from '../../src/observability/to-metrics-text.ts';
import { parseMetrics } from './parse-metrics.ts';

const served = { generation: 3, functions: 2, modules: 1, failedModules: 0, quarantined: 0, runningCalls: 4 };

function collect(meter: ProcessMeter, facts: Partial<typeof served> = {}): MetricsData {
  const lag = { mean: 0.001, p99: 0.002, max: 0.003 };
  return collectMetrics({ meter, lag, served: { ...served, ...facts }, version: '1.2.3' });
}

const prometheus = chooseMetricsFormat(undefined);
const openmetrics = chooseMetricsFormat('application/openmetrics-text');
const parse = (data: MetricsData) => parseMetrics(toMetricsText(data, prometheus), 'prometheus');

function valueOf(data: MetricsData, name: string, labels: Record<string, string> = {}): number | undefined {
  const samples = [...parse(data).values()].flatMap((family) => family.samples);
  return samples.find((sample) => {
    return (
      sample.name === name && Object.entries(labels).every(([key, value]) => sample.labels[key] === value)
    );
  })?.value;
}

function busyMeter(calls: number, durationMs = 1): ProcessMeter {
  const meter = new ProcessMeter();
  for (let call = 0; call < calls; call++) {
    meter.began();
    meter.answered('/demo/hi', { status: 200, code: undefined, durationMs });
  }
  return meter;
}

describe('the text', () => {
  const meter = busyMeter(3);
  meter.answered('/we"ird\\\n', { status: 418, code: 'TEA\n"POT"', durationMs: 60_000 });
  meter.calledAsTool('/demo/hi', { status: 422, code: 'VALIDATION_ERROR', durationMs: 7 });
  meter.reloaded({ reason: 'save', outcome: 'swapped', durationMs: 12 });
  meter.shed('calls');

  test.each([
    ['prometheus', prometheus],
    ['openmetrics', openmetrics],
  ] as const)('is what a strict reader of %s takes, with all values', (name, format) => {
    const families = parseMetrics(toMetricsText(collect(meter), format), name);
    expect(families.size).toBeGreaterThan(25);
    const suffix = name === 'prometheus' ? '_total' : '';
    const requests = families.get(`api_deploy_requests${suffix}`)?.samples;
    expect(requests?.map(({ labels, value }) => [labels, value])).toEqual([
      [{ endpoint: '/demo/hi', status: '200', code: '' }, 3],
      [{ endpoint: '/we"ird\\\n', status: '418', code: 'TEA\n"POT"' }, 1],
    ]);
    const durations = families.get('api_deploy_request_duration_seconds')?.samples ?? [];
    const bucket = (endpoint: string, le: string) =>
      durations.find(({ labels }) => labels['endpoint'] === endpoint && labels['le'] === le)?.value;
    expect([bucket('/demo/hi', '0.001'), bucket('/demo/hi', '+Inf')]).toEqual([3, 3]);
    const last = name === 'prometheus' ? '30' : '30.0';
    expect([bucket('/we"ird\\\n', last), bucket('/we"ird\\\n', '+Inf')]).toEqual([0, 1]);
    const reload = families.get(`api_deploy_reloads${suffix}`)?.samples[0];
    expect(reload).toMatchObject({ labels: { reason: 'save', outcome: 'swapped' }, value: 1 });
  });

  test('of a process that has done nothing is one, too', () => {
    expect(parse(collect(new ProcessMeter())).size).toBeGreaterThan(25);
  });

  test('the strict reader sees what is wrong', () => {
    const text = toMetricsText(collect(meter), prometheus);
    const broken = [
      text.slice(0, -1),
      text.replace('le="0.0025"', 'le="0.0005"'),
      text.replace(
        /_bucket\{endpoint="\/demo\/hi",le="\+Inf"\} 3/,
        '_bucket{endpoint="/demo/hi",le="+Inf"} 4',
      ),
      text.replace('status="200"', 'status="20"0"'),
      text.replace('# TYPE api_deploy_generation gauge\n', ''),
      text.replace(/^(api_deploy_generation 3)$/m, '$1\n$1'),
      text.replace('api_deploy_generation 3', 'api_deploy_generation three'),
    ];
    for (const wrong of broken) {
      expect(wrong).not.toBe(text);
      expect(() => parseMetrics(wrong, 'prometheus')).toThrow();
    }
  });
});

test.each([
  [undefined, 'prometheus'],
  ['*/*', 'prometheus'],
  ['text/plain', 'prometheus'],
  ['application/openmetrics-text', 'openmetrics'],
  ['application/openmetrics-text; version=1.0.0; charset=utf-8', 'openmetrics'],
  // What Prometheus 3 sends by default.
  [
    'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1',
    'openmetrics',
  ],
  ['text/plain;version=0.0.4;q=0.9,application/openmetrics-text;q=0.5', 'prometheus'],
  ['application/openmetrics-text;q=0', 'prometheus'],
  ['application/openmetrics-text; version=2.0.0', 'prometheus'],
])('Accept: %s gives %s', (accept, name) => {
  expect(chooseMetricsFormat(accept).name).toBe(name);
});

describe('several processes', () => {
  const sent = (data: MetricsData): MetricsData => JSON.parse(JSON.stringify(data)) as MetricsData;

  test('add up, also after a way through JSON', () => {
    const [one, two] = [busyMeter(3, 1), busyMeter(4, 40)];
    two.answered('/demo/other', { status: 500, code: 'INTERNAL_ERROR', durationMs: 5 });
    two.reloaded({ reason: 'save', outcome: 'swapped', durationMs: 10 });
    const merged = mergeMetrics([sent(collect(one)), sent(collect(two, { generation: 5 }))]);
    const ok = { endpoint: '/demo/hi', status: '200' };
    expect(valueOf(merged, 'api_deploy_requests_total', ok)).toBe(7);
    expect(valueOf(merged, 'api_deploy_requests_total', { endpoint: '/demo/other' })).toBe(1);
    const bucket = (le: string) =>
      valueOf(merged, 'api_deploy_request_duration_seconds_bucket', { endpoint: '/demo/hi', le });
    expect([bucket('0.001'), bucket('0.025'), bucket('0.05'), bucket('+Inf')]).toEqual([3, 3, 7, 7]);
    expect(valueOf(merged, 'api_deploy_request_duration_seconds_sum', { endpoint: '/demo/hi' })).toBeCloseTo(
      0.163,
      6,
    );
    expect(valueOf(merged, 'api_deploy_generation')).toBe(5);
    expect(valueOf(merged, 'api_deploy_functions')).toBe(2);
    expect(valueOf(merged, 'api_deploy_running_calls')).toBe(8);
    expect(valueOf(merged, 'api_deploy_processes')).toBe(2);
    expect(valueOf(merged, 'api_deploy_build_info', { version: '1.2.3' })).toBe(1);
    expect(valueOf(merged, 'api_deploy_reloads_total', { reason: 'save' })).toBe(1);
    const texts = [prometheus, openmetrics].map((format) => toMetricsText(merged, format));
    expect(parseMetrics(texts[0]!, 'prometheus').size).toBe(parseMetrics(texts[1]!, 'openmetrics').size);
  });

  test('one alone is itself, and none is empty', () => {
    const data = sent(collect(busyMeter(2)));
    expect(mergeMetrics([data])).toEqual(data);
    expect(toMetricsText(mergeMetrics([]), openmetrics)).toBe('# EOF\n');
  });
});

describe('the number of series is bounded', () => {
  test('by 50 outcomes of an endpoint, however many codes its function makes up', () => {
    const meter = new ProcessMeter();
    for (let index = 0; index < 5_000; index++) {
      meter.answered('/demo/hi', { status: 400, code: `ORDER_${index}`, durationMs: 1 });
    }
    const samples = parse(collect(meter)).get('api_deploy_requests_total')!.samples;
    expect(samples).toHaveLength(51);
    expect(samples.find(({ labels }) => labels['code'] === 'other')?.value).toBe(4_950);
  });

  test('by 1,000 functions that are gone, while those that serve and the routes stay', () => {
    const meter = new ProcessMeter();
    const answer = { status: 200, code: undefined, durationMs: 1 };
    const kept = ['/demo/hi', '/', '/api/reload', 'unmatched', '/health'];
    for (const endpoint of kept) meter.answered(endpoint, answer);
    for (let index = 0; index < 900; index++) meter.answered(`/old/f${index}`, answer);
    meter.forgetGone(new Set(['/demo/hi']));
    expect(meter.requests.size).toBe(905);
    for (let index = 0; index < 200; index++) meter.answered(`/older/f${index}`, answer);
    meter.forgetGone(new Set(['/demo/hi']));
    expect([...meter.requests.entries()].map(([endpoint]) => endpoint).sort()).toEqual(kept.sort());
  });
});
