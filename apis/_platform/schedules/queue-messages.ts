import type { RunStatus } from '../model/result.ts';
import type { RunNotice, StoredWebhook } from '../model/schedule.ts';
import type { Database } from '../storage/open-database.ts';
import { stamps } from '../storage/stamps.ts';
import type { Row } from '../storage/tables.ts';

interface Occasion {
  schedule: Row<'schedules'>;
  /** Row in `scheduleRuns`. */
  run: { id: number; scheduleId: number; recordId: number | null };
  /** Asked for when there is a webhook at all. */
  notice: () => Promise<RunNotice>;
}

/** Writes down which messages are to be sent, as a part of the transaction that notes what happened. */
export async function queueMessages(db: Database, { schedule, run, notice: ask }: Occasion): Promise<void> {
  const webhooks = (JSON.parse(schedule.webhooksJson) as StoredWebhook[]).filter(({ enabled }) => enabled);
  if (webhooks.length === 0) return;
  const notice = await ask();
  const before = await outcomeBefore(db, run);
  const wanted = webhooks.filter(({ on }) => isWanted(on, notice.run.status, before));
  if (wanted.length === 0) return;
  const { createdAt, updatedAt } = stamps();
  const rows = wanted.map(({ id }) => ({
    scheduleId: schedule.id,
    scheduleRunId: run.id,
    recordId: run.recordId,
    webhookId: id,
    status: 'waiting',
    attempts: 0,
    nextTryAt: createdAt,
    httpStatus: null,
    errorJson: null,
    noticeJson: JSON.stringify(notice),
    createdAt,
    updatedAt,
  }));
  await db.insertInto('webhookDeliveries').values(rows).execute();
}

const outcomes = ['passed', 'failed', 'error', 'interrupted'] as const satisfies RunStatus[];

/** Whether the schedule's run before this one passed; undefined without one. One that could not start did not. */
async function outcomeBefore(
  db: Database,
  run: { id: number; scheduleId: number },
): Promise<boolean | undefined> {
  const row = await db
    .selectFrom('scheduleRuns as run')
    .leftJoin('testRecords as record', 'record.id', 'run.recordId')
    .select('record.status')
    .where('run.scheduleId', '=', run.scheduleId)
    .where('run.id', '<', run.id)
    .where((where) => where.or([where('run.status', '=', 'failed'), where('record.status', 'in', outcomes)]))
    .orderBy('run.id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row === undefined ? undefined : row.status === 'passed';
}

/** Before the first run all is taken to be well. */
function isWanted(on: StoredWebhook['on'], status: RunStatus, passedBefore = true): boolean {
  const judged = (outcomes as readonly RunStatus[]).includes(status);
  switch (on) {
    case 'every':
      return true;
    case 'failure':
      return judged && status !== 'passed';
    case 'change':
      return judged && (status === 'passed') !== passedBefore;
    default: {
      const check: never = on;
      return check;
    }
  }
}
