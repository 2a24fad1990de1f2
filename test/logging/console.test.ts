import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { openConsoleOutput } from '../../src/logging/console-output.ts';
import { aRequest, linesOf, logFolder, TextStream } from './log-folder.ts';

describe('the console', () => {
  it('has the same JSON lines as the file', async () => {
    const { logs, console, lines } = await logFolder();
    logs.request(aRequest);
    logs.system('info', 'started');
    expect(linesOf(console.text)).toEqual(lines());
  });

  it('is readable in development', async () => {
    const { logs, console } = await logFolder({}, { console: 'pretty' });
    logs.system('info', 'listening', { port: 8000 });
    logs.request({ ...aRequest, body: { name: 'World' } });
    logs.request({
      ...aRequest,
      status: 404,
      code: 'ENDPOINT_NOT_FOUND',
      endpoint: '/x\u001b[2J',
      requestId: 'r',
    });
    const cause = new Error('inner');
    logs.error('it failed', { err: new TypeError('outer', { cause }) });
    const text = console.text.split('\n');
    expect(text[0]).toMatch(/^\[\d\d:\d\d:\d\d\.\d{3}\] INFO: listening$/);
    expect(text[1]).toMatch(
      /INFO: POST \/template\/syncHello 200 1\.235 ms business:0011aabb body \{"name":"World"\}$/,
    );
    expect(text[2]).toMatch(/WARN: POST \/x\\u001b\[2J 404 ENDPOINT_NOT_FOUND 1\.235 ms/);
    expect(text[3]).toMatch(/ERROR: it failed$/);
    expect(text[4]).toMatch(/^ {4}TypeError: outer$/);
    expect(console.text).toMatch(/\n {2}caused by:\n {4}Error: inner\n {8}at /);
    expect(console.text).not.toContain('\u001b');
  });

  it('has colours on a terminal only', async () => {
    const terminal = Object.assign(new TextStream(), { isTTY: true });
    const { logs } = await logFolder({}, { console: 'pretty', consoleStream: terminal });
    logs.system('warn', 'careful');
    expect(terminal.text.includes('\u001b[')).toBe(!process.env['NO_COLOR']);
  });

  it('none is silent', async () => {
    const { logs, console, lines } = await logFolder({}, { console: 'none' });
    logs.system('info', 'started');
    expect(console.text).toBe('');
    expect(lines()).toHaveLength(1);
  });

  it('leaves lines out while the reader stalls', async () => {
    const stalled = new Writable({ write: () => {} });
    const output = await openConsoleOutput('json', stalled);
    for (let index = 0; index < 1_000; index++) output.write('x'.repeat(10_000));
    expect(stalled.writableLength).toBeLessThan(2 ** 20 + 20_000);
  });

  it('survives streams that fail', async () => {
    const failing = new Writable({ write: (_chunk, _encoding, done) => done(new Error('EPIPE')) });
    const output = await openConsoleOutput('json', failing);
    output.write('one\n');
    output.write('two\n');
    failing.destroy();
    output.write('three\n');
  });
});
