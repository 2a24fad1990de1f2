import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { expect, it, onTestFinished } from 'vitest';
import { getRecord } from '../../../apis/_platform/runs/record-store.ts';
import { resultsAfter } from '../../../apis/_platform/runs/read-results.ts';
import { createResultWriter } from '../../../apis/_platform/runs/result-writer.ts';
import { createRunDatabase, resultOf } from './support/run-database.ts';

function smallDisk(): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'platform-full-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', folder], { stdio: 'ignore' });
  } catch {
    return undefined;
  }
  onTestFinished(() => void execFileSync('umount', ['-l', folder]));
  return folder;
}

it('waits while the disk is full, and loses nothing', async (context) => {
  const folder = smallDisk();
  if (folder === undefined) return context.skip('only root can mount a small disk');
  const runs = await createRunDatabase(folder);
  onTestFinished(() => runs.close());
  const record = await runs.record('me');
  const troubles: (string | undefined)[] = [];
  const writer = createResultWriter({
    db: runs.db,
    record,
    owner: 'me',
    onTrouble: (error) => troubles.push(error?.message),
  });
  const add = (index: number) =>
    writer.add(
      resultOf(index, 'steps[0]', {
        name: 'x'.repeat(400),
        extractions: [{ name: 'y'.repeat(3_000), status: 'passed', scope: 'step' }],
      }),
    );
  for (let index = 0; index < 20; index += 1) await add(index);
  await writer.flush();

  const ballast = join(folder, 'ballast');
  try {
    writeFileSync(ballast, Buffer.alloc(4_000_000));
  } catch {
    // It fills the disk, that is the point.
  }
  for (let index = 20; index < 220; index += 1) void add(index);
  const flushed = writer.flush();
  await expect.poll(() => troubles.length, { timeout: 10_000 }).toBe(1);
  expect(troubles[0]).toMatch(/full|disk|no transaction/i);
  expect((await getRecord(runs.db, record)).counts.passed).toBe(20);

  unlinkSync(ballast);
  await flushed;
  expect(troubles).toHaveLength(2);
  expect(troubles[1]).toBeUndefined();
  const results = await resultsAfter(runs.db, record, { sequence: -1, limit: 1_000 });
  expect(results.map(({ iteration }) => iteration)).toEqual(Array.from({ length: 220 }, (_, index) => index));
  const plain = new SqliteDatabase(runs.file);
  expect(plain.pragma('integrity_check', { simple: true })).toBe('ok');
  plain.close();
});
