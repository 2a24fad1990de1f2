import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { reporters } from '../../../apis/_platform/reports/reporters.ts';
import { toSink } from '../../../apis/_platform/reports/stream-sink.ts';
import { makeResult, makeRun, textSink } from './make-run.ts';

const failed = makeResult({
  iteration: 2,
  status: 'failed',
  assertions: [{ name: 'status equals 201', status: 'failed', expected: 201, actual: 200 }],
});
const broken = makeResult({
  status: 'error',
  error: { code: 'ECONNREFUSED', message: 'nobody listens at 127.0.0.1:9' },
});

async function print(options: { lang?: 'en' | 'zh'; isTTY?: boolean } = {}): Promise<string> {
  const sink = textSink(options.isTTY);
  const lang = options.lang ?? 'en';
  await reporters.console.write(makeRun([makeResult(), failed, broken]), sink, { lang });
  return sink.text();
}

describe('the console report', () => {
  test('says what passed, why something did not, and the sums', async () => {
    const text = await print();
    expect(text).toContain('✓ Get an order  GET https://shop.test/orders/1  200  13 ms');
    expect(text).toContain('iteration 3');
    expect(text).toContain('status equals 201: expected 201, actual 200');
    expect(text).toContain('ECONNREFUSED: nobody listens at 127.0.0.1:9');
    expect(text).toContain('Requests: ✓ 1 passed  ✗ 1 failed  ! 1 error');
    expect(text).toContain('Assertions: ✓ 2 passed  ✗ 1 failed');
    expect(text).toContain('Duration: 4.5 s');
    expect(text.trimEnd().endsWith('error')).toBe(true);
  });

  test('says how many passed because nobody asserted anything', async () => {
    const response = { status: 404, httpVersion: '1.1', headers: [] };
    const unchecked = [
      makeResult({ assertions: [] }),
      makeResult({ assertions: [], response }),
      makeResult({ assertions: [], status: 'error' }),
    ];
    const write = async (results: typeof unchecked, lang: 'en' | 'zh') => {
      const sink = textSink();
      await reporters.console.write(makeRun(results), sink, { lang });
      return sink.text();
    };
    expect(await write(unchecked, 'en')).toContain(
      'Without assertions: 2 passed whatever the answer, 1 of them with a status of 400 or more',
    );
    expect(await write(unchecked.slice(0, 1), 'zh')).toContain('没有断言: 1 个无论响应如何都算通过\n');
    expect(await write([makeResult()], 'en')).not.toContain('Without assertions');
  });

  test('speaks Chinese', async () => {
    const text = await print({ lang: 'zh' });
    expect(text).toContain('请求: ✓ 1 通过  ✗ 1 失败  ! 1 错误');
    expect(text).toContain('status equals 201: 期望 201, 实际 200');
    expect(text).toContain('第 3 轮');
  });

  test('has colours on a terminal alone, and none where NO_COLOR asks for none', async () => {
    expect(await print()).not.toContain('\u001B');
    const before = process.env['NO_COLOR'];
    delete process.env['NO_COLOR'];
    try {
      expect(await print({ isTTY: true })).toContain('\u001B[31m');
      process.env['NO_COLOR'] = '1';
      expect(await print({ isTTY: true })).not.toContain('\u001B');
    } finally {
      if (before === undefined) delete process.env['NO_COLOR'];
      else process.env['NO_COLOR'] = before;
    }
  });

  test('what a server wrote cannot steer the terminal', async () => {
    const sink = textSink();
    const name = 'evil\u001B[2J\u009B1m\rname';
    await reporters.console.write(makeRun([makeResult({ name })]), sink);
    expect(sink.text()).toContain('evil\\u001b[2J\\u009b1m\\u000dname');
  });

  test('prints each result as it comes', async () => {
    const sink = textSink();
    let release = (): void => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    async function* results() {
      yield makeResult({ name: 'first' });
      await held;
      yield makeResult({ name: 'second' });
    }
    const writing = reporters.console.write(makeRun(results()), sink);
    await new Promise(setImmediate);
    expect(sink.text()).toContain('first');
    expect(sink.text()).not.toContain('second');
    release();
    await writing;
    expect(sink.text()).toContain('second');
  });

  test('waits for a stream that is full, and ends when it breaks', async () => {
    const stream = new PassThrough({ highWaterMark: 64 });
    let text = '';
    const writing = reporters.console.write(
      makeRun(Array.from({ length: 50 }, () => makeResult())),
      toSink(stream),
    );
    stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
    await writing;
    await new Promise(setImmediate);
    expect(text.match(/✓ Get an order/g)).toHaveLength(50);

    const closed = new PassThrough({ highWaterMark: 64 });
    const failing = reporters.console.write(makeRun([makeResult(), makeResult()]), toSink(closed));
    closed.destroy(new Error('the pipe broke'));
    await expect(failing).rejects.toThrow('the pipe broke');
  });
});
