import { mkdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { logFileName } from '../../src/logging/log-file-name.ts';
import { linesOf, logFolder } from './log-folder.ts';

const nextTick = () => new Promise((resolve) => setImmediate(resolve));
const day = 86_400;

describe('rotation', () => {
  it('begins a new file by size, without losing a line', async () => {
    const log = await logFolder({ logRotation: { sizeBytes: 10_000 } });
    for (let index = 0; index < 100; index++) {
      log.logs.system('info', 'x'.repeat(500), { index });
      await nextTick();
    }
    expect(log.files().length).toBeGreaterThanOrEqual(4);
    for (const name of log.files()) {
      expect(name).toMatch(/^api_\.\d{4}-\d{2}-\d{2}\.\d+\.log$/);
      const text = readFileSync(join(log.folder, name), 'utf8');
      expect(text.length).toBeLessThan(13_000);
      expect(linesOf(text).length).toBeGreaterThan(0);
    }
    expect(
      log
        .lines()
        .map((line) => line['index'])
        .sort((a, b) => Number(a) - Number(b)),
    ).toEqual(Array.from({ length: 100 }, (_, index) => index));
  });

  it('goes on with the newest file after a restart', async () => {
    const first = await logFolder({ logRotation: { sizeBytes: 2_000 } });
    for (let index = 0; index < 12; index++) {
      first.logs.system('info', 'x'.repeat(500));
      await nextTick();
    }
    await first.logs.close();
    const before = first.files();
    const newest = before.at(-1);
    const second = await logFolder(
      { logRotation: { sizeBytes: 2_000 } },
      { projectDir: join(first.folder, '..') },
    );
    expect(second.logs.file).toBe(join(first.folder, newest ?? ''));
  });

  it('begins a new file by time', async () => {
    const log = await logFolder({ logRotation: { everySeconds: 1 } });
    let index = 0;
    await vi.waitFor(
      () => {
        log.logs.system('info', 'tick', { index: index++ });
        expect(log.files().length).toBeGreaterThanOrEqual(3);
      },
      { timeout: 15_000, interval: 100 },
    );
    for (const name of log.files())
      expect(name).toMatch(/^api_\.\d{4}-\d{2}-\d{2}_\d\d-\d\d-\d\d\.\d+\.log$/);
    expect(log.lines().map((line) => line['index'])).toEqual(Array.from({ length: index }, (_, at) => at));
  });

  it('works without {date}', async () => {
    const log = await logFolder({ logFilePath: 'logs/service.jsonl', logRotation: { sizeBytes: 1_000 } });
    for (let index = 0; index < 6; index++) {
      log.logs.system('info', 'x'.repeat(600));
      await nextTick();
    }
    expect(log.files().slice(0, 3)).toEqual(['service.1.jsonl', 'service.2.jsonl', 'service.3.jsonl']);
  });
});

describe('logFileName', () => {
  const name = (path: string, rotation = { everySeconds: day }) =>
    logFileName({ path, projectDir: '/p', rotation });

  it('hands pino-roll what it needs', () => {
    expect(name('logs/api_{date}.log')).toMatchObject({
      folder: '/p/logs',
      roll: { file: '/p/logs/api_.log', frequency: 'daily', dateFormat: 'yyyy-MM-dd' },
    });
    expect(name('/v/api.log', { everySeconds: 3_600 }).roll).toEqual({
      file: '/v/api.log',
      frequency: 'hourly',
    });
    expect(name('a{date}.log', { everySeconds: 300 }).roll).toMatchObject({
      frequency: 300_000,
      dateFormat: 'yyyy-MM-dd_HH-mm',
    });
    expect(logFileName({ path: 'a.log', projectDir: '/p', rotation: { sizeBytes: 5_000 } }).roll).toEqual({
      file: '/p/a.log',
      size: '5000b',
    });
  });

  it.each([
    ['logs/api_{date}.log', 'api_.2026-11-20.1.log', true],
    ['logs/api_{date}.log', 'api_.2026-11-20_15-30.12.log', true],
    ['logs/api_{date}.log', 'api_2026-11-20.log', true],
    ['logs/api_{date}.log', 'api_.log', false],
    ['logs/api_{date}.log', 'api_notes.log', false],
    ['logs/api_{date}.log', 'api_.2026-11-20.1.log.gz', false],
    ['logs/api_{date}.log', 'my-api_.2026-11-20.1.log', false],
    ['logs/api_{date}.log', 'api_.2026-11-20.1-log', false],
    ['logs/a.b.log', 'a.b.log', true],
    ['logs/a.b.log', 'a.b.3.log', true],
    ['logs/a.b.log', 'axb.3.log', false],
    ['logs/a.b.log', 'a.b.2026-11-20.log', false],
  ])('%s owns %s: %s', (path, file, owned) => expect(name(path).matches(file)).toBe(owned));
});

describe('retention', () => {
  function file(folder: string, name: string, ageSeconds: number): string {
    const path = join(folder, name);
    writeFileSync(path, 'x');
    const time = Date.now() / 1_000 - ageSeconds;
    utimesSync(path, time, time);
    return path;
  }

  it('deletes old files of earlier runs at the start, and nothing else', async () => {
    const keep = [
      'api_.2026-01-02.1.log',
      'api_notes.log',
      'other.log',
      '.gitkeep',
      'api_.2026-01-01.1.log.gz',
      'link',
      'api_.2026-01-03.1.log',
      'api_.2026-01-04.1.log',
    ];
    const log = await logFolder(
      { logRetention: 10 * day },
      {
        prepare: (folder) => {
          mkdirSync(folder);
          file(folder, 'api_.2026-01-01.1.log', 11 * day);
          file(folder, 'api_.2025-12-31.7.log', 300 * day);
          file(folder, 'api_.2026-01-02.1.log', 9 * day);
          for (const name of ['api_notes.log', 'other.log', '.gitkeep', 'api_.2026-01-01.1.log.gz'])
            file(folder, name, 99 * day);
          const target = file(folder, 'link', 99 * day);
          symlinkSync(target, join(folder, 'api_.2026-01-03.1.log'));
          mkdirSync(join(folder, 'api_.2026-01-04.1.log'));
          utimesSync(join(folder, 'api_.2026-01-04.1.log'), 0, 0);
        },
      },
    );
    await vi.waitFor(() => expect(log.console.text).toContain('deleted 2 log files'));
    expect(log.files().filter((name) => join(log.folder, name) !== log.logs.file)).toEqual(keep.sort());
  });

  it('goes on while the service runs, with the setting that is in force', async () => {
    const log = await logFolder({ logRotation: { everySeconds: 1 }, logRetention: 2 });
    const first = log.logs.file ?? '';
    await vi.waitFor(
      () => {
        log.logs.system('info', 'tick');
        expect(log.files()).not.toContain(first.split('/').at(-1));
      },
      { timeout: 15_000, interval: 200 },
    );
    expect(log.files().length).toBeGreaterThan(0);
    expect(log.files()).toContain(log.logs.file?.split('/').at(-1));
  });
});
