import { url as inspectorUrl } from 'node:inspector';
import { cell, mainThread, type Work } from '../contract/main-thread.ts';
import { immediatesBehind } from './lost-immediates.ts';
import { hookName, state, type HookMode } from './protocol.ts';
import { framesOf, stackOfWork } from './stack.ts';

/** Work that was ended because it blocked the process. */
export interface EndedWork {
  /** Undefined when it was nobody's: it went on after an `await`, or in a timer or an event of its own. */
  readonly work: Work | undefined;
  readonly stack: string;
  readonly blockedMs: number;
  readonly immediates: readonly NodeJS.Immediate[];
}

export interface HookOptions {
  /** Parts of paths by which files of the runtime and of its packages are known. */
  readonly ownCode: readonly string[];
  readonly onEnded: (ended: EndedWork) => void;
  /** The runtime itself takes long; ending that would break it. */
  readonly onOwnWork: (stack: string, blockedMs: number) => void;
}

const hookKey = Symbol.for(hookName);
/** Milliseconds until the watching thread must have given its order. */
const patience = 2_000;

/** Installs what the watching thread has the main thread run in the midst of its work; the returned function takes it away. */
export function installHook(options: HookOptions): () => void {
  const holder = globalThis as unknown as Record<symbol, unknown>;
  holder[hookKey] = (turn: number, blockedMs: number, mode: HookMode): void => {
    const { cells } = mainThread;
    const agreed = agree(options, { turn, blockedMs, mode });
    if (agreed === undefined) {
      Atomics.store(cells, cell.state, state.refused);
      Atomics.notify(cells, cell.state);
      return;
    }
    if (!waitForOrder(cells)) return;
    mainThread.current = undefined;
    mainThread.lostMs += blockedMs;
    clearAsyncStack();
    options.onEnded(agreed);
  };
  return () => {
    delete holder[hookKey];
  };
}

interface Asked {
  readonly turn: number;
  readonly blockedMs: number;
  readonly mode: HookMode;
}

function agree(options: HookOptions, { turn, blockedMs, mode }: Asked): EndedWork | undefined {
  const { cells, current: work } = mainThread;
  // Other work has begun, or somebody stands at a breakpoint.
  if (cells[cell.turn] !== turn || inspectorUrl() !== undefined) return undefined;
  const stack = stackOfWork();
  if (mode === 'look') {
    mainThread.seen = { turn, stack };
    return undefined;
  }
  if (stack === '' || (cells[cell.bounded] ?? 0) > 0) return undefined;
  if (work === undefined && isOwn(stack, options.ownCode)) {
    options.onOwnWork(stack, blockedMs);
    return undefined;
  }
  return { work, stack, blockedMs, immediates: work === undefined ? immediatesBehind() : [] };
}

/** Whether nothing but the runtime, packages and Node is on the stack, and the packages work for the runtime. */
function isOwn(stack: string, own: readonly string[]): boolean {
  const files = framesOf(stack).map(({ file }) => file);
  // Node alone: it may have been at work for a long time when the machine is busy.
  if (files.length === 0) return true;
  const isOurs = (file: string): boolean => own.some((part) => file.includes(part));
  if (!files.every((file) => isOurs(file) || file.includes('/node_modules/'))) return false;
  return mainThread.ownLoads > 0 || files.some(isOurs);
}

function waitForOrder(cells: Int32Array): boolean {
  Atomics.store(cells, cell.state, state.agreed);
  Atomics.notify(cells, cell.state);
  Atomics.wait(cells, cell.state, state.agreed, patience);
  return Atomics.compareExchange(cells, cell.state, state.agreed, state.refused) === state.ordered;
}

/**
 * Node counts which asynchronous resource is running, and would end the process when the count is wrong at
 * the end of a callback; ended code does not count down. What Node does after an uncaught exception puts it
 * right.
 */
function clearAsyncStack(): void {
  const { _fatalException: afterException } = process as unknown as {
    _fatalException?: (error: Error, fromPromise: boolean) => boolean;
  };
  if (afterException === undefined) return;
  const free = !process.hasUncaughtExceptionCaptureCallback();
  if (free) process.setUncaughtExceptionCaptureCallback(() => {});
  afterException(new Error('code that blocked the process was ended'), false);
  if (free) process.setUncaughtExceptionCaptureCallback(null);
}
