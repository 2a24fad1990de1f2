import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { ApiError } from 'api-deploy';
import { garbageCollector } from './collect-garbage.ts';
import { ImportError } from './import-error.ts';
import type { EntrySlice, WorkerAnswer, WorkerQuestion } from './import-worker.ts';
import type { PreparedCollection, PreparedEntry } from './prepared-collection.ts';
import { missingUrls, needsThisThread, readCollections, type ReadRequest } from './read-collections.ts';
import { threadCode } from './thread-code.ts';

export interface ReadContext {
  signal: AbortSignal;
  /** Fetches what descriptions refer to by URL; without it, those references lead nowhere. */
  fetchUrl?: (url: string, signal: AbortSignal) => Promise<string>;
}

/** Characters up to which documents are read at once: a few milliseconds. */
const smallDocuments = 128 * 1024;
const workerMemoryMb = 2048;
/** Documents that one import may fetch. */
const maxFetched = 200;

/**
 * Reads documents into what can be written. Large ones are read in a thread, so that other calls go on; their texts are
 * let go of here.
 *
 * @throws ApiError IMPORT_FORMAT_UNKNOWN, IMPORT_INVALID, IMPORT_TOO_LARGE; what `fetchUrl` throws
 */
export async function readDocuments(
  request: ReadRequest,
  context: ReadContext,
): Promise<PreparedCollection[]> {
  const size = request.files.reduce((sum, file) => sum + file.text.length, 0);
  const files = [...request.files];
  const reader = await openReader(
    size > smallDocuments && !asApiErrors(() => needsThisThread(request)),
    context.signal,
  );
  try {
    const fetched = new Set<string>();
    for (;;) {
      const asked = { ...request, files };
      if (context.fetchUrl === undefined) return await reader.read(asked);
      const missing = (await reader.missing(asked)).filter((url) => !fetched.has(url));
      if (missing.length === 0) return await reader.read(asked);
      for (const url of missing) {
        if (fetched.size >= maxFetched) {
          throw new ApiError(
            'IMPORT_TOO_LARGE',
            `the description refers to more than ${maxFetched} other documents`,
            {
              status: 422,
            },
          );
        }
        fetched.add(url);
        files.push({ name: url, text: await context.fetchUrl(url, context.signal) });
      }
    }
  } finally {
    await reader.close();
  }
}

interface Reader {
  missing(request: ReadRequest): Promise<string[]>;
  read(request: ReadRequest): Promise<PreparedCollection[]>;
  close(): Promise<void>;
}

function openReader(apart: boolean, signal: AbortSignal): Promise<Reader> | Reader {
  return apart ? openThread(signal) : readerHere;
}

const readerHere: Reader = {
  missing: async (request) => asApiErrors(() => missingUrls(request)),
  read: async (request) =>
    asApiErrors(() => {
      const entries: PreparedEntry[][] = [];
      const collections = readCollections(request, (index, entry) => (entries[index] ??= []).push(entry));
      return collections.map((one, index) => ({ ...one, entries: entries[index] ?? [] }));
    }),
  close: async () => undefined,
};

async function openThread(signal: AbortSignal): Promise<Reader> {
  const worker = new Worker(await threadCode(join(__dirname, 'import-worker.ts')), {
    eval: true,
    resourceLimits: { maxOldGenerationSizeMb: workerMemoryMb },
  });
  const stop = (): void => void worker.terminate();
  signal.addEventListener('abort', stop, { once: true });
  const ask = (question: WorkerQuestion) => askWorker(worker, question);
  return {
    async missing(request) {
      const answer = await ask({ ask: 'missing', request });
      return 'missing' in answer ? answer.missing : [];
    },
    async read(request) {
      const entries: PreparedEntry[][] = [];
      const collect = garbageCollector();
      worker.on('message', (message: EntrySlice | WorkerAnswer) => {
        if (!('entries' in message)) return;
        (entries[message.collection] ??= []).push(...message.entries);
        collect();
      });
      const asked = ask({ ask: 'read', request });
      // The thread has the texts now; here they would only take memory until the import is done.
      for (const file of request.files) file.text = '';
      collect('now');
      const answer = await asked;
      const collections = 'collections' in answer ? answer.collections : [];
      for (const [index, one] of collections.entries()) one.entries = entries[index] ?? [];
      for (;;) {
        const slice = await ask({ ask: 'next' });
        if (!('schemas' in slice)) return collections;
        collections[slice.collection]?.schemas.push(...slice.schemas);
      }
    },
    async close() {
      signal.removeEventListener('abort', stop);
      await worker.terminate();
    },
  };
}

function askWorker(
  worker: Worker,
  question: WorkerQuestion,
): Promise<Exclude<WorkerAnswer, { error: unknown }>> {
  return new Promise((resolve, reject) => {
    const done = (settle: () => void): void => {
      worker.off('message', onMessage).off('error', onError).off('exit', onExit);
      settle();
    };
    const onMessage = (answer: WorkerAnswer | EntrySlice): void => {
      if ('entries' in answer) return;
      done(() => ('error' in answer ? reject(toApiError(answer.error)) : resolve(answer)));
    };
    const onError = (error: Error & { code?: string }): void =>
      done(() => reject(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? tooLarge() : error));
    const onExit = (): void => done(() => reject(new Error('the thread that reads documents has ended')));
    worker.on('message', onMessage).on('error', onError).on('exit', onExit);
    worker.postMessage(question);
  });
}

function tooLarge(): ApiError {
  return new ApiError(
    'IMPORT_TOO_LARGE',
    `reading the documents takes more than ${workerMemoryMb} MB of memory; split them`,
    {
      status: 422,
    },
  );
}

function asApiErrors<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof ImportError) throw toApiError(error);
    throw error;
  }
}

function toApiError({
  code,
  message,
  details,
}: {
  code?: string;
  message: string;
  details?: unknown;
}): Error {
  if (code === undefined) return new Error(message);
  return new ApiError(code, message, { status: 422, ...(details === undefined ? {} : { details }) });
}
