import { parentPort } from 'node:worker_threads';
import { garbageCollector } from './collect-garbage.ts';
import { ImportError } from './import-error.ts';
import type { PreparedCollection, PreparedEntry, PreparedSchema } from './prepared-collection.ts';
import { missingUrls, readCollections, type ReadRequest } from './read-collections.ts';

/*
 * Runs in a thread: reads documents that would keep the event loop busy. Answers one question at a time. Entries go
 * out in slices while they are read, so that they are in one thread alone; schemas are asked for slice by slice.
 */

export type WorkerQuestion =
  | { ask: 'missing'; request: ReadRequest }
  | { ask: 'read'; request: ReadRequest }
  /** The next slice of schemas of what was read. */
  | { ask: 'next' };

export type WorkerAnswer =
  | { missing: string[] }
  /** All but entries, which have come, and schemas, which follow. */
  | { collections: PreparedCollection[] }
  | { collection: number; schemas: PreparedSchema[] }
  | { end: true }
  | { error: { code?: string; message: string; details?: unknown } };

/** Comes by itself while documents are read. */
export interface EntrySlice {
  collection: number;
  entries: PreparedEntry[];
}

/** Characters of JSON in one slice, about. */
const sliceSize = 64 * 1024;

let rest: Iterator<WorkerAnswer> | undefined;

function answer(question: WorkerQuestion): WorkerAnswer {
  switch (question.ask) {
    case 'missing':
      return { missing: missingUrls(question.request) };
    case 'read': {
      const collections = read(question.request);
      rest = slices(collections);
      return { collections: collections.map((one) => ({ ...one, schemas: [] })) };
    }
    case 'next':
      return (rest?.next().value as WorkerAnswer | undefined) ?? { end: true };
    default: {
      const never: never = question;
      return never;
    }
  }
}

function read(request: ReadRequest): PreparedCollection[] {
  let slice: EntrySlice = { collection: 0, entries: [] };
  let size = 0;
  const collect = garbageCollector();
  const send = (collection: number): void => {
    if (slice.entries.length > 0) parentPort?.postMessage(slice);
    slice = { collection, entries: [] };
    size = 0;
    collect();
  };
  const collections = readCollections(request, (collection, entry) => {
    if (collection !== slice.collection || size >= sliceSize) send(collection);
    slice.entries.push(entry);
    for (const text of Object.values(entry.columns) as (string | null)[]) size += text?.length ?? 0;
  });
  send(0);
  return collections;
}

function* slices(collections: PreparedCollection[]): Generator<WorkerAnswer> {
  for (const [collection, { schemas }] of collections.entries()) {
    let part: PreparedSchema[] = [];
    let size = 0;
    for (const schema of schemas) {
      part.push(schema);
      size += schema.json.length;
      if (size < sliceSize) continue;
      yield { collection, schemas: part };
      [part, size] = [[], 0];
    }
    yield { collection, schemas: part };
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
