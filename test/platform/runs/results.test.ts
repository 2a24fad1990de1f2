import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createBell } from '../../../apis/_platform/runs/bell.ts';
import { compareRecords } from '../../../apis/_platform/runs/compare-records.ts';
import {
  claimRun,
  findUnownedRuns,
  LeaseLost,
  releaseRun,
  renewLeases,
} from '../../../apis/_platform/runs/lease.ts';
import { createOwner } from '../../../apis/_platform/runs/owner.ts';
import {
  allResults,
  getResult,
  pageOfResults,
  resultsAfter,
} from '../../../apis/_platform/runs/read-results.ts';
import { endRecord, getRecord, requestCancel } from '../../../apis/_platform/runs/record-store.ts';
import { listRecords } from '../../../apis/_platform/runs/list-records.ts';
import { removeRecord } from '../../../apis/_platform/runs/remove-records.ts';
import { batchLimits, createResultWriter } from '../../../apis/_platform/runs/result-writer.ts';
import { applyAllRetentions, applyRetention } from '../../../apis/_platform/runs/retention.ts';
import { runEvents, type RunEvent } from '../../../apis/_platform/runs/run-events.ts';
import { createRunDatabase, resultOf, type RunDatabase } from './support/run-database.ts';

let runs: RunDatabase;
beforeEach(async () => {
  runs = await createRunDatabase();
});
afterEach(() => runs.close());

const everything = { page: 1, pageSize: 200 };

describe('leases', () => {
  it('has one owner at a time, also among several connections', async () => {
    const record = await runs.record();
    const others = await Promise.all(Array.from({ length: 4 }, () => runs.another()));
    const claims = await Promise.all(
      others.map((db, index) => claimRun(db, { id: record }, `owner ${index}`)),
    );
    expect(claims.filter(Boolean)).toHaveLength(1);
    expect(await findUnownedRuns(runs.db, 10)).toEqual([]);
  });

  it('is taken over when it ended, and counts that', async () => {
    const record = await runs.record('first');
    expect(await claimRun(runs.db, { id: record }, 'second')).toBe(false);
    await runs.db.updateTable('testRecords').set({ leaseUntil: '2020-01-01T00:00:00.000Z' }).execute();
    expect(await findUnownedRuns(runs.db, 10)).toEqual([{ id: record }]);
    expect(await claimRun(runs.db, { id: record }, 'second')).toBe(true);
    expect(await renewLeases(runs.db, 'first')).toEqual([]);
    expect(await renewLeases(runs.db, 'second')).toEqual([{ id: record, cancelRequested: false }]);
    const { takeovers } = await runs.db
      .selectFrom('testRecords')
      .select('takeovers')
      .executeTakeFirstOrThrow();
    expect(takeovers).toBe(1);
  });

  it('of a process that was killed is taken over before its lease ends', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    const owner = createOwner('main').replace(`:${process.pid}:`, `:${child.pid}:`);
    const record = await runs.record(owner);
    expect(await findUnownedRuns(runs.db, 10)).toEqual([]);
    child.kill('SIGKILL');
    await once(child, 'exit');
    const [unowned] = await findUnownedRuns(runs.db, 10);
    expect(unowned).toEqual({ id: record, gone: owner });
    const claims = [
      await claimRun(runs.db, { id: record, gone: owner }, 'a'),
      await claimRun(runs.db, { id: record, gone: owner }, 'b'),
    ];
    expect(claims).toEqual([true, false]);
  });

  it('is free at once when it was given up', async () => {
    const record = await runs.record('first');
    await releaseRun(runs.db, record, 'first');
    expect(await claimRun(runs.db, { id: record }, 'second')).toBe(true);
    const { takeovers } = await runs.db
      .selectFrom('testRecords')
      .select('takeovers')
      .executeTakeFirstOrThrow();
    expect(takeovers).toBe(0);
  });
});

