import type { RunNotice, StoredWebhook } from '../../model/schedule.ts';
import type { Row } from '../../storage/tables.ts';
import type { DeliveryOutcome } from './judge-answer.ts';
import { sendMessage, type SendParts } from './send-message.ts';

/** Milliseconds from one attempt to the next; after the last one a delivery has failed. */
export const delays: readonly number[] = [1000, 5000, 30_000, 120_000, 600_000];

/** Whoever makes an attempt has so long (ms) for it; then another process may try. */
const attemptWithin = 60_000;
const atOnce = 20;

/** Sends the messages that are due. Each attempt is made by one process. */
export async function deliverWaiting(parts: SendParts): Promise<void> {
  const due = await parts.db
    .selectFrom('webhookDeliveries')
    .selectAll()
    .where('status', '=', 'waiting')
    .where('nextTryAt', '<=', new Date().toISOString())
    .orderBy('nextTryAt')
    .limit(atOnce)
    .execute();
  await Promise.all(due.map((delivery) => attempt(parts, delivery)));
}

async function attempt(parts: SendParts, delivery: Row<'webhookDeliveries'>): Promise<void> {
  const { db } = parts;
  const { numUpdatedRows } = await db
    .updateTable('webhookDeliveries')
    .set({ nextTryAt: new Date(Date.now() + attemptWithin).toISOString(), attempts: delivery.attempts + 1 })
    .where('id', '=', delivery.id)
    .where('status', '=', 'waiting')
    .where('attempts', '=', delivery.attempts)
    .executeTakeFirst();
  if (numUpdatedRows !== 1n) return;
  const webhook = await webhookOf(parts, delivery);
  const outcome = webhook === undefined ? gone : await tryToSend(parts, webhook, delivery);
  await noteOutcome(parts, delivery, outcome);
}

const gone: DeliveryOutcome = {
  delivered: false,
  httpStatus: null,
  error: { code: 'WEBHOOK_REMOVED', message: 'the webhook was removed before the message was sent' },
  worthAnotherTry: false,
};

async function webhookOf(
  { db }: SendParts,
  { scheduleId, webhookId }: Row<'webhookDeliveries'>,
): Promise<StoredWebhook | undefined> {
  const row = await db
    .selectFrom('schedules')
    .select('webhooksJson')
    .where('id', '=', scheduleId)
    .executeTakeFirst();
  return (JSON.parse(row?.webhooksJson ?? '[]') as StoredWebhook[]).find(({ id }) => id === webhookId);
}

/** What cannot even be made (a secret that this service cannot open) is an outcome too. */
async function tryToSend(
  parts: SendParts,
  webhook: StoredWebhook,
  { noticeJson }: Row<'webhookDeliveries'>,
): Promise<DeliveryOutcome> {
  try {
    return await sendMessage(parts, webhook, JSON.parse(noticeJson) as RunNotice);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return {
      delivered: false,
      httpStatus: null,
      error: { code: 'NOT_SENT', message },
      worthAnotherTry: true,
    };
  }
}

async function noteOutcome(
  { db, signal }: SendParts,
  { id, attempts }: Row<'webhookDeliveries'>,
  { delivered, httpStatus, error, worthAnotherTry }: DeliveryOutcome,
): Promise<void> {
  // Cut off by the end of this process: the next one makes the attempt anew.
  const cutOff = signal.aborted && !delivered;
  const delay = cutOff ? 0 : delays[attempts];
  const again = cutOff || (!delivered && worthAnotherTry && delay !== undefined);
  await db
    .updateTable('webhookDeliveries')
    .set({
      status: delivered ? 'delivered' : again ? 'waiting' : 'failed',
      httpStatus,
      errorJson: error === undefined ? null : JSON.stringify(error),
      updatedAt: new Date().toISOString(),
      ...(cutOff ? { attempts } : {}),
      ...(again ? { nextTryAt: new Date(Date.now() + (delay ?? 0)).toISOString() } : {}),
    })
    .where('id', '=', id)
    .where('status', '=', 'waiting')
    .execute();
}
