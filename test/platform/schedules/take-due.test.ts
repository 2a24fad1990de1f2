import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mendStarts } from '../../../apis/_platform/schedules/start-taken.ts';
import { takeDue } from '../../../apis/_platform/schedules/take-due.ts';
import { openDatabase, type Database } from '../../../apis/_platform/storage/open-database.ts';
import type { Row, RowUpdate } from '../../../apis/_platform/storage/tables.ts';
import { addProject, addRun } from '../reports/stored-runs.ts';

let folder: string;
let db: Database;
let project: number;
const others: Database[] = [];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'api-deploy-schedules-'));
  const file = join(folder, 'platform.sqlite');
  db = await openDatabase(file);
  project = await addProject(db);
  for (let count = 0; count < 4; count++) others.push(await openDatabase(file));
});
afterAll(async () => {
  await Promise.all([db, ...others].map((each) => each?.destroy()));
  await rm(folder, { recursive: true, force: true });
});

const at = (time: string): Date => new Date(`2026-03-01T${time}Z`);

/** Due every ten seconds, next at 10:00:00. */
async function addSchedule(fields: RowUpdate<'schedules'> = {}): Promise<Row<'schedules'>> {
  const now = new Date().toISOString();
  return await db
    .insertInto('schedules')
    .values({
      projectId: project,
      name: 'often',
      cron: '*/10 * * * * *',
      timeZone: 'UTC',
      enabled: 1,
      targetJson: '{"type":"project"}',
      webhooksJson: '[]',
      nextRunAt: at('10:00:00').toISOString(),
      lastRunAt: null,
      lastRecordId: null,
      missedRuns: 0,
      catchUp: 0,
      createdAt: now,
      updatedAt: now,
      ...(fields as object),
    })
    .returningAll()
    .executeTakeFirstOrThrow();
}

async function stateOf({ id }: { id: number }) {
  const row = await db.selectFrom('schedules').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
  const runs = await db
    .selectFrom('scheduleRuns')
    .selectAll()
    .where('scheduleId', '=', id)
    .orderBy('id')
    .execute();
  return {
    nextRunAt: row.nextRunAt,
    missedRuns: row.missedRuns,
    runs: runs.map(({ trigger, status, dueAt, count, errorJson }) => [
      trigger,
      status,
      dueAt.slice(11, 19),
      count,
      (JSON.parse(errorJson ?? 'null') as { code: string } | null)?.code,
    ]),
  };
}

describe('a start that was cut off', () => {
  test('is joined with its record, or said to have failed', async () => {
    const [joined, lost] = [await addSchedule(), await addSchedule()];
    for (const schedule of [joined, lost]) await takeDue(db, schedule, at('10:00:00'));
    const record = await addRun(db, { project, results: [] });
    await db.updateTable('testRecords').set({ scheduleId: joined.id }).where('id', '=', record).execute();
    // They may still be under way.
    await mendStarts(db);
    expect((await stateOf(lost)).runs).toMatchObject([['cron', 'starting', '10:00:00', 1, undefined]]);
    await mendStarts(db, new Date(Date.now() + 61_000));
    expect((await stateOf(joined)).runs).toMatchObject([['cron', 'running', '10:00:00', 1, undefined]]);
    expect((await stateOf(lost)).runs).toMatchObject([['cron', 'failed', '10:00:00', 1, 'START_FAILED']]);
    const { lastRecordId } = await db
      .selectFrom('schedules')
      .selectAll()
      .where('id', '=', joined.id)
      .executeTakeFirstOrThrow();
    expect(lastRecordId).toBe(record);
  });
});

