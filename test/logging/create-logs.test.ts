import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { aRequest, logFolder } from './log-folder.ts';

describe('lines', () => {
  it('writes one line per request with every field', async () => {
    const { logs, lines } = await logFolder();
    logs.request({
      ...aRequest,
      status: 422,
      code: 'VALIDATION_ERROR',
      body: { name: 'World' },
      data: { secret: 1 },
    });
    logs.flush();
    expect(lines()).toEqual([
      {
        level: 'warn',
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        kind: 'request',
        requestId: 'r-1',
        method: 'POST',
        endpoint: '/template/syncHello',
        status: 422,
        code: 'VALIDATION_ERROR',
        durationMs: 1.235,
        principal: 'business:0011aabb',
        generation: 3,
        body: { name: 'World' },
      },
    ]);
  });

  it('gives every kind its level and the generation', async () => {
    const { logs, lines } = await logFolder();
    logs.error('failed', { requestId: 'r-2', generation: 5 });
    logs.system('info', 'started');
    logs.auth('warn', 'invalid token', { endpoint: '/x' });
    logs.call('error', 'from a function', {
      order: 12,
      level: 'spoof',
      kind: 'request',
      time: 0,
      message: 'm',
    });
    logs.request({ ...aRequest, status: 500 });
    logs.flush();
    expect(lines().map(({ time: _time, ...line }) => line)).toMatchObject([
      { level: 'error', kind: 'error', message: 'failed', requestId: 'r-2', generation: 5 },
      { level: 'info', kind: 'system', message: 'started', generation: 7 },
      { level: 'warn', kind: 'auth', message: 'invalid token', endpoint: '/x', generation: 7 },
      {
        level: 'error',
        kind: 'call',
        message: 'from a function',
        order: 12,
        level_: 'spoof',
        kind_: 'request',
        generation: 7,
      },
      { level: 'error', kind: 'request', generation: 3 },
    ]);
  });

  it('names the file after logFilePath', async () => {
    const { logs, files } = await logFolder();
    logs.system('info', 'started');
    expect(files()).toEqual([expect.stringMatching(/^api_\.\d{4}-\d{2}-\d{2}\.1\.log$/)]);
    expect(basename(logs.file ?? '')).toBe(files()[0]);
  });

  it('goes on with the same file after a restart', async () => {
    const first = await logFolder();
    first.logs.system('info', 'one');
    await first.logs.close();
    const second = await logFolder({}, { projectDir: first.folder.replace(/logs$/, '') });
    second.logs.system('info', 'two');
    expect(second.files()).toHaveLength(1);
    expect(second.lines().map((line) => line.message)).toEqual(['one', 'two']);
  });
});

