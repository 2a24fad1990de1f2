import { shedReasons } from '../contract/meter.ts';
import type { AnswerCounts } from './answer-counts.ts';
import type { EventLoopLag } from './event-loop-lag.ts';
import { durationBounds } from './histogram.ts';
import type {
  HistogramFamily,
  MetricFamily,
  MetricsData,
  MetricSample,
  NumberFamily,
} from './metrics-data.ts';
import { counter, gauge } from './number-family.ts';
import { collectProcessMetrics } from './process-metrics.ts';
import type { ProcessMeter } from './process-meter.ts';

/** What is served at the moment. */
export interface ServedFacts {
  readonly generation: number;
  readonly functions: number;
  readonly modules: number;
  readonly failedModules: number;
  /** Functions that are not called for having blocked the process too often. */
  readonly quarantined: number;
  readonly runningCalls: number;
}

export interface MetricsSource {
  readonly meter: ProcessMeter;
  readonly lag: Pick<EventLoopLag, 'mean' | 'p99' | 'max'>;
  readonly served: ServedFacts;
  readonly version: string;
}

/** All metrics of this process at this moment. Everything that takes time is done here, at the scrape. */
export function collectMetrics(source: MetricsSource): MetricsData {
  return {
    families: [
      ...collectAnswers(source.meter),
      ...collectTraffic(source.meter),
      ...collectReloads(source.meter),
      ...collectServed(source.served),
      ...collectProcessMetrics(source.lag, source.version),
    ],
  };
}

function collectAnswers({ requests, toolCalls }: ProcessMeter): MetricFamily[] {
  return [
    answersFamily('api_deploy_requests', 'HTTP requests by endpoint, status and error code.', requests),
    durationsFamily(
      'api_deploy_request_duration_seconds',
      'Time from the head of a request to its answer; of a stream, to its end.',
      requests,
    ),
    answersFamily('api_deploy_tool_calls', 'Calls of functions as MCP tools.', toolCalls),
    durationsFamily('api_deploy_tool_call_duration_seconds', 'Time that calls of tools took.', toolCalls),
  ];
}

function answersFamily(name: string, help: string, counts: AnswerCounts): NumberFamily {
  const samples = [...counts.entries()].flatMap(([endpoint, counted]) =>
    counted
      .outcomes()
      .map(({ status, code, count }): MetricSample => ({ labels: { endpoint, status, code }, value: count })),
  );
  return { name, help, type: 'counter', merge: 'sum', samples };
}

function durationsFamily(name: string, help: string, counts: AnswerCounts): HistogramFamily {
  const samples = [...counts.entries()].map(([endpoint, { durations }]) => ({
    labels: { endpoint },
    counts: [...durations.counts],
    sum: durations.sum,
  }));
  return { name, help, type: 'histogram', bounds: durationBounds, samples };
}

function collectTraffic(meter: ProcessMeter): MetricFamily[] {
  const sheds = shedReasons.map((reason) => ({ labels: { reason }, value: meter.sheds[reason] }));
  return [
    gauge('api_deploy_requests_in_flight', 'Requests that are not answered yet.', {
      value: meter.inFlight,
    }),
    { ...counter('api_deploy_shed', 'Requests refused for want of room, by reason.', 0), samples: sheds },
    counter('api_deploy_malformed_requests', 'Requests that were not valid HTTP.', meter.malformed),
    counter(
      'api_deploy_slow_readers',
      'Connections closed because the client took no answer.',
      meter.slowReaders,
    ),
    counter('api_deploy_request_body_bytes', 'Bytes of request bodies.', meter.receivedBytes),
    counter('api_deploy_response_body_bytes', 'Bytes of answers, without headers.', meter.sentBytes),
  ];
}

/** What is counted of reloads alone, for a process that serves nothing itself. */
export function collectReloads({
  reloads,
  reloadDurations,
}: Pick<ProcessMeter, 'reloads' | 'reloadDurations'>): MetricFamily[] {
  const samples = [...reloads.values()].map(({ reason, outcome, count }) => ({
    labels: { reason, outcome },
    value: count,
  }));
  return [
    { ...counter('api_deploy_reloads', 'Reloads by reason and outcome.', 0), samples },
    {
      name: 'api_deploy_reload_duration_seconds',
      help: 'Time that reloads took.',
      type: 'histogram',
      bounds: durationBounds,
      samples: [{ labels: {}, counts: [...reloadDurations.counts], sum: reloadDurations.sum }],
    },
  ];
}

function collectServed(served: ServedFacts): MetricFamily[] {
  return [
    gauge('api_deploy_generation', 'Number of the snapshot that serves.', {
      value: served.generation,
      merge: 'max',
    }),
    gauge('api_deploy_functions', 'Functions that are served.', {
      value: served.functions,
      merge: 'max',
    }),
    gauge('api_deploy_modules', 'Modules that are served.', {
      value: served.modules,
      merge: 'max',
    }),
    gauge('api_deploy_failed_modules', 'Modules whose file on disk does not serve.', {
      value: served.failedModules,
      merge: 'max',
    }),
    gauge(
      'api_deploy_quarantined_functions',
      'Functions that are not called any more for having blocked the process.',
      { value: served.quarantined, merge: 'max' },
    ),
    gauge('api_deploy_running_calls', 'Calls of functions that are not answered yet.', {
      value: served.runningCalls,
    }),
  ];
}
