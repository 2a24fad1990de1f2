import { apiFunction } from 'api-deploy';
import type { RunRecord } from './_platform/model/run-record.ts';
import type { ScheduleFields } from './_platform/model/schedule.ts';
import { getRecord } from './_platform/runs/record-store.ts';
import { checkCron, nextRuns } from './_platform/schedules/cron.ts';
import { listDeliveries, listHistory } from './_platform/schedules/schedule-history.ts';
import * as schedules from './_platform/schedules/schedule-store.ts';
import { scheduler } from './_platform/schedules/scheduling.ts';
import { database } from './_platform/storage/database.ts';

interface NewSchedule extends ScheduleFields {
  /** @integer */
  projectId: number;
}

interface ScheduleFilter {
  /** Those of this project. @integer */
  projectId?: number;
  /** Those with this text in their name. @maxLength 200 */
  text?: string;
}

/**
 * Creates a schedule: what runs when, and who is told. A cron expression or time zone that cannot be understood, a
 * target that is not there, and a webhook without an address are refused.
 */
export const create = apiFunction(({ projectId, ...fields }: NewSchedule) =>
  schedules.createSchedule(database(), projectId, fields),
);

/**
 * Gives a schedule with its next due time, its last result and the number of missed runs; its webhooks without keys.
 *
 * @readonly
 */
export const get = apiFunction((/** @integer */ id: number) => schedules.getSchedule(database(), id));

/**
 * Lists schedules, a page at a time.
 *
 * @param sort `-` begins with the greatest
 * @param page from 1
 * @readonly
 */
export const list = apiFunction(
  (
    filter: ScheduleFilter = {},
    sort: 'name' | '-name' | 'createdAt' | '-createdAt' | 'updatedAt' | '-updatedAt' = 'name',
    /** @integer @minimum 1 */ page = 1,
    /** @integer @minimum 1 @maximum 200 */ pageSize = 50,
  ) => schedules.listSchedules(database(), { filter, sort }, { page, pageSize }),
);

/**
 * Changes what is named in `changes`. `webhooks` replaces the list; one with the `id` of a present one keeps the address
 * and secret that are left out. When the schedule was changed by somebody else meanwhile, the answer is 409 CONFLICT
 * with the present version.
 *
 * @param version as it was read
 */
export const update = apiFunction(
  (/** @integer */ id: number, /** @integer */ version: number, changes: Partial<ScheduleFields>) =>
    schedules.updateSchedule(database(), { id, version }, changes),
);

/**
 * Removes a schedule with its history. Its runs stay.
 *
 * @destructive
 */
export const remove = apiFunction(async (/** @integer */ id: number) => {
  await schedules.removeSchedule(database(), id);
  return { removed: id };
});

/** Lets a schedule run at its times again, from now on: what was due while it was disabled is not missed. */
export const enable = apiFunction((/** @integer */ id: number) =>
  schedules.updateSchedule(database(), { id }, { enabled: true }),
);

/** Stops a schedule from running at its times; a run that goes on ends as it would. */
export const disable = apiFunction((/** @integer */ id: number) =>
  schedules.updateSchedule(database(), { id }, { enabled: false }),
);

/**
 * Gives the next due times of a cron expression, so that it can be tried before it is saved.
 *
 * @param cron five fields, or six beginning with seconds @maxLength 200
 * @param timeZone IANA name @maxLength 100
 * @param count how many @integer @minimum 1 @maximum 100
 * @readonly
 */
export const next = apiFunction((cron: string, timeZone = 'UTC', count = 5): { times: string[] } => {
  checkCron({ cron, timeZone });
  const times = nextRuns({ cron, timeZone }, { from: new Date(), count });
  return { times: times.map((time) => time.toISOString()) };
});

/** Runs a schedule at once, also one that is disabled or whose last run goes on. Gives the run's record. */
export const runNow = apiFunction(async (/** @integer */ id: number): Promise<RunRecord> =>
  getRecord(database(), await scheduler().runNow(id)),
);

/**
 * Lists what became of a schedule's due times, newest first: runs with their results, missed ones with the reason.
 *
 * @param page from 1
 * @readonly
 */
export const history = apiFunction(
  async (
    /** @integer */ id: number,
    /** @integer @minimum 1 */ page = 1,
    /** @integer @minimum 1 @maximum 200 */ pageSize = 50,
  ) => {
    await schedules.readSchedule(database(), id);
    return await listHistory(database(), id, { page, pageSize });
  },
);

/**
 * Lists the messages of a schedule's webhooks, newest first, with the status and error of the last attempt.
 *
 * @param page from 1
 * @readonly
 */
export const deliveries = apiFunction(
  async (
    /** @integer */ id: number,
    /** @integer @minimum 1 */ page = 1,
    /** @integer @minimum 1 @maximum 200 */ pageSize = 50,
  ) => {
    await schedules.readSchedule(database(), id);
    return await listDeliveries(database(), id, { page, pageSize });
  },
);

/**
 * Sends a test message through a webhook, once and at once, and tells what the receiver answered.
 *
 * @param webhookId as `get` gives it @maxLength 40
 */
export const testWebhook = apiFunction((/** @integer */ id: number, webhookId: string) =>
  scheduler().testWebhook(id, webhookId),
);
