import { Session } from 'node:inspector';
import { parentPort, workerData } from 'node:worker_threads';
import { cell } from '../contract/main-thread.ts';
import { hookName, state, type HookMode, type WatchdogThreadData } from './protocol.ts';

const { cells } = workerData as WatchdogThreadData;
const never = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));

/** How many looks make up the time that work may take. */
const looks = 20;
/** How many times the limit work may take while it gets no time from the machine, or waits without using any. */
const starved = 3;
/** Milliseconds between looks when nothing is watched. */
const leisure = 250;

watch();

/**
 * Counts its own looks instead of asking a clock: while the whole process is stopped or the machine sleeps,
 * this thread does not look either.
 */
function watch(): never {
  let turn = Atomics.load(cells, cell.turn);
  let waited = 0;
  let since = performance.now();
  let cpu = process.cpuUsage();
  let looked = false;
  for (;;) {
    const step = stepOf(Atomics.load(cells, cell.limit), Atomics.load(cells, cell.loadLimit));
    Atomics.wait(never, 0, 0, step);
    const limit = Atomics.load(cells, cell.limit);
    const now = Atomics.load(cells, cell.turn);
    if (now !== turn || limit === 0) {
      turn = now;
      waited = 0;
      since = performance.now();
      cpu = process.cpuUsage();
      looked = false;
      continue;
    }
    waited += step;
    if (Atomics.load(cells, cell.bounded) > 0) {
      if (looked || waited < Atomics.load(cells, cell.loadLimit) / 4) continue;
      looked = true;
      interrupt(turn, performance.now() - since, 'look');
    } else if (waited >= limit && (hasWorked(cpu, limit) || waited >= starved * limit)) {
      interrupt(turn, performance.now() - since, 'end');
      waited = 0;
    }
  }
}

/** Whether the process was given the time to work: on a busy machine, what takes long need not be an endless loop. */
function hasWorked(before: NodeJS.CpuUsage, limit: number): boolean {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 >= limit / 2;
}

function stepOf(limit: number, loadLimit: number): number {
  if (limit === 0) return leisure;
  return Math.max(5, Math.min(limit, loadLimit === 0 ? limit : loadLimit) / looks);
}

/**
 * The main thread runs the hook in the middle of its work, wherever V8 looks for interrupts, and answers
 * through `cells`. When it agrees, it waits until the order to end the work lies behind the hook in the same
 * queue: so nothing of the work can run in between, and no other work can be hit.
 */
function interrupt(turn: number, blockedMs: number, mode: HookMode): void {
  Atomics.store(cells, cell.state, state.idle);
  const session = new Session();
  session.connectToMainThread();
  const hook = `globalThis[Symbol.for('${hookName}')](${turn}, ${Math.round(blockedMs)}, '${mode}')`;
  session.post('Runtime.evaluate', { expression: hook });
  // Code that V8 cannot interrupt answers when it has ended.
  while (Atomics.load(cells, cell.state) === state.idle && Atomics.load(cells, cell.turn) === turn) {
    Atomics.wait(cells, cell.state, state.idle, leisure);
  }
  if (Atomics.load(cells, cell.state) === state.agreed) {
    session.post('Runtime.terminateExecution');
    Atomics.store(cells, cell.state, state.ordered);
    Atomics.notify(cells, cell.state);
    // Until the main thread does other work; it must not find the session gone before the order.
    Atomics.wait(never, 0, 0, 20);
    parentPort?.postMessage('ended');
  }
  session.disconnect();
}
