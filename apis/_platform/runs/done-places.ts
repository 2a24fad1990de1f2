import type { RequestResult } from '../model/result.ts';
import type { Database } from '../storage/open-database.ts';

/** What a run has already, for going on with it. */
export interface DonePlaces {
  has: (iteration: number, path: string) => boolean;
  stored: (iteration: number, path: string) => Promise<RequestResult | undefined>;
}

const pageSize = 5_000;

/** Reads where the run has results; only the places stay in memory, each path once. */
export async function readDonePlaces(db: Database, record: number): Promise<DonePlaces | undefined> {
  const places = new Map<string, Set<number>>();
  for (let sequence = -1; ;) {
    const rows = await db
      .selectFrom('testResults')
      .select(['sequence', 'iteration', 'path'])
      .where('recordId', '=', record)
      .where('sequence', '>', sequence)
      .orderBy('sequence')
      .limit(pageSize)
      .execute();
    for (const { iteration, path } of rows) {
      const iterations = places.get(path);
      if (iterations === undefined) places.set(path, new Set([iteration]));
      else iterations.add(iteration);
    }
    const last = rows.at(-1);
    if (last === undefined) break;
    ({ sequence } = last);
  }
  if (places.size === 0) return undefined;
  return {
    has: (iteration, path) => places.get(path)?.has(iteration) ?? false,
    async stored(iteration, path) {
      const row = await db
        .selectFrom('testResults')
        .select('resultJson')
        .where('recordId', '=', record)
        .where('iteration', '=', iteration)
        .where('path', '=', path)
        .executeTakeFirst();
      return row === undefined ? undefined : (JSON.parse(row.resultJson) as RequestResult);
    },
  };
}
