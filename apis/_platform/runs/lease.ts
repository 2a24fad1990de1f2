import { sql } from 'kysely';
import type { Database } from '../storage/open-database.ts';
import { isGone } from './owner.ts';

/*
 * A run belongs to one owner at a time, in whichever process. The owner renews its lease; when it vanishes, the lease
 * ends and the next one takes the run over. Whoever writes for a run does so in a transaction that fails when the run
 * has another owner by then: an owner that was only asleep cannot add anything.
 */

/** Milliseconds without a sign of life after which a run is taken over. */
export const leaseTime = 5_000;

/** How often a run may be taken over in a row without a new result; it probably ends whoever runs it. */
export const takeoverLimit = 5;

/** The run has another owner now; nothing was written. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
}

export function leaseEnd(now = Date.now()): string {
  return new Date(now + leaseTime).toISOString();
}

/** A run that nobody runs; `gone` is the owner that vanished although its lease has not ended. */
export interface UnownedRun {
  id: number;
  gone?: string;
}

/** Takes a queued run, or one whose owner gave it up or vanished. False: somebody else was first, or it has ended. */
export async function claimRun(db: Database, { id, gone }: UnownedRun, owner: string): Promise<boolean> {
  const now = new Date().toISOString();
  const { numUpdatedRows } = await db
    .updateTable('testRecords')
    .set({
      status: 'running',
      takeovers: sql`case when owner is null then takeovers else takeovers + 1 end`,
      owner,
      leaseUntil: leaseEnd(),
      startedAt: sql`coalesce(started_at, ${now})`,
      updatedAt: now,
    })
    .where('id', '=', id)
    .where('status', 'in', ['queued', 'running'])
    .where((where) =>
      where.or([
        where('leaseUntil', 'is', null),
        where('leaseUntil', '<', now),
        ...(gone === undefined ? [] : [where('owner', '=', gone)]),
      ]),
    )
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** Runs that nobody runs, oldest first. */
export async function findUnownedRuns(db: Database, limit: number): Promise<UnownedRun[]> {
  const now = new Date().toISOString();
  const rows = await db
    .selectFrom('testRecords')
    .select(['id', 'owner', 'leaseUntil'])
    .where('status', 'in', ['queued', 'running'])
    .orderBy('id')
    .execute();
  const unowned = rows.flatMap(({ id, owner, leaseUntil }): UnownedRun[] => {
    if (owner === null || leaseUntil === null || leaseUntil < now) return [{ id }];
    return isGone(owner) ? [{ id, gone: owner }] : [];
  });
  return unowned.slice(0, limit);
}

export interface OwnedRun {
  id: number;
  cancelRequested: boolean;
}

/** Renews all leases of `owner`, and tells which runs it still has. */
export async function renewLeases(db: Database, owner: string): Promise<OwnedRun[]> {
  await db
    .updateTable('testRecords')
    .set({ leaseUntil: leaseEnd() })
    .where('status', '=', 'running')
    .where('owner', '=', owner)
    .execute();
  const rows = await db
    .selectFrom('testRecords')
    .select(['id', 'cancelRequested'])
    .where('status', '=', 'running')
    .where('owner', '=', owner)
    .execute();
  return rows.map(({ id, cancelRequested }) => ({ id, cancelRequested: cancelRequested === 1 }));
}

/** Gives a run up, so that another owner can go on with it at once. */
export async function releaseRun(db: Database, id: number, owner: string): Promise<void> {
  await db
    .updateTable('testRecords')
    .set({ owner: null, leaseUntil: null, updatedAt: new Date().toISOString() })
    .where('id', '=', id)
    .where('owner', '=', owner)
    .execute();
}
