import type { ResultStatus } from '../model/result.ts';
import type { ResultSummary } from '../model/run-record.ts';
import type { Database } from '../storage/open-database.ts';

type Side = ResultSummary & { resultJson: string };

/** The same place in two runs, or a place that only one of them has. */
export interface Pair {
  base?: Side;
  head?: Side;
}

const pageSize = 50;

/** Goes through two runs side by side, a page of results in memory at a time. */
export async function* pairedResults(db: Database, base: number, head: number): AsyncGenerator<Pair> {
  // Ids of those without a counterpart at their place, by what else they can be found by.
  const left = new Map<string, number[]>();
  for await (const { row, other } of withCounterparts(db, base, head)) {
    if (other !== undefined) yield { base: row, head: other };
    else left.set(likeness(row), [...(left.get(likeness(row)) ?? []), row.id]);
  }
  for await (const { row, other } of withCounterparts(db, head, base)) {
    if (other !== undefined) continue;
    const id = left.get(likeness(row))?.shift();
    const found = id === undefined ? undefined : await readSide(db, id);
    yield found === undefined ? { head: row } : { base: found, head: row };
  }
  for (const id of [...left.values()].flat()) {
    const row = await readSide(db, id);
    if (row !== undefined) yield { base: row };
  }
}

function likeness({ iteration, api, name }: Side): string {
  return JSON.stringify([iteration, api, name]);
}

async function* withCounterparts(
  db: Database,
  one: number,
  another: number,
): AsyncGenerator<{ row: Side; other: Side | undefined }> {
  for (let sequence = -1; ;) {
    const rows = await sides(db, one)
      .where('sequence', '>', sequence)
      .orderBy('sequence')
      .limit(pageSize)
      .execute();
    const last = rows.at(-1);
    if (last === undefined) return;
    ({ sequence } = last);
    const others = await sides(db, another)
      .where((where) => where.or(rows.map(({ iteration, path }) => where.and({ iteration, path }))))
      .execute();
    const byPlace = new Map(others.map((row) => [`${row.iteration} ${row.path}`, row]));
    for (const row of rows) {
      const other = byPlace.get(`${row.iteration} ${row.path}`);
      // Another request at the same place is another request.
      const isSame = other !== undefined && (other.apiId === row.apiId || other.name === row.name);
      yield { row: toSide(row), other: isSame ? toSide(other) : undefined };
    }
  }
}

function sides(db: Database, record: number) {
  return db
    .selectFrom('testResults')
    .select([
      'id',
      'sequence',
      'iteration',
      'path',
      'name',
      'apiId',
      'status',
      'method',
      'url',
      'httpStatus',
      'time',
      'startedAt',
      'resultJson',
    ])
    .where('recordId', '=', record);
}

type SideRow = Awaited<ReturnType<ReturnType<typeof sides>['execute']>>[number];

function toSide({ apiId, status, ...row }: SideRow): Side {
  return { ...row, api: apiId, status: status as ResultStatus };
}

async function readSide(db: Database, id: number): Promise<Side | undefined> {
  const { recordId } = (await db
    .selectFrom('testResults')
    .select('recordId')
    .where('id', '=', id)
    .executeTakeFirst()) ?? { recordId: undefined };
  if (recordId === undefined) return undefined;
  const row = await sides(db, recordId).where('id', '=', id).executeTakeFirst();
  return row === undefined ? undefined : toSide(row);
}
