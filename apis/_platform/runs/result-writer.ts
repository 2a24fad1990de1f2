import { setTimeout as sleep } from 'node:timers/promises';
import type { RequestResult } from '../model/result.ts';
import type { Database } from '../storage/open-database.ts';
import { commitResults, type PendingResult } from './commit-results.ts';
import { isPassingTrouble } from './passing-trouble.ts';

/** What goes into one transaction at most, and how long the first of it waits for more. */
export const batchLimits = { results: 250, bytes: 2 * 1024 * 1024, milliseconds: 100 } as const;

/** Milliseconds between tries while the disk is full. */
const retryDelay = 1_000;

export interface WriterOptions {
  db: Database;
  record: number;
  owner: string;
  /** Runs after each commit. */
  onCommit?: () => void;
  /** Told once when results cannot be written for now (`error`), and once when they can again (undefined). */
  onTrouble?: (error: Error | undefined) => void;
}

/**
 * Writes the results of a run in batches. A result counts as acknowledged once its batch is committed; until then
 * nobody sees it.
 */
export interface ResultWriter {
  /** Returns a promise when much waits to be written: whoever waits for it cannot run ahead of the disk. */
  add(result: RequestResult): Promise<void> | void;
  /**
   * Resolves when everything that was added is committed.
   *
   * @throws LeaseLost when the run has another owner, or what the database refused
   */
  flush(): Promise<void>;
  /** Gives up what is not committed, and ends a wait for a full disk. */
  abandon(): void;
}

export function createResultWriter(options: WriterOptions): ResultWriter {
  let waiting: PendingResult[] = [];
  let bytes = 0;
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> | undefined;
  let failure: { error: unknown } | undefined;
  const abandoned = new AbortController();

  const isFull = () => waiting.length >= batchLimits.results || bytes >= batchLimits.bytes;

  /** Writes until nothing waits, one batch after another. */
  const write = (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    if (waiting.length > 0) writing ??= writeAll();
    return writing ?? Promise.resolve();
  };

  const writeAll = async (): Promise<void> => {
    try {
      for (;;) {
        if (waiting.length === 0) return;
        const batch = takeBatch(waiting);
        waiting = waiting.slice(batch.length);
        for (const { json } of batch) bytes -= json.length;
        await commitPatiently(options, batch, abandoned.signal);
        options.onCommit?.();
      }
    } catch (error) {
      failure = { error };
      throw error;
    } finally {
      // In the same turn in which nothing waits: what is added after that begins anew.
      writing = undefined;
    }
  };

  return {
    add(result) {
      if (failure !== undefined) throw failure.error;
      const json = JSON.stringify(result);
      waiting.push({ result: slim(result), json });
      bytes += json.length;
      if (isFull()) return write();
      // A failure is kept, and thrown to whoever adds or flushes next.
      timer ??= setTimeout(() => void write().catch(() => undefined), batchLimits.milliseconds);
      return undefined;
    },
    async flush() {
      // Results that come while a batch is written are taken along by the loop.
      await write();
      if (failure !== undefined) throw failure.error;
    },
    abandon() {
      clearTimeout(timer);
      abandoned.abort();
      waiting = [];
      bytes = 0;
    },
  };
}

/** Without request, answer and checks, which are in the JSON already. */
function slim(result: RequestResult): PendingResult['result'] {
  return {
    iteration: result.iteration,
    path: result.path,
    name: result.name,
    api: result.api,
    status: result.status,
    startedAt: result.startedAt,
    method: result.request?.method,
    url: result.request?.url,
    httpStatus: result.response?.status,
    time: result.timings?.total,
  };
}

function takeBatch(waiting: readonly PendingResult[]): PendingResult[] {
  let bytes = 0;
  const end = waiting.findIndex(({ json }, index) => {
    bytes += json.length;
    return index >= batchLimits.results || (index > 0 && bytes > batchLimits.bytes);
  });
  return waiting.slice(0, end === -1 ? waiting.length : end);
}

async function commitPatiently(
  { db, record, owner, onTrouble }: WriterOptions,
  batch: readonly PendingResult[],
  abandoned: AbortSignal,
): Promise<void> {
  let troubled = false;
  for (;;) {
    try {
      await commitResults(db, { record, owner, results: batch });
      if (troubled) onTrouble?.(undefined);
      return;
    } catch (error) {
      if (!isPassingTrouble(error) || abandoned.aborted) throw error;
      if (!troubled) onTrouble?.(error as Error);
      troubled = true;
      await sleep(retryDelay, undefined, { signal: abandoned }).catch(() => {
        throw error;
      });
    }
  }
}
