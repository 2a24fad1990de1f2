import type { Json } from './json.ts';
import type { RunStatus } from './result.ts';

/** How a schedule's run is made; the defaults are those of the runs. */
export interface TargetOptions {
  /** Of the project. @integer */
  environmentId?: number;
  /** Of the project: one iteration for each row. @integer */
  datasetId?: number;
  /** Stronger than those of the environment. */
  variables?: { [name: string]: Json };
  /** @integer @minimum 1 @maximum 1000000 */
  iterations?: number;
  /** @integer @minimum 1 @maximum 256 */
  concurrency?: number;
  /** Requests that are begun per second at most. @exclusiveMinimum 0 @maximum 100000 */
  ratePerSecond?: number;
  /** Whether nothing new is begun after the first result that did not pass. */
  bail?: boolean;
}

/** Whether requests run side by side, or one after another with what those before extracted. */
export type RequestOrder = 'parallel' | 'sequence';

/** What a schedule runs, all of its own project. Modules and the project: their entries as they are at that time. */
export type ScheduleTarget =
  | (TargetOptions & { type: 'scenario'; /** @integer */ scenarioId: number })
  | (TargetOptions & {
      type: 'requests';
      /** Ids of catalog entries. @minItems 1 @maxItems 10000 */
      apiIds: number[];
      /** Default: parallel. */
      order?: RequestOrder;
    })
  | (TargetOptions & { type: 'module'; /** @integer */ moduleId: number; order?: RequestOrder })
  | (TargetOptions & { type: 'project'; order?: RequestOrder });

export const webhookFormats = ['json', 'dingtalk', 'wecom', 'feishu'] as const;
export type WebhookFormat = (typeof webhookFormats)[number];

/**
 * When a message is sent: after every run, after those that did not pass, or when that changed since the run before.
 * A run that was cancelled counts as neither.
 */
export const webhookMoments = ['every', 'failure', 'change'] as const;
export type WebhookMoment = (typeof webhookMoments)[number];

export interface WebhookInput {
  /** Of one that is there already, to keep its address and secret where they are left out. @maxLength 40 */
  id?: string;
  /** @maxLength 100 */
  name?: string;
  format: WebhookFormat;
  /** Where messages are sent; stored encrypted, and shown without its key. @maxLength 2000 */
  url?: string;
  /** Signs messages: of DingTalk and Feishu robots, or of an own receiver (`json`). Stored encrypted. @maxLength 500 */
  secret?: string;
  /** Default: every. */
  on?: WebhookMoment;
  /** Of texts for people. Default: zh for DingTalk, WeCom and Feishu, en for json. */
  lang?: 'en' | 'zh';
  /** Default: true. */
  enabled?: boolean;
}

/** A webhook as it is shown. */
export interface Webhook {
  id: string;
  name: string;
  format: WebhookFormat;
  /** With `***` in place of keys. */
  url: string;
  /** Whether messages are signed. */
  signed: boolean;
  on: WebhookMoment;
  lang: 'en' | 'zh';
  enabled: boolean;
}

/** A webhook as it is stored. */
export interface StoredWebhook extends Omit<Webhook, 'url' | 'signed'> {
  shownUrl: string;
  sealedUrl: string;
  sealedSecret?: string;
}

export interface ScheduleFields {
  /** @minLength 1 @maxLength 200 @pattern \S */
  name: string;
  /** Five fields, or six beginning with seconds. @maxLength 200 */
  cron: string;
  /** IANA name of the zone that the cron expression speaks of. Default: UTC. @maxLength 100 */
  timeZone?: string;
  target: ScheduleTarget;
  /** @maxItems 20 */
  webhooks?: WebhookInput[];
  /** Default: true. */
  enabled?: boolean;
  /** Whether one run makes up for those that were missed while the service was down. Default: false. */
  catchUp?: boolean;
}

export const scheduleTriggers = ['cron', 'catchUp', 'manual'] as const;
export type ScheduleTrigger = (typeof scheduleTriggers)[number];

/** `missed`: the service was down, or the run before had not ended. `failed`: the run could not be started. */
export const scheduleRunStatuses = ['starting', 'running', 'ended', 'missed', 'failed'] as const;
export type ScheduleRunStatus = (typeof scheduleRunStatuses)[number];

/** What became of a due time, or of several that were missed in a row. */
export interface ScheduleRun {
  id: number;
  trigger: ScheduleTrigger;
  status: ScheduleRunStatus;
  /** ISO 8601; of several missed ones the first. */
  dueAt: string;
  /** Due times that it stands for. */
  count: number;
  /** The run's record, and how it stands; null when there is none (any more). */
  recordId: number | null;
  result: RunStatus | null;
  error?: { code: string; message: string };
  createdAt: string;
}

/** A message of a webhook. */
export interface WebhookDelivery {
  id: number;
  webhookId: string;
  /** Null when it told that a run could not be started, and when the record was removed. */
  recordId: number | null;
  status: 'waiting' | 'delivered' | 'failed';
  attempts: number;
  httpStatus: number | null;
  error?: { code: string; message: string };
  updatedAt: string;
}

export interface Schedule extends Omit<Required<ScheduleFields>, 'webhooks'> {
  id: number;
  projectId: number;
  webhooks: Webhook[];
  /** ISO 8601; null while it is disabled, or never due again. */
  nextRunAt: string | null;
  lastRunAt: string | null;
  lastRecordId: number | null;
  /** How the last run stands; null before the first one, and when it was removed. */
  lastResult: RunStatus | null;
  /** Due times without a run of their own, since it was made. */
  missedRuns: number;
  version: number;
  createdAt: string;
  updatedAt: string;
}

/** What a message tells of a run. Holds no secrets. */
export interface RunNotice {
  event: 'run.ended' | 'run.notStarted' | 'test';
  schedule: { id: number; name: string };
  project: { id: number; name: string };
  run: {
    /** Of the record; null when there is none. */
    id: number | null;
    name: string;
    type: string;
    status: RunStatus;
    counts: {
      total: number;
      passed: number;
      failed: number;
      error: number;
      skipped: number;
      cancelled: number;
    };
    startedAt: string | null;
    completedAt: string | null;
    error?: { code: string; message: string };
  };
  /** The first ones that did not pass. */
  failures: { name: string; iteration: number; path: string; status: string; message: string }[];
}
