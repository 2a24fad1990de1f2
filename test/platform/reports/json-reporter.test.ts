import { expect, test } from 'vitest';
import { reporters } from '../../../apis/_platform/reports/reporters.ts';
import { createResultSpool } from '../../../apis/_platform/reports/result-spool.ts';
import { makeResult, makeRun, textSink } from './make-run.ts';

test('the JSON report is one object with the head, the counts and every result in full', async () => {
  const results = [makeResult(), makeResult({ iteration: 1, status: 'failed', name: 'a "quoted"\nname' })];
  const sink = textSink();
  await reporters.json.write(makeRun(results), sink);
  const report = JSON.parse(sink.text());
  expect(report).toMatchObject({
    id: 7,
    name: 'Nightly',
    status: 'failed',
    counts: { total: 2, passed: 1, failed: 1 },
    times: { count: 2, p50: 12.5 },
  });
  expect(report.results).toEqual(results);
});

test('a run without results is a report too', async () => {
  const sink = textSink();
  await reporters.json.write(makeRun([]), sink);
  expect(JSON.parse(sink.text())).toMatchObject({ results: [], times: { count: 0, p50: null } });
});

test('a spool gives all results as often as they are read, also while more come', async () => {
  const spool = await createResultSpool();
  const read = async (): Promise<string[]> => {
    const names: string[] = [];
    for await (const { name } of spool.results) names.push(name);
    return names;
  };
  expect(await read()).toEqual([]);
  await Promise.all(['a', 'b\u2028c', 'd\r\ne'].map((name) => spool.append(makeResult({ name }))));
  expect(await read()).toEqual(['a', 'b\u2028c', 'd\r\ne']);
  await spool.append(makeResult({ name: 'f' }));
  expect(await read()).toEqual(['a', 'b\u2028c', 'd\r\ne', 'f']);
  await spool.close();
});
