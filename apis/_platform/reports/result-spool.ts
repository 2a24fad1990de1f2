import { createReadStream } from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { RequestResult } from '../model/result.ts';

/** Results on disk, written once and read as often as wanted. */
export interface ResultSpool {
  append(result: RequestResult): Promise<void>;
  /** All that were appended when a loop over it begins, in that order. */
  readonly results: AsyncIterable<RequestResult>;
  /** Deletes them. */
  close(): Promise<void>;
}

/** Keeps results in a temporary file, so that reporters that read twice can report on a run that is not stored. */
export async function createResultSpool(): Promise<ResultSpool> {
  const folder = await mkdtemp(join(tmpdir(), 'api-deploy-results-'));
  const file = join(folder, 'results.jsonl');
  const handle = await open(file, 'a');
  let size = 0;
  let last: Promise<unknown> = Promise.resolve();
  return {
    append(result) {
      const line = Buffer.from(`${JSON.stringify(result)}\n`);
      const written = last.then(async () => {
        await handle.appendFile(line);
        size += line.length;
      });
      last = written.catch(() => undefined);
      return written;
    },
    results: {
      async *[Symbol.asyncIterator]() {
        await last;
        if (size === 0) return;
        const lines = createInterface({
          input: createReadStream(file, { end: size - 1 }),
          crlfDelay: Infinity,
        });
        for await (const line of lines) yield JSON.parse(line) as RequestResult;
      },
    },
    async close() {
      await last;
      await handle.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
