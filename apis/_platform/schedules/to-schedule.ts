import type { RunStatus } from '../model/result.ts';
import type {
  Schedule,
  ScheduleRun,
  ScheduleRunStatus,
  ScheduleTarget,
  ScheduleTrigger,
  StoredWebhook,
  WebhookDelivery,
} from '../model/schedule.ts';
import type { Row } from '../storage/tables.ts';
import { toWebhook } from './webhooks/stored-webhooks.ts';

/** A row as callers see it; `lastResult` is the status of its last record. */
export function toSchedule(row: Row<'schedules'>, lastResult: string | null): Schedule {
  const { enabled, catchUp, targetJson, webhooksJson, ...rest } = row;
  return {
    ...rest,
    target: JSON.parse(targetJson) as ScheduleTarget,
    webhooks: (JSON.parse(webhooksJson) as StoredWebhook[]).map(toWebhook),
    enabled: enabled === 1,
    catchUp: catchUp === 1,
    lastResult: lastResult as RunStatus | null,
  };
}

export function toScheduleRun(
  row: Omit<Row<'scheduleRuns'>, 'scheduleId' | 'updatedAt'>,
  result: string | null,
): ScheduleRun {
  const { errorJson, ...rest } = row;
  return {
    ...rest,
    trigger: row.trigger as ScheduleTrigger,
    status: row.status as ScheduleRunStatus,
    result: result as RunStatus | null,
    ...errorOf(errorJson),
  };
}

export function toDelivery(row: Row<'webhookDeliveries'>): WebhookDelivery {
  const { id, webhookId, recordId, attempts, httpStatus, updatedAt } = row;
  const status = row.status as WebhookDelivery['status'];
  return { id, webhookId, recordId, status, attempts, httpStatus, ...errorOf(row.errorJson), updatedAt };
}

function errorOf(errorJson: string | null): { error?: { code: string; message: string } } {
  return errorJson === null ? {} : { error: JSON.parse(errorJson) as { code: string; message: string } };
}