describe('urgency', () => {
  it('has error, auth, system lines and warnings of functions on disk when the call returns', async () => {
    const { logs, lines } = await logFolder();
    const written = () => lines().length;
    logs.error('1');
    expect(written()).toBe(1);
    logs.auth('info', '2');
    expect(written()).toBe(2);
    logs.system('info', '3');
    expect(written()).toBe(3);
    logs.call('warn', '4');
    expect(written()).toBe(4);
  });

  it('gathers request lines and writes them soon by itself, in order', async () => {
    const { logs, lines } = await logFolder();
    logs.request({ ...aRequest, requestId: 'a' });
    logs.call('info', 'b');
    expect(lines()).toEqual([]);
    await vi.waitFor(() => expect(lines()).toHaveLength(2));
    logs.request({ ...aRequest, requestId: 'c' });
    logs.system('info', 'd');
    expect(lines().map((line) => line['requestId'] ?? line.message)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('writes what waits when it is closed', async () => {
    const { logs, lines } = await logFolder();
    logs.request(aRequest);
    await logs.close();
    expect(lines()).toHaveLength(1);
    logs.system('info', 'after the end');
    logs.flush();
    await logs.close();
    expect(lines()).toHaveLength(1);
  });
});

describe('settings', () => {
  it('take effect at the next line', async () => {
    const log = await logFolder();
    const last = () => {
      log.logs.flush();
      return log.lines().at(-1);
    };
    log.logs.request({ ...aRequest, body: { a: 1 }, data: { b: 2 } });
    expect(last()).toMatchObject({ body: { a: 1 } });
    expect(last()).not.toHaveProperty('data');

    log.settings = { ...log.settings, logRequestBody: false, logResponseData: true };
    log.logs.request({ ...aRequest, body: { a: 1 }, data: { b: 2, token: 'x' } });
    expect(last()).toMatchObject({ data: { b: 2, token: '[redacted]' } });
    expect(last()).not.toHaveProperty('body');

    log.settings = { ...log.settings, logRequestBody: true, logMaxBodySize: 5 };
    log.logs.request({ ...aRequest, body: { a: 1234567 } });
    expect(last()).toMatchObject({ body: '{"a":… [cut]' });

    const before = log.lines().length;
    log.settings = { ...log.settings, enableRequestLogging: false };
    log.logs.request(aRequest);
    log.logs.flush();
    expect(log.lines()).toHaveLength(before);
  });

  it('logLevel holds for system and call lines', async () => {
    const log = await logFolder({ logLevel: 'warn' });
    log.logs.system('info', 'no');
    log.logs.call('info', 'no');
    log.logs.system('warn', 'yes');
    log.logs.call('error', 'yes');
    log.logs.auth('info', 'yes');
    log.logs.error('yes');
    log.settings = { ...log.settings, logLevel: 'debug' };
    log.logs.call('debug', 'yes');
    log.logs.flush();
    expect(log.lines().map((line) => line.message)).toEqual(['yes', 'yes', 'yes', 'yes', 'yes']);
  });

  it('logToFile: false leaves the console alone', async () => {
    const { logs, files, console } = await logFolder({ logToFile: false });
    logs.system('info', 'started');
    expect(files).toThrow(/ENOENT/);
    expect(logs.file).toBeUndefined();
    expect(console.text).toContain('"message":"started"');
  });
});

describe('errors', () => {
  it('are written with type, code, mapped stack, causes and members', async () => {
    const { logs, lines } = await logFolder(
      {},
      { mapStack: (stack) => stack.replaceAll(/at .*/g, 'at mapped.ts:1') },
    );
    const inner = Object.assign(new TypeError('inner'), { code: 'E_INNER' });
    const all = new AggregateError([new Error('one'), 'two'], 'several');
    logs.error('failed', { err: new Error('outer', { cause: inner }), requestId: 'r' });
    logs.error('failed', { err: all });
    logs.error('failed', { err: 'a text' });
    const errors = lines().map((line) => line['err']);
    expect(errors).toMatchObject([
      {
        type: 'Error',
        message: 'outer',
        stack: expect.stringContaining('at mapped.ts:1'),
        cause: { type: 'TypeError', code: 'E_INNER' },
      },
      { type: 'AggregateError', errors: [{ message: 'one' }, { type: 'string', message: 'two' }] },
      { type: 'string', message: 'a text' },
    ]);
    expect(JSON.stringify(errors)).not.toContain(import.meta.filename);
  });

  it('cannot break the log, whatever was thrown', async () => {
    const mapStack = () => {
      throw new Error('no map');
    };
    const { logs, lines } = await logFolder({}, { mapStack });
    const cyclic = new Error('cyclic');
    cyclic.cause = cyclic;
    const hostile = new Proxy(
      {},
      {
        get: () => {
          throw new Error('get');
        },
        ownKeys: () => {
          throw new Error('keys');
        },
      },
    );
    const noText = {
      toString: () => {
        throw new Error('toString');
      },
    };
    const loop: Record<string, unknown> = { big: 12n, symbol: Symbol('s'), nothing: undefined };
    loop['self'] = loop;
    for (const err of [cyclic, hostile, noText, null, undefined, Symbol('s'), Object.create(null)])
      logs.error('thrown', { err });
    logs.error('fields', { loop, hostile });
    expect(lines()).toHaveLength(8);
    expect(lines().at(-1)).toMatchObject({
      loop: { big: '12', self: '[circular]' },
      hostile: '[unreadable]',
    });
  });
});

describe('a file that is read meanwhile', () => {
  it('holds whole lines only', async () => {
    const { logs } = await logFolder();
    for (let i = 0; i < 500; i++) logs.request({ ...aRequest, body: { text: 'ü'.repeat(300) } });
    const text = readFileSync(logs.file ?? '', 'utf8');
    expect(text.length).toBeGreaterThan(0);
    expect(text.endsWith('\n')).toBe(true);
  });
});
