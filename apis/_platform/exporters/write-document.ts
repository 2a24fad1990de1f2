import { once } from 'node:events';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { ImportedCollection } from '../importers/importer.ts';
import { threadCode } from '../importers/thread-code.ts';
import { writers, type ExportFormat, type ExportMessage } from './export-worker.ts';

/** Entries up to which a document is written at once. */
const smallCollection = 100;
const slice = 20;

/** A collection as the bytes of a document. A large one is written in a thread, so that other calls go on. */
export async function writeDocument(
  format: ExportFormat,
  collection: ImportedCollection,
  signal: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  if (collection.entries.length <= smallCollection) {
    return new TextEncoder().encode(JSON.stringify(writers[format](collection), null, 2));
  }
  const worker = new Worker(await threadCode(join(__dirname, 'export-worker.ts')), { eval: true });
  const stop = (): void => void worker.terminate();
  signal.addEventListener('abort', stop, { once: true });
  const written = once(worker, 'message', { signal });
  // It is waited for at the end; until then nobody else hears of a failure.
  written.catch(() => undefined);
  try {
    const send = (message: ExportMessage): void => worker.postMessage(message);
    send({ format, collection: { ...collection, entries: [] } });
    for (let from = 0; from < collection.entries.length; from += slice) {
      send({ entries: collection.entries.slice(from, from + slice) });
      await nextTurn();
    }
    send({ end: true });
    const [bytes] = (await written) as [Uint8Array<ArrayBuffer>];
    return bytes;
  } finally {
    signal.removeEventListener('abort', stop);
    await worker.terminate();
  }
}
