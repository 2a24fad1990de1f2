import { afterEach, expect, test } from 'vitest';
import {
  createCrashRecorder,
  createCrashRecordFile,
  type CrashRecordFile,
} from '../../src/supervision/cluster/crash-record.ts';

let file: CrashRecordFile;
afterEach(() => file.close());

const call = (endpoint: string, requestId = 'id') => ({ endpoint: { path: endpoint }, requestId });

test('a call is on record from its start on, and off it with the next write after its end', () => {
  file = createCrashRecordFile();
  const recorder = createCrashRecorder(file.fd);
  expect(file.read()).toEqual({ calls: [], loading: [] });
  const first = recorder.started(call('/m/first', 'one'));
  recorder.started(call('/m/second', 'two'));
  expect(file.read().calls).toMatchObject([
    { endpoint: '/m/first', requestId: 'one', since: expect.stringMatching(/^20\d\d-.*Z$/) },
    { endpoint: '/m/second', requestId: 'two' },
  ]);
  recorder.ended(first);
  recorder.started(call('/m/third'));
  expect(
    file
      .read()
      .calls.map(({ endpoint }) => endpoint)
      .sort(),
  ).toEqual(['/m/second', '/m/third']);
});

test('ended calls are taken off without a new one', () => {
  file = createCrashRecordFile();
  const recorder = createCrashRecorder(file.fd);
  const calls = Array.from({ length: 5 }, (_, nr) => recorder.started(call(`/m/f${nr}`)));
  for (const each of calls) recorder.ended(each);
  recorder.refresh();
  expect(file.read().calls).toEqual([]);
});

test('more calls than have a place are run all the same', () => {
  file = createCrashRecordFile();
  const recorder = createCrashRecorder(file.fd);
  const calls = Array.from({ length: 40 }, (_, nr) => recorder.started(call(`/m/f${nr}`)));
  expect(file.read().calls).toHaveLength(32);
  for (const each of calls) recorder.ended(each);
  recorder.started(call('/m/last'));
  expect(file.read().calls.map(({ endpoint }) => endpoint)).toEqual(['/m/last']);
});

test('very long names are cut, and disturb no other', () => {
  file = createCrashRecordFile();
  const recorder = createCrashRecorder(file.fd);
  recorder.started(call(`/${'x'.repeat(500)}`, 'y'.repeat(500)));
  recorder.started(call('/m/short', 'short'));
  const [long, short] = file.read().calls;
  expect(long?.endpoint).toMatch(/^\/x{100,}$/);
  expect(long?.requestId).toMatch(/^y{64}$/);
  expect(short).toMatchObject({ endpoint: '/m/short', requestId: 'short' });
});

test('files that are being loaded are on record until none is', () => {
  file = createCrashRecordFile();
  const recorder = createCrashRecorder(file.fd);
  recorder.loading(['/apis/ä.ts', '/apis/b.ts']);
  expect(file.read().loading).toEqual(['/apis/ä.ts', '/apis/b.ts']);
  recorder.loading([]);
  expect(file.read().loading).toEqual([]);
});
