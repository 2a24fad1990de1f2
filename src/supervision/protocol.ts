/** What main thread and watching thread write into `cells[cell.state]`. */
export const state = {
  /** Nothing was asked, or there is no answer yet. */
  idle: 0,
  /** Main thread: the work may be ended; it waits until that was asked for. */
  agreed: 1,
  /** Watching thread: it was. */
  ordered: 2,
  /** Main thread: it must not be ended, or it was only to be seen. */
  refused: 3,
} as const;

/** Where the function is that the watching thread has the main thread run, below its work: `(turn, ms, mode)`. */
export const hookName = 'api-deploy.watchdog';

/** `end` the work, or take its stack and let it `look` on. */
export type HookMode = 'end' | 'look';

export interface WatchdogThreadData {
  readonly cells: Int32Array;
}