describe('the writer of results', () => {
  it('shows results with their counts once they are committed, in order, none before', async () => {
    const record = await runs.record('me');
    let commits = 0;
    const writer = createResultWriter({ db: runs.db, record, owner: 'me', onCommit: () => (commits += 1) });
    const count = batchLimits.results + 20;
    for (let index = 0; index < count; index += 1) {
      await writer.add(resultOf(index, 'steps[0]', { status: index % 2 === 0 ? 'passed' : 'failed' }));
      if (index === 10)
        expect((await pageOfResults(runs.db, { record, filter: {} }, everything)).total).toBe(0);
    }
    await writer.flush();
    expect(commits).toBeGreaterThan(1);
    const { counts } = await getRecord(runs.db, record);
    expect(counts).toEqual({
      total: 10,
      passed: count / 2,
      failed: count / 2,
      error: 0,
      skipped: 0,
      cancelled: 0,
    });
    const results = await resultsAfter(runs.db, record, { sequence: -1, limit: 1000 });
    expect(results.map(({ sequence, iteration }) => [sequence, iteration])).toEqual(
      Array.from({ length: count }, (_, index) => [index, index]),
    );
  });

  it('writes by itself after a while', async () => {
    const record = await runs.record('me');
    const writer = createResultWriter({ db: runs.db, record, owner: 'me' });
    void writer.add(resultOf(0, 'steps[0]'));
    await expect
      .poll(async () => (await getRecord(runs.db, record)).counts.passed, { timeout: 5_000 })
      .toBe(1);
  });

  it('adds nothing when the run has another owner, and says so to whoever adds more', async () => {
    const record = await runs.record('other');
    const writer = createResultWriter({ db: runs.db, record, owner: 'me' });
    void writer.add(resultOf(0, 'steps[0]'));
    await expect(writer.flush()).rejects.toThrow(LeaseLost);
    expect(() => writer.add(resultOf(1, 'steps[0]'))).toThrow(LeaseLost);
    expect((await pageOfResults(runs.db, { record, filter: {} }, everything)).total).toBe(0);
    expect((await getRecord(runs.db, record)).counts.passed).toBe(0);
  });

  it('keeps results of catalog entries that were removed meanwhile', async () => {
    const record = await runs.record('me');
    const writer = createResultWriter({ db: runs.db, record, owner: 'me' });
    void writer.add(resultOf(0, 'requests[0]', { api: 4711 }));
    await writer.flush();
    const [item] = (await pageOfResults(runs.db, { record, filter: {} }, everything)).items;
    expect(item).toMatchObject({ path: 'requests[0]', api: null });
    expect(await getResult(runs.db, item?.id ?? 0)).toMatchObject({ recordId: record, api: 4711 });
  });
});

async function written(results: Parameters<typeof resultOf>[], status: 'passed' | 'failed' = 'passed') {
  const record = await runs.record('me');
  const writer = createResultWriter({ db: runs.db, record, owner: 'me' });
  for (const result of results) await writer.add(resultOf(...result));
  await writer.flush();
  await endRecord(runs.db, { id: record, owner: 'me' }, { status });
  return record;
}

describe('results', () => {
  it('are paged and filtered by status, iteration, path and text', async () => {
    const record = await written([
      [0, 'steps[0]'],
      [0, 'steps[1].then[0]', { status: 'failed', name: '100% of "it"' }],
      [0, 'steps[1].then[0]#1', { status: 'error', error: { code: 'X', message: 'caf\u00e9 \u4f60\u597d' } }],
      [1, 'steps[0]'],
      [1, 'steps[10]'],
    ]);
    const paths = async (filter: Parameters<typeof pageOfResults>[1]['filter'], page = everything) =>
      (await pageOfResults(runs.db, { record, filter }, page)).items.map((r) => `${r.iteration} ${r.path}`);
    expect(await paths({ status: ['failed', 'error'] })).toEqual([
      '0 steps[1].then[0]',
      '0 steps[1].then[0]#1',
    ]);
    expect(await paths({ iteration: 1 })).toEqual(['1 steps[0]', '1 steps[10]']);
    expect(await paths({ path: 'steps[1]' })).toEqual(['0 steps[1].then[0]', '0 steps[1].then[0]#1']);
    expect(await paths({ path: 'steps[1].then[0]' })).toHaveLength(2);
    expect(await paths({ text: '100% OF "IT"' })).toEqual(['0 steps[1].then[0]']);
    expect(await paths({ text: '\u4f60' })).toEqual(['0 steps[1].then[0]#1']);
    expect(await paths({ text: '100_' })).toEqual([]);
    expect(await paths({}, { page: 2, pageSize: 2 })).toEqual(['0 steps[1].then[0]#1', '1 steps[0]']);
    const all = [];
    for await (const result of allResults(runs.db, record)) all.push(result.path);
    expect(all).toHaveLength(5);
  });

  it('are followed as events, from any connection and also after the end', async () => {
    const record = await runs.record('me');
    const writer = createResultWriter({ db: runs.db, record, owner: 'me' });
    const events: RunEvent[] = [];
    const other = await runs.another();
    const following = (async () => {
      for await (const event of runEvents({ db: other, bell: createBell() }, record)) events.push(event);
    })();
    await writer.add(resultOf(0, 'a'));
    await writer.flush();
    await expect.poll(() => events.some(({ type }) => type === 'result'), { timeout: 5_000 }).toBe(true);
    await writer.add(resultOf(0, 'b'));
    await writer.flush();
    await endRecord(runs.db, { id: record, owner: 'me' }, { status: 'passed' });
    await following;
    const seen = events.flatMap((event) => (event.type === 'result' ? [event.result.path] : []));
    expect(seen).toEqual(['a', 'b']);
    expect(events.at(-1)).toMatchObject({ type: 'end', record: { status: 'passed', counts: { passed: 2 } } });
    const late = [];
    for await (const event of runEvents({ db: other, bell: createBell() }, record, { after: 0 }))
      late.push(event);
    expect(late).toMatchObject([{ type: 'result', result: { path: 'b' } }, { type: 'end' }]);
  });
});

