import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { aRequest, linesOf, logFolder, type LogFolder } from './log-folder.ts';

const today = () => {
  const now = new Date();
  return [now.getFullYear(), now.getMonth() + 1, now.getDate()]
    .map((part) => String(part).padStart(2, '0'))
    .join('-');
};

/** What the console says about the file. */
const reports = ({ console }: LogFolder) =>
  linesOf(console.text)
    .map((line) => line.message ?? '')
    .filter((message) => message.includes('log file'));

function fullDisk(folder: string): boolean {
  try {
    mkdirSync(folder, { recursive: true });
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', folder], { stdio: 'ignore' });
  } catch {
    return false;
  }
  onTestFinished(() => void execFileSync('umount', ['-l', folder]));
  return true;
}

describe('a full disk', () => {
  it('costs no call, is reported once, and is over when there is room again', async (context) => {
    let mounted = false;
    const log = await logFolder({}, { prepare: (folder) => (mounted = fullDisk(folder)) });
    if (!mounted) return context.skip('only root can mount a small disk');
    const ballast = join(log.folder, 'ballast');

    for (let round = 1; round <= 2; round++) {
      const before = log.lines().length;
      try {
        writeFileSync(ballast, 'x'.repeat(1_000_000));
      } catch {
        // that is the point
      }
      for (let index = 0; index < 200; index++)
        log.logs.error('while full', { round, index, padding: 'x'.repeat(100) });
      expect(reports(log)).toHaveLength(2 * round - 1);
      expect(reports(log).at(-1)).toMatch(/cannot be written \(ENOSPC\); free some space/);
      unlinkSync(ballast);
      log.logs.system('info', 'room again');
      expect(reports(log).at(-1)).toBe('the log file is written again; no line was lost');
      expect(reports(log)).toHaveLength(2 * round);
      const written = log
        .lines()
        .slice(before)
        .filter((line) => line['round'] === round);
      expect(written.map((line) => line['index'])).toEqual(Array.from({ length: 200 }, (_, index) => index));
    }
  });

  it('recovers by itself when nothing is logged', async (context) => {
    let mounted = false;
    const log = await logFolder({}, { prepare: (folder) => (mounted = fullDisk(folder)) });
    if (!mounted) return context.skip('only root can mount a small disk');
    const ballast = join(log.folder, 'ballast');
    expect(() => writeFileSync(ballast, 'x'.repeat(1_000_000))).toThrow(/ENOSPC/);
    for (let index = 0; index < 60; index++) log.logs.error('while full', { padding: 'x'.repeat(100) });
    unlinkSync(ballast);
    await vi.waitFor(() => expect(reports(log).at(-1)).toContain('written again'), { timeout: 10_000 });
    expect(log.lines().filter((line) => line.message === 'while full')).toHaveLength(60);
  });

  it.skipIf(!existsSync('/dev/full'))('keeps memory bounded and counts what it drops', async () => {
    const file = `api_.${today()}.1.log`;
    const log = await logFolder(
      {},
      {
        prepare: (folder) => {
          mkdirSync(folder, { recursive: true });
          symlinkSync('/dev/full', join(folder, file));
        },
      },
    );
    const lines = 1_000;
    for (let index = 0; index < lines; index++)
      log.logs.error('while full', { index, padding: 'x'.repeat(12_000) });
    expect(reports(log)).toHaveLength(1);
    unlinkSync(join(log.folder, file));
    log.logs.system('info', 'room again');
    const lost = Number(/(\d+) lines were lost/.exec(reports(log).at(-1) ?? '')?.[1]);
    expect(lost).toBeGreaterThan(0);
    const kept = log.lines().filter((line) => line.message === 'while full');
    expect(kept.length + lost).toBe(lines);
    expect(kept.length).toBeGreaterThan(200);
  });

  it.skipIf(!existsSync('/dev/full'))('does not hinder closing', async () => {
    const log = await logFolder(
      {},
      {
        prepare: (folder) => {
          mkdirSync(folder, { recursive: true });
          symlinkSync('/dev/full', join(folder, `api_.${today()}.1.log`));
        },
      },
    );
    log.logs.error('while full');
    log.logs.request(aRequest);
    log.logs.flush();
    await log.logs.close();
  });
});

describe('the logs folder', () => {
  it('is made again when it was removed', async () => {
    const log = await logFolder();
    log.logs.system('info', 'before');
    for (const name of ['one', 'two']) {
      rmSync(log.folder, { recursive: true });
      log.logs.request({ ...aRequest, requestId: name });
      await vi.waitFor(() => expect(log.lines().map((line) => line['requestId'])).toEqual([name]));
    }
    rmSync(log.folder, { recursive: true });
    log.logs.error('at once');
    expect(log.lines().map((line) => line.message)).toEqual(['at once']);
    expect(reports(log)).toEqual([]);
  });

  it('may be renamed by others: a new file is begun', async () => {
    const log = await logFolder();
    log.logs.system('info', 'before');
    renameSync(log.logs.file ?? '', join(log.folder, 'moved'));
    log.logs.system('info', 'after');
    expect(log.files()).toHaveLength(2);
    expect(log.lines().map((line) => line.message)).toEqual(['after', 'before']);
  });

  it('is reported once when it cannot be made, and used as soon as it can', async () => {
    const log = await logFolder({}, { prepare: (folder) => writeFileSync(folder, 'a file is in the way') });
    for (let index = 0; index < 10; index++) log.logs.error('no folder', { index });
    expect(reports(log)).toHaveLength(1);
    expect(reports(log)[0]).toMatch(/cannot be written \((EEXIST|ENOTDIR)\); check logFilePath/);
    expect(log.logs.file).toBeUndefined();
    rmSync(log.folder);
    await vi.waitFor(() => expect(reports(log).at(-1)).toContain('written again; no line was lost'), {
      timeout: 10_000,
    });
    expect(log.lines().filter((line) => line.message === 'no folder')).toHaveLength(10);
  });

  it('may become a file in the middle', async () => {
    const log = await logFolder();
    rmSync(log.folder, { recursive: true });
    writeFileSync(log.folder, 'in the way');
    for (let index = 0; index < 10; index++) log.logs.error('no folder');
    expect(reports(log)).toHaveLength(1);
    rmSync(log.folder);
    await vi.waitFor(() => expect(reports(log)).toHaveLength(2), { timeout: 10_000 });
    expect(log.lines().filter((line) => line.message === 'no folder')).toHaveLength(10);
  });

  it.skipIf(process.getuid?.() === 0)('may forbid writing', async () => {
    const log = await logFolder({}, { prepare: (folder) => (mkdirSync(folder), chmodSync(folder, 0o500)) });
    log.logs.error('forbidden');
    expect(reports(log)).toEqual([expect.stringContaining('(EACCES); grant write access')]);
    chmodSync(log.folder, 0o700);
    await vi.waitFor(() => expect(log.lines()[0]?.message).toBe('forbidden'), { timeout: 10_000 });
  });
});