describe('a due time', () => {
  test('is taken by one of many processes', async () => {
    const schedule = await addSchedule();
    const taken = await Promise.all(
      [db, ...others, db, ...others].map((each) => takeDue(each, schedule, at('10:00:01'))),
    );
    expect(taken.filter((each) => each !== undefined)).toHaveLength(1);
    expect(await stateOf(schedule)).toEqual({
      nextRunAt: at('10:00:10').toISOString(),
      missedRuns: 0,
      runs: [['cron', 'starting', '10:00:00', 1, undefined]],
    });
  });

  test('is run late within a minute; those before it are missed', async () => {
    const schedule = await addSchedule();
    expect(await takeDue(db, schedule, at('10:00:35'))).toMatchObject({ trigger: 'cron' });
    expect(await stateOf(schedule)).toEqual({
      nextRunAt: at('10:00:40').toISOString(),
      missedRuns: 3,
      runs: [
        ['cron', 'missed', '10:00:00', 3, 'SERVICE_DOWN'],
        ['cron', 'starting', '10:00:30', 1, undefined],
      ],
    });
  });

  test('that is longer ago is missed, counted and said; catchUp makes up for it once', async () => {
    const daily = { cron: '0 10 * * *' };
    const schedule = await addSchedule(daily);
    expect(await takeDue(db, schedule, new Date('2026-03-03T12:00:00Z'))).toBeUndefined();
    expect(await stateOf(schedule)).toEqual({
      nextRunAt: '2026-03-04T10:00:00.000Z',
      missedRuns: 3,
      runs: [['cron', 'missed', '10:00:00', 3, 'SERVICE_DOWN']],
    });
    const caring = await addSchedule({ ...daily, catchUp: 1 });
    expect(await takeDue(db, caring, new Date('2026-03-03T12:00:00Z'))).toMatchObject({ trigger: 'catchUp' });
    expect(await stateOf(caring)).toMatchObject({
      missedRuns: 3,
      runs: [
        ['cron', 'missed', '10:00:00', 3, 'SERVICE_DOWN'],
        ['catchUp', 'starting', '10:00:00', 1, undefined],
      ],
    });
  });

  test('is missed while the run before goes on', async () => {
    const schedule = await addSchedule();
    const first = await takeDue(db, schedule, at('10:00:00'));
    const record = await addRun(db, { project, results: [] });
    const stillDue = async () => ({ ...schedule, nextRunAt: (await stateOf(schedule)).nextRunAt });
    expect(await takeDue(db, await stillDue(), at('10:00:10'))).toBeUndefined();
    await db
      .updateTable('scheduleRuns')
      .set({ status: 'running', recordId: record })
      .where('id', '=', first?.id ?? 0)
      .execute();
    await db.updateTable('testRecords').set({ status: 'running' }).where('id', '=', record).execute();
    expect(await takeDue(db, await stillDue(), at('10:00:20'))).toBeUndefined();
    await db.updateTable('testRecords').set({ status: 'passed' }).where('id', '=', record).execute();
    expect(await takeDue(db, await stillDue(), at('10:00:30'))).toMatchObject({ trigger: 'cron' });
    expect(await stateOf(schedule)).toMatchObject({
      missedRuns: 2,
      runs: [
        ['cron', 'running', '10:00:00', 1, undefined],
        ['cron', 'missed', '10:00:10', 1, 'STILL_RUNNING'],
        ['cron', 'missed', '10:00:20', 1, 'STILL_RUNNING'],
        ['cron', 'starting', '10:00:30', 1, undefined],
      ],
    });
  });

  test('of a schedule that was changed, disabled or removed meanwhile is nobody’s', async () => {
    const schedule = await addSchedule();
    await db.updateTable('schedules').set({ enabled: 0 }).where('id', '=', schedule.id).execute();
    expect(await takeDue(db, schedule, at('10:00:00'))).toBeUndefined();
    await db.updateTable('schedules').set({ enabled: 1, version: 2 }).where('id', '=', schedule.id).execute();
    expect(await takeDue(db, schedule, at('10:00:00'))).toBeUndefined();
    await db.deleteFrom('schedules').where('id', '=', schedule.id).execute();
    expect(await takeDue(db, schedule, at('10:00:00'))).toBeUndefined();
  });
});
