import type { SaveOutcome } from '../model/save-outcome.ts';
import type { Database } from '../storage/open-database.ts';

/** Milliseconds that a process has it to itself after each sign of life. */
const leaseTime = 10_000;

/** The one row, which is there from the beginning. */
const row = 1;

/** Whether this process is the one that tests after saves, now and for the next ten seconds. */
export async function takeLease(db: Database, holder: string): Promise<boolean> {
  const now = new Date();
  const leaseUntil = new Date(now.getTime() + leaseTime).toISOString();
  const taken = await db
    .updateTable('testOnSave')
    .set({ holder, leaseUntil })
    .where('id', '=', row)
    .where((on) => on.or([on('holder', '=', holder), on('leaseUntil', '<', now.toISOString())]))
    .executeTakeFirst();
  return taken.numUpdatedRows > 0n;
}

/** Notes what has come of it until now, which is a sign of life too. */
export async function keepOutcome(db: Database, holder: string, outcome: SaveOutcome): Promise<void> {
  const leaseUntil = new Date(Date.now() + leaseTime).toISOString();
  await db
    .updateTable('testOnSave')
    .set({ leaseUntil, outcomeJson: JSON.stringify(outcome) })
    .where('id', '=', row)
    .where('holder', '=', holder)
    .execute();
}

/** Undefined: no save was followed by tests yet. */
export async function readOutcome(db: Database): Promise<SaveOutcome | undefined> {
  const found = await db
    .selectFrom('testOnSave')
    .select('outcomeJson')
    .where('id', '=', row)
    .executeTakeFirst();
  return typeof found?.outcomeJson !== 'string' ? undefined : (JSON.parse(found.outcomeJson) as SaveOutcome);
}
