import { parentPort } from 'node:worker_threads';
import { ImportError } from './import-error.ts';
import { prepareCollection, type PreparedCollection } from './prepared-collection.ts';
import { missingUrls, readCollections, type ReadRequest } from './read-collections.ts';

/*
 * Runs in a thread: reads documents that would keep the event loop busy. Answers one question at a time, and gives
 * entries a slice at a time, so that taking them in does not keep it busy either.
 */

export type WorkerQuestion =
  | { ask: 'missing'; request: ReadRequest }
  | { ask: 'read'; request: ReadRequest }
  /** The next slice of what was read. */
  | { ask: 'next' };

export type WorkerAnswer =
  | { missing: string[] }
  /** All but entries and schemas, which follow. */
  | { collections: PreparedCollection[] }
  | { collection: number; part: Pick<PreparedCollection, 'entries' | 'schemas'> }
  | { end: true }
  | { error: { code?: string; message: string; details?: unknown } };

/** Characters of JSON in one slice, about. */
const sliceSize = 512 * 1024;

let rest: Iterator<WorkerAnswer> | undefined;

function answer(question: WorkerQuestion): WorkerAnswer {
  switch (question.ask) {
    case 'missing':
      return { missing: missingUrls(question.request) };
    case 'read': {
      const read = readCollections(question.request);
      const collections = read.map(({ file, collection }) => prepareCollection(file, collection));
      rest = slices(collections);
      return { collections: collections.map((one) => ({ ...one, entries: [], schemas: [] })) };
    }
    case 'next':
      return (rest?.next().value as WorkerAnswer | undefined) ?? { end: true };
    default: {
      const never: never = question;
      return never;
    }
  }
}

function* slices(collections: PreparedCollection[]): Generator<WorkerAnswer> {
  for (const [collection, { entries, schemas }] of collections.entries()) {
    let part: Pick<PreparedCollection, 'entries' | 'schemas'> = { entries: [], schemas: [] };
    let size = 0;
    for (const schema of schemas) {
      part.schemas.push(schema);
      size += schema.json.length;
      if (size < sliceSize) continue;
      yield { collection, part };
      [part, size] = [{ entries: [], schemas: [] }, 0];
    }
    for (const entry of entries) {
      part.entries.push(entry);
      size += Object.values(entry.columns).reduce((sum: number, text) => sum + (text?.length ?? 0), 0);
      if (size < sliceSize) continue;
      yield { collection, part };
      [part, size] = [{ entries: [], schemas: [] }, 0];
    }
    yield { collection, part };
  }
}

parentPort?.on('message', (question: WorkerQuestion) => {
  try {
    parentPort?.postMessage(answer(question));
  } catch (error) {
    const { message } = error as Error;
    const known = error instanceof ImportError ? { code: error.code, details: error.details } : {};
    parentPort?.postMessage({ error: { message, ...known } } satisfies WorkerAnswer);
  }
});
