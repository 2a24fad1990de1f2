import { ApiError } from 'api-deploy';
import { Cron } from 'croner';

export interface CronTime {
  cron: string;
  /** IANA name. */
  timeZone: string;
}

/**
 * Refuses what can never be due, and says what is wrong with it.
 *
 * @throws ApiError INVALID_CRON, INVALID_TIME_ZONE
 */
export function checkCron({ cron, timeZone }: CronTime, now = new Date()): void {
  try {
    Intl.DateTimeFormat('en', { timeZone });
  } catch {
    throw new ApiError(
      'INVALID_TIME_ZONE',
      `expected a time zone such as 'Asia/Shanghai', 'Europe/Berlin' or 'UTC', got '${timeZone}'`,
      { status: 422, details: [{ path: 'timeZone', message: `there is no time zone '${timeZone}'` }] },
    );
  }
  const problem = problemOf({ cron, timeZone }, now);
  if (problem === undefined) return;
  throw new ApiError(
    'INVALID_CRON',
    `expected a cron expression such as '0 2 * * 1-5' (minute, hour, day, month, weekday) or '*/30 * * * * *' (with seconds first), got '${cron}': ${problem}`,
    { status: 422, details: [{ path: 'cron', message: problem }] },
  );
}

function problemOf(time: CronTime, now: Date): string | undefined {
  try {
    return nextRuns(time, { from: now, count: 1 }).length === 0 ? 'it is never due' : undefined;
  } catch (error) {
    return error instanceof Error ? error.message.replace(/^Cron\w*: /, '') : String(error);
  }
}

/**
 * The next due times after `from`. Where clocks are put forward, a time of day that does not exist is due an hour
 * later; where they are put back, one that exists twice is due the first time, while what repeats each hour goes on.
 */
export function nextRuns(
  { cron, timeZone }: CronTime,
  { from, count }: { from: Date; count: number },
): Date[] {
  return new Cron(cron, { timezone: timeZone, paused: true }).nextRuns(count, from);
}

export function nextRun(time: CronTime, from: Date): Date | undefined {
  return nextRuns(time, { from, count: 1 })[0];
}

/** Due times that are counted one by one; a service that was down for long has missed at least so many. */
const countedAtMost = 1000;

/** Due times from `first` (which is one) to `until`: how many, and the last one. */
export function dueBetween(
  { cron, timeZone }: CronTime,
  first: Date,
  until: Date,
): { count: number; last: Date } {
  const times = new Cron(cron, { timezone: timeZone, paused: true });
  let last = first;
  for (let count = 1; count < countedAtMost; count++) {
    const following = times.nextRun(last);
    if (following === null || following > until) return { count, last };
    last = following;
  }
  // Too many to count: the last one alone is looked for, from not long before it.
  const near = new Date(Math.max(last.getTime(), until.getTime() - 60_000));
  for (let due = times.nextRun(near); due !== null && due <= until; due = times.nextRun(due)) last = due;
  return { count: countedAtMost, last };
}