describe('comparing two runs', () => {
  it('finds what is newly failed, newly passed, changed and without a counterpart', async () => {
    const body = (sha256: string, status = 200) => ({
      response: { status, httpVersion: '1.1', headers: [], body: { size: 1, sha256, truncated: false } },
    });
    const base = await written([
      [0, 'requests[0]', { timings: { total: 10 } }],
      [0, 'requests[1]', { status: 'error' }],
      [0, 'requests[2]', body('11')],
      [0, 'requests[3]', body('11')],
      [0, 'requests[4]', { name: 'moved' }],
      [0, 'requests[5]', { name: 'gone' }],
    ]);
    const head = await written([
      [0, 'requests[0]', { status: 'failed', timings: { total: 35 } }],
      [0, 'requests[1]'],
      [0, 'requests[2]', body('22')],
      [0, 'requests[3]', body('11', 201)],
      [0, 'requests[9]', { name: 'moved' }],
      [0, 'requests[7]', { name: 'new' }],
    ]);
    const comparison = await compareRecords(runs.db, { base, head }, 200);
    expect(comparison.counts).toEqual({
      same: 1,
      newlyFailed: 1,
      newlyPassed: 1,
      changed: 2,
      onlyInBase: 1,
      onlyInHead: 1,
    });
    expect(comparison.newlyFailed).toMatchObject([
      { path: 'requests[0]', base: { status: 'passed' }, head: { status: 'failed' }, timeDifference: 25 },
    ]);
    expect(comparison.newlyPassed).toMatchObject([{ path: 'requests[1]' }]);
    expect(comparison.changed.map((d) => [d.path, d.head.httpStatus, d.head.bodyHash])).toEqual([
      ['requests[2]', 200, '22'],
      ['requests[3]', 201, '11'],
    ]);
    expect(comparison.onlyInBase).toMatchObject([{ name: 'gone' }]);
    expect(comparison.onlyInHead).toMatchObject([{ name: 'new' }]);
    expect(comparison.times.slower).toMatchObject([{ path: 'requests[0]', timeDifference: 25 }]);
    expect((await compareRecords(runs.db, { base, head }, 1)).changed).toHaveLength(1);
  });
});

describe('records', () => {
  it('are listed by project, status, type, time and text, newest first', async () => {
    const first = await written([[0, 'a']]);
    const second = await written([[0, 'a']], 'failed');
    const third = await runs.record(undefined, { type: 'scenario', name: '50% off' });
    const ids = async (filter: Parameters<typeof listRecords>[1]) =>
      (await listRecords(runs.db, filter, everything)).items.map(({ id }) => id);
    expect(await ids({ projectId: runs.project })).toEqual([third, second, first]);
    expect(await ids({ projectId: runs.project + 1 })).toEqual([]);
    expect(await ids({ status: ['failed', 'queued'] })).toEqual([third, second]);
    expect(await ids({ type: 'scenario' })).toEqual([third]);
    expect(await ids({ text: '50% OFF' })).toEqual([third]);
    expect(await ids({ text: '5_%' })).toEqual([]);
    expect(await ids({ from: new Date(Date.now() + 60_000).toISOString() })).toEqual([]);
    expect(await ids({ until: new Date(Date.now() + 60_000).toISOString() })).toHaveLength(3);
  });

  it('cannot be removed before they ended; a queued one is cancelled at once', async () => {
    const record = await runs.record();
    await expect(removeRecord(runs.db, record)).rejects.toMatchObject({ code: 'RUN_ACTIVE' });
    expect(await requestCancel(runs.db, record)).toMatchObject({ status: 'cancelled' });
    await removeRecord(runs.db, record);
    await expect(getRecord(runs.db, record)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(removeRecord(runs.db, record)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('go by age and number, with all of their results; running ones stay', async () => {
    const records = [];
    for (let n = 0; n < 4; n += 1)
      records.push(
        await written([
          [0, 'a'],
          [1, 'a'],
        ]),
      );
    const running = await runs.record('me');
    const [first, second, third, fourth] = records;
    await runs.db
      .updateTable('testRecords')
      .set({ createdAt: '2020-01-01T00:00:00.000Z', completedAt: '2020-01-01T00:00:00.000Z' })
      .where('id', 'in', [first ?? 0, running])
      .execute();
    expect(await applyRetention(runs.db, runs.project, { days: 30 })).toEqual([first]);
    expect(await applyRetention(runs.db, runs.project, { records: 2 })).toEqual([second]);
    await runs.db.updateTable('projects').set({ settingsJson: '{"retention":{"records":1}}' }).execute();
    // As after a crash in the middle of a removal.
    await runs.db
      .updateTable('testRecords')
      .set({ removing: 1 })
      .where('id', '=', fourth ?? 0)
      .execute();
    expect(await applyAllRetentions(runs.db)).toBe(0);
    const rows = await runs.db.selectFrom('testRecords').select('id').orderBy('id').execute();
    expect(rows.map(({ id }) => id)).toEqual([third, running]);
    const results = await runs.db.selectFrom('testResults').select('recordId').distinct().execute();
    expect(results).toEqual([{ recordId: third }]);
  });
});
