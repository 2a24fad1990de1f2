import { parentPort } from 'node:worker_threads';
import type { ImportedCollection } from '../importers/importer.ts';
import { toOpenApi } from './openapi/to-openapi.ts';
import { toPostman } from './postman/to-postman.ts';

/*
 * Runs in a thread: writes documents that would keep the event loop busy. Entries come a slice at a time; the answer to
 * `end` is the document's bytes.
 */

export const writers = { openapi: toOpenApi, postman: toPostman } as const;
export type ExportFormat = keyof typeof writers;

export type ExportMessage =
  | { format: ExportFormat; collection: ImportedCollection }
  | { entries: ImportedCollection['entries'] }
  | { end: true };

let task: { format: ExportFormat; collection: ImportedCollection } | undefined;

parentPort?.on('message', (message: ExportMessage) => {
  if ('collection' in message) task = message;
  else if ('entries' in message) task?.collection.entries.push(...message.entries);
  else if (task !== undefined) {
    const bytes = new TextEncoder().encode(JSON.stringify(writers[task.format](task.collection), null, 2));
    parentPort?.postMessage(bytes, [bytes.buffer]);
  }
});
