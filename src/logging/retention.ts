import type { LogLevel } from '../contract/log-port.ts';
import type { LogFileName } from './log-file-name.ts';
import { sweepLogs } from './sweep-logs.ts';

export interface RetentionOptions {
  readonly name: LogFileName;
  /** Seconds; asked at every sweep. */
  readonly retention: () => number;
  readonly current: () => string | undefined;
  readonly report: (level: LogLevel, message: string) => void;
}

export interface Retention {
  /** Deletes what is too old now. Never rejects. */
  sweep(): Promise<void>;
  stop(): void;
}

/** Seconds between two sweeps, at most and at least. */
const longestPause = 3_600;
const shortestPause = 1;

/** Sweeps at once and then every hour (more often when the retention is shorter than ten hours). */
export function startRetention({ name, retention, current, report }: RetentionOptions): Retention {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let stopped = false;
  let failing = false;

  const sweepOnce = async (): Promise<void> => {
    const { deleted, failed } = await sweepLogs({ name, retention: retention(), current: current() });
    if (deleted.length > 0) report('info', `deleted ${deleted.length} log files older than logRetention`);
    const [first] = failed;
    if (first !== undefined && !failing)
      report('warn', `cannot delete the old log file '${first.name}': ${first.cause}`);
    failing = first !== undefined;
  };
  const schedule = (): void => {
    clearTimeout(timer);
    if (stopped) return;
    const pause = Math.min(Math.max(retention() / 10, shortestPause), longestPause);
    timer = setTimeout(() => void sweep(), pause * 1_000).unref();
  };
  const sweep = async (): Promise<void> => {
    if (stopped) return;
    running ??= sweepOnce().finally(() => {
      running = undefined;
      schedule();
    });
    await running;
  };

  void sweep();
  return {
    sweep,
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
