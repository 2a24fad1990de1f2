import { nextTick } from 'node:process';
import { clearInterval, setInterval } from 'node:timers';
import type { Worker } from 'node:worker_threads';
import type { Config } from '../config/schema.ts';
import type { LogPort } from '../contract/log-port.ts';
import { cell, cutShort, mainThread, nextTurn, type Work } from '../contract/main-thread.ts';
import { startThread } from '../threads/start-thread.ts';
import { installHook, type EndedWork } from './ended-work.ts';
import { runAgain } from './lost-immediates.ts';
import type { WatchdogThreadData } from './protocol.ts';
import { describeQuarantined, type Quarantine } from './quarantine.ts';
import { suspectsOf, type CodeLookup } from './suspects.ts';
import { UndecidedWork } from './undecided.ts';

export interface WatchdogOptions {
  /** Asked at each beat, so that a new configuration counts at once. */
  readonly settings: () => Pick<Config, 'blockTimeout' | 'loadTimeout'>;
  readonly logs: LogPort;
  readonly quarantine: Quarantine;
  /** Parts of paths by which files of the runtime and of its packages are known: its own work is never ended. */
  readonly ownCode: readonly string[];
  readonly codeOf: CodeLookup;
  /** Default: the thread of this folder. */
  readonly start?: (data: WatchdogThreadData) => Worker;
}

export interface Watchdog {
  stop(): Promise<void>;
}

/** Milliseconds: the longest time between two beats, and between the end of a thread and the start of another one. */
const longestBeat = 500;
const restartPause = 1_000;

const startOwn = (data: WatchdogThreadData): Worker => startThread('watchdog-thread', import.meta.url, data);

let running = 0;

/**
 * Ends functions that block the main thread for longer than `blockTimeout`, so that all others go on. Their calls
 * fail with FUNCTION_TIMEOUT. One for the process: while one runs, another one does nothing.
 */
export function startWatchdog(options: WatchdogOptions): Watchdog {
  if (running > 0) return { stop: () => Promise.resolve() };
  running++;
  const watchdog = new RunningWatchdog(options);
  return {
    async stop() {
      await watchdog.stop();
      running = 0;
    },
  };
}

class RunningWatchdog {
  readonly #options: WatchdogOptions;
  readonly #undecided = new UndecidedWork();
  #ended: EndedWork[] = [];
  #beat: NodeJS.Timeout | undefined;
  #beatMs = 0;
  #restart: NodeJS.Timeout | undefined;
  #thread: Worker | undefined;
  #stopped = false;
  readonly #removeHook: () => void;

  constructor(options: WatchdogOptions) {
    this.#options = options;
    this.#removeHook = installHook({
      ownCode: options.ownCode,
      onEnded: (ended) => this.#ended.push(ended),
      onOwnWork: (stack, blockedMs) =>
        options.logs.system(
          'warn',
          `the runtime itself has blocked the process for ${seconds(blockedMs)} s`,
          {
            stack,
          },
        ),
    });
    this.#startThread();
    this.#nextBeat();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#beat);
    clearTimeout(this.#restart);
    mainThread.watched = false;
    this.#removeHook();
    await this.#thread?.terminate();
  }

  #startThread(): void {
    const { start = startOwn, logs } = this.#options;
    const thread = start({ cells: mainThread.cells });
    this.#thread = thread;
    thread.unref();
    thread.on('message', () => this.#settle());
    let cause: unknown;
    thread.on('error', (error) => (cause = error));
    thread.on('exit', (code) => {
      if (this.#stopped) return;
      const message = `the watchdog's thread ended (code ${code}) and is started anew`;
      logs.system('warn', message, cause === undefined ? {} : { err: cause });
      this.#restart = setTimeout(() => this.#startThread(), restartPause);
      this.#restart.unref();
    });
  }

  #nextBeat(): void {
    const { blockTimeout, loadTimeout } = this.#options.settings();
    const { cells } = mainThread;
    cells[cell.limit] = Math.min(blockTimeout * 1000, 2 ** 31 - 1);
    cells[cell.loadLimit] = Math.min(loadTimeout * 1000, 2 ** 31 - 1);
    mainThread.watched = blockTimeout > 0;
    nextTurn();
    if (this.#ended.length > 0) this.#settle();
    this.#undecided.decide(mainThread.waiting, performance.now());
    const beatMs = blockTimeout === 0 ? longestBeat : Math.min(longestBeat, Math.max(10, blockTimeout * 250));
    if (beatMs === this.#beatMs) return;
    this.#beatMs = beatMs;
    clearInterval(this.#beat);
    this.#beat = setInterval(() => this.#nextBeat(), beatMs);
    this.#beat.unref();
  }

  /** Each in a tick of its own: whatever of the author's code runs then may have to be ended too. */
  #settle(): void {
    const all = this.#ended;
    this.#ended = [];
    for (const ended of all) nextTick(() => this.#settleOne(ended));
  }

  #settleOne(ended: EndedWork): void {
    runAgain(ended.immediates);
    if (ended.work !== undefined) return this.#fail(ended.work, ended);
    mainThread.drops++;
    for (const work of mainThread.waiting) work.recover();
    const { work, certain } = suspectsOf(ended.stack, mainThread.waiting, this.#options.codeOf);
    const [first] = work;
    if (first === undefined) return this.#log('code outside every call', ended);
    if (work.length === 1) return this.#fail(first, ended);
    const until = certain ? performance.now() + this.#options.settings().blockTimeout * 1000 : undefined;
    this.#undecided.add(work, { until, fail: (found) => this.#fail(found, ended) });
    this.#undecided.decide(mainThread.waiting, performance.now());
  }

  #fail(work: Work, ended: EndedWork): void {
    const { request } = work;
    const { path } = request.endpoint;
    this.#log(`'${path}'`, ended, {
      endpoint: path,
      requestId: request.requestId,
      generation: request.generation,
    });
    const { logs, quarantine } = this.#options;
    const barred = quarantine.blocked(request.endpoint, ended.blockedMs);
    if (barred !== undefined) logs.system('warn', describeQuarantined(barred), { endpoint: path });
    work.interrupted(cutShort(path, ended.blockedMs));
  }

  #log(what: string, { stack, blockedMs }: EndedWork, about: Readonly<Record<string, unknown>> = {}): void {
    const message = `${what} blocked the process for ${seconds(blockedMs)} s and was ended (blockTimeout)`;
    const err = new Error(message);
    err.stack = `Error: ${message}\n${stack}`;
    this.#options.logs.error(message, { err, blockedMs, ...about });
  }
}

function seconds(ms: number): number {
  return Number((ms / 1000).toFixed(2));
}
