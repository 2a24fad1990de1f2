import { ApiError } from 'api-deploy';
import type { RunNotice, StoredWebhook } from '../../model/schedule.ts';
import type { Database } from '../../storage/open-database.ts';
import type { Row } from '../../storage/tables.ts';
import { toNoticeWithoutRun, toRunNotice } from '../run-notice.ts';
import { readSchedule } from '../schedule-store.ts';
import type { DeliveryOutcome } from './judge-answer.ts';
import { sendMessage, type SendParts } from './send-message.ts';

/**
 * Sends a test message through a webhook of a schedule, once and at once: about its last run, or about a run that
 * never was.
 *
 * @throws ApiError NOT_FOUND, SECRET_KEY_INVALID, SECRET_KEY_CHANGED, SECRET_BROKEN
 */
export async function sendTest(
  parts: SendParts,
  { scheduleId, webhookId }: { scheduleId: number; webhookId: string },
): Promise<Omit<DeliveryOutcome, 'worthAnotherTry'>> {
  const schedule = await readSchedule(parts.db, scheduleId);
  const webhook = (JSON.parse(schedule.webhooksJson) as StoredWebhook[]).find(({ id }) => id === webhookId);
  if (webhook === undefined) {
    throw new ApiError('NOT_FOUND', `there is no webhook '${webhookId}' in schedule ${scheduleId}`, {
      status: 404,
    });
  }
  const { worthAnotherTry: _later, ...outcome } = await sendMessage(
    parts,
    webhook,
    await toTestNotice(parts.db, schedule),
  );
  return outcome;
}

/** Its last run may have been removed. */
async function toTestNotice(db: Database, schedule: Row<'schedules'>): Promise<RunNotice> {
  const { lastRecordId } = schedule;
  const last =
    lastRecordId === null ? undefined : await toRunNotice(db, schedule, lastRecordId).catch(() => undefined);
  return last === undefined
    ? await toNoticeWithoutRun(db, schedule, { event: 'test' })
    : { ...last, event: 'test' };
}
