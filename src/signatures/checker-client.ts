import type { Worker } from 'node:worker_threads';
import { startThread } from '../threads/start-thread.ts';
import {
  endCalmly,
  type CheckerMessage,
  type CheckerQuestion,
  type CheckerThreadData,
} from './checker-messages.ts';
import type {
  DeriveRequest,
  DeriveResult,
  SignatureChecker,
  SignatureCheckerOptions,
} from './signature-checker.ts';

export type * from './signature-checker.ts';

const defaultDeadline = 20;

/**
 * How long thread and process are kept without a question, seconds: the checker needs from 60 MB to several hundred, and
 * opens a project of a thousand files anew in about half a second.
 */
const defaultIdle = 300;

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

  const idle = createIdleTimer(() => {
    const current = thread;
    if (current === undefined || current.pending !== undefined) return;
    // The next question starts a new one, which is told all texts.
    forget(current);
    // From within: whoever kills the process from here leaves it to be waited for until this one ends.
    current.worker.postMessage(endCalmly);
  });
  const idleSeconds = options.idle ?? defaultIdle;
  idle.start(idleSeconds);

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
    idle.stop();
    try {
      return await askThread(current, { id, request }, { deadlineMs, onLate: forget });
    } finally {
      idle.start(idleSeconds);
    }
  }

  return {
    derive(request) {
      const answer = queue.then(() => ask(request));
      queue = answer.catch(() => undefined);
      return answer;
    },
    close() {
      idle.stop();
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

/** One question at a time. A thread that is late is ended. */
async function askThread(
  thread: Thread,
  { id, request }: { id: number; request: DeriveRequest },
  { deadlineMs, onLate }: { deadlineMs: number; onLate: (thread: Thread) => void },
): Promise<DeriveResult> {
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise<DeriveResult>((resolve, reject) => {
      thread.pending = { id, resolve, reject };
      thread.worker.ref();
      timer = setTimeout(() => {
        onLate(thread);
        const late = `the type checker took longer than ${deadlineMs / 1000} s and was ended`;
        reject(new Error(`${late}; the next save starts it anew`));
        void endThread(thread);
      }, deadlineMs);
      const served = thread.served === request.served ? undefined : request.served;
      thread.served = request.served;
      thread.worker.postMessage({ id, request: { ...request, served } } satisfies CheckerQuestion);
    });
  } finally {
    clearTimeout(timer);
    thread.pending = undefined;
    thread.worker.unref();
  }
}

function createIdleTimer(onIdle: () => void): { start(seconds: number): void; stop(): void } {
  let timer: NodeJS.Timeout | undefined;
  return {
    start(seconds) {
      clearTimeout(timer);
      timer = setTimeout(onIdle, seconds * 1000).unref();
    },
    stop: () => clearTimeout(timer),
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
