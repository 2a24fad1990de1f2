import { availableParallelism } from 'node:os';
import { describe, expect, it } from 'vitest';
import { closestName } from '../../src/config/closest-name.ts';
import { workerCount } from '../../src/config/config-fields.ts';
import { parseDuration } from '../../src/config/parse-duration.ts';
import { parseSize } from '../../src/config/parse-size.ts';

describe('parseDuration', () => {
  it.each([
    [30, 30],
    [0.25, 0.25],
    ['30', 30],
    ['500 ms', 0.5],
    ['500ms', 0.5],
    ['1.5 s', 1.5],
    ['5 minutes', 300],
    ['1 minute', 60],
    ['2 min', 120],
    ['1 hour', 3600],
    ['1 Day', 86_400],
    ['30 days', 30 * 86_400],
    ['2 weeks', 14 * 86_400],
  ])('%j is %d seconds', (text, seconds) => expect(parseDuration(text)).toBe(seconds));

  it.each([
    '',
    's',
    '-1 s',
    '1 parsec',
    '1 mss',
    '1 s s',
    '1e3',
    NaN,
    -1,
    Infinity,
    null,
    undefined,
    {},
    '1 constructor',
  ])('%j is none', (value) => expect(parseDuration(value)).toBeUndefined());
});

describe('parseSize', () => {
  it.each([
    [10, 10],
    ['10', 10],
    ['1 KB', 1000],
    ['100 MB', 100_000_000],
    ['1 MiB', 2 ** 20],
    ['1.5KiB', 1536],
    ['2 gib', 2 ** 31],
  ])('%j is %d bytes', (text, bytes) => expect(parseSize(text)).toBe(bytes));

  it.each(['', 'MB', '-1', '1 XB', 1.5, -1, NaN, null])('%j is none', (value) =>
    expect(parseSize(value)).toBeUndefined(),
  );
});

describe('closestName', () => {
  const names = ['port', 'hotReload', 'logFilePath'];
  it.each([
    ['prot', 'port'],
    ['hot_reload', 'hotReload'],
    ['LOGFILEPATH', 'logFilePath'],
    ['somethingElse', undefined],
  ])('%s → %s', (name, closest) => expect(closestName(name, names)).toBe(closest));
});

describe('workerCount', () => {
  it.each([
    [1, 1],
    [4, 4],
    ['3', 3],
    ['auto', availableParallelism()],
  ])('%j is %d', (value, count) => expect(workerCount().parse(value)).toBe(count));

  it.each([0, -1, 1.5, 257, '', 'many', '2 workers', null, true])('%j is none', (value) =>
    expect(workerCount().safeParse(value).success).toBe(false),
  );
});
