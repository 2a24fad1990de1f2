import { describe, expect, test } from 'vitest';
import { checkCron, dueBetween, nextRuns } from '../../../apis/_platform/schedules/cron.ts';

function times(cron: string, timeZone: string, options: { from: string; count: number }): string[] {
  return nextRuns({ cron, timeZone }, { from: new Date(options.from), count: options.count }).map((time) =>
    time.toISOString(),
  );
}

describe('cron times', () => {
  test.each([
    ['* * * *', 'exactly five, six, or seven space separated parts'],
    ['61 * * * *', 'Invalid value for minute: 61'],
    ['whenever', "got 'whenever'"],
    ['', "got ''"],
    ['0 0 30 2 *', 'it is never due'],
    ['2020-01-01T00:00:00', 'it is never due'],
  ])('%j is refused with what is wrong', (cron, reason) => {
    expect(() => checkCron({ cron, timeZone: 'UTC' })).toThrow(
      expect.objectContaining({ code: 'INVALID_CRON', message: expect.stringContaining(reason) }),
    );
  });

  test('so is a time zone that there is not', () => {
    expect(() => checkCron({ cron: '0 2 * * *', timeZone: 'Mars/Olympus' })).toThrow(
      expect.objectContaining({
        code: 'INVALID_TIME_ZONE',
        message: expect.stringContaining("got 'Mars/Olympus'"),
      }),
    );
    checkCron({ cron: '0 2 * * *', timeZone: 'Asia/Shanghai' });
  });

  test('speak of the time zone', () => {
    expect(times('0 9 * * *', 'Asia/Shanghai', { from: '2026-03-01T00:00:00Z', count: 2 })).toEqual([
      '2026-03-01T01:00:00.000Z',
      '2026-03-02T01:00:00.000Z',
    ]);
  });

  test('a time of day that clocks jump over is due an hour later, and on each day once', () => {
    expect(times('30 2 * * *', 'Europe/Berlin', { from: '2026-03-28T00:00:00Z', count: 3 })).toEqual([
      '2026-03-28T01:30:00.000Z',
      '2026-03-29T01:00:00.000Z',
      '2026-03-30T00:30:00.000Z',
    ]);
  });

  test('a time of day that exists twice is due once; every hour goes on', () => {
    expect(times('30 2 * * *', 'Europe/Berlin', { from: '2026-10-24T12:00:00Z', count: 2 })).toEqual([
      '2026-10-25T00:30:00.000Z',
      '2026-10-26T01:30:00.000Z',
    ]);
    expect(times('0 * * * *', 'Europe/Berlin', { from: '2026-10-24T23:30:00Z', count: 3 })).toEqual([
      '2026-10-25T00:00:00.000Z',
      '2026-10-25T01:00:00.000Z',
      '2026-10-25T02:00:00.000Z',
    ]);
  });

  test('missed times are counted, up to a bound', () => {
    const first = new Date('2026-03-01T00:00:00Z');
    const due = (until: string) =>
      dueBetween({ cron: '*/10 * * * * *', timeZone: 'UTC' }, first, new Date(until));
    expect(due('2026-03-01T00:00:00Z')).toEqual({ count: 1, last: first });
    expect(due('2026-03-01T00:00:25Z')).toEqual({ count: 3, last: new Date('2026-03-01T00:00:20Z') });
    // Two months later it does not count to half a million, and still knows the last one.
    expect(due('2026-05-01T00:00:05Z')).toEqual({ count: 1000, last: new Date('2026-05-01T00:00:00Z') });
  });
});
