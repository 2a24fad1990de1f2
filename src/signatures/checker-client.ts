import type { Worker } from 'node:worker_threads';
import { startThread } from '../threads/start-thread.ts';
import type { CheckerMessage, CheckerQuestion, CheckerThreadData } from './checker-messages.ts';
import type {
  DeriveRequest,
  DeriveResult,
  SignatureChecker,
  SignatureCheckerOptions,
} from './signature-checker.ts';

export type * from './signature-checker.ts';

const defaultDeadline = 20;

interface Pending {
  readonly id: number;
  readonly resolve: (result: DeriveResult) => void;
  readonly reject: (error: Error) => void;
}

interface Thread {
  readonly worker: Worker;
  /** The checker's process, as long as it runs. */
  pid: number | undefined;
  pending: Pending | undefined;
  /** All served files, as it was told last. */
  served: readonly string[] | undefined;
  ending: boolean;
}

/**
 * Starts a checker in a worker thread of its own. It never keeps the process alive, except while a
 * request is running.
 */
export function createSignatureChecker(options: SignatureCheckerOptions): SignatureChecker {
  const deadlineMs = (options.deadline ?? defaultDeadline) * 1000;
  // What a new thread has to know after the one before was ended.
  const texts = new Map<string, string>();
  const removed = new Set<string>();
  let thread: Thread | undefined = startCheckerThread({ options, texts, removed: [] }, forget);
  let queue: Promise<unknown> = Promise.resolve();
  let closed: Promise<void> | undefined;
  let lastId = 0;

  function forget(ended: Thread): void {
    if (thread === ended) thread = undefined;
  }

  async function ask(request: DeriveRequest): Promise<DeriveResult> {
    if (closed !== undefined) throw new Error('the signature checker is closed');
    const current = (thread ??= startCheckerThread({ options, texts, removed: [...removed] }, forget));
    for (const [file, text] of request.changed) {
      texts.set(file, text);
      removed.delete(file);
    }
    for (const file of request.removed) {
      texts.delete(file);
      removed.add(file);
    }
    lastId += 1;
    const id = lastId;
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise<DeriveResult>((resolve, reject) => {
        current.pending = { id, resolve, reject };
        current.worker.ref();
        timer = setTimeout(() => {
          forget(current);
          reject(
            new Error(
              `the type checker took longer than ${deadlineMs / 1000} s and was ended; the next save starts it anew`,
            ),
          );
          void endThread(current);
        }, deadlineMs);
        const served = current.served === request.served ? undefined : request.served;
        current.served = request.served;
        current.worker.postMessage({ id, request: { ...request, served } } satisfies CheckerQuestion);
      });
    } finally {
      clearTimeout(timer);
      current.pending = undefined;
      current.worker.unref();
    }
  }

  return {
    derive(request) {
      const answer = queue.then(() => ask(request));
      queue = answer.catch(() => undefined);
      return answer;
    },
    close() {
      closed ??= (async () => {
        const last = thread;
        thread = undefined;
        last?.pending?.reject(new Error('the signature checker was closed'));
        if (last !== undefined) await endThread(last);
      })();
      return closed;
    },
  };
}

function startCheckerThread(data: CheckerThreadData, onEnd: (thread: Thread) => void): Thread {
  const worker = startThread('checker-thread', import.meta.url, data);
  const thread: Thread = { worker, pid: undefined, pending: undefined, served: undefined, ending: false };
  worker.unref();
  worker.on('message', (message: CheckerMessage) => receive(thread, message));
  worker.on('error', (error) => {
    onEnd(thread);
    thread.pending?.reject(new Error(`the type checker's thread failed: ${error.message}`, { cause: error }));
  });
  worker.on('exit', () => {
    onEnd(thread);
    endProcess(thread);
    thread.pending?.reject(new Error("the type checker's thread ended"));
  });
  return thread;
}

function receive(thread: Thread, message: CheckerMessage): void {
  if (message.kind === 'process') {
    thread.pid = message.pid;
    if (thread.ending) endProcess(thread);
    return;
  }
  const { pending } = thread;
  if (pending?.id !== message.id) return;
  if (message.kind === 'derived') pending.resolve(message.result);
  else pending.reject(new Error(message.message));
}

/** The process first: a thread that waits for its answer does not hear that it should end. */
async function endThread(thread: Thread): Promise<void> {
  thread.ending = true;
  endProcess(thread);
  // Nothing else may keep this process alive until the thread has ended.
  thread.worker.ref();
  await thread.worker.terminate();
}

function endProcess(thread: Thread): void {
  const { pid } = thread;
  thread.pid = undefined;
  if (pid === undefined) return;
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}
