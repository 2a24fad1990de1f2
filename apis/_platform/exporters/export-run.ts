import { database } from '../storage/database.ts';
import { notFound } from '../storage/find-row.ts';
import type { RequestResult } from '../model/result.ts';
import { harHead, harTail, toHarEntry } from './to-har.ts';

const page = 100;

/**
 * The results of a run as a HAR document, piece by piece: never all of them in memory.
 *
 * @throws ApiError NOT_FOUND
 */
export async function runAsHar(recordId: number): Promise<ReadableStream<Uint8Array>> {
  const record = await database()
    .selectFrom('testRecords')
    .select(['name', 'status'])
    .where('id', '=', recordId)
    .executeTakeFirst();
  if (record === undefined) throw notFound('run', recordId);
  const pieces = harPieces(recordId, `${record.name} (${record.status})`);
  const encoder = new TextEncoder();
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await pieces.next();
      if (done === true) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
    async cancel() {
      await pieces.return(undefined);
    },
  });
}

async function* harPieces(recordId: number, comment: string): AsyncGenerator<string, void> {
  yield harHead(comment);
  let isFirst = true;
  let after = -1;
  for (;;) {
    const rows = await database()
      .selectFrom('testResults')
      .select(['sequence', 'resultJson'])
      .where('recordId', '=', recordId)
      .where('sequence', '>', after)
      .orderBy('sequence')
      .limit(page)
      .execute();
    for (const { sequence, resultJson } of rows) {
      after = sequence;
      const entry = toHarEntry(JSON.parse(resultJson) as RequestResult);
      if (entry === undefined) continue;
      yield `${isFirst ? '' : ','}\n${JSON.stringify(entry)}`;
      isFirst = false;
    }
    if (rows.length < page) break;
  }
  yield harTail;
}
