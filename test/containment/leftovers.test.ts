import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { startServer, type Answer, type TestServer } from '../support/start-server.ts';

const answers = (data: unknown) => (answer: Answer) => answer.json?.data === data;
const messages = (answer: Answer): string[] =>
  answer.json.data.warnings.map((warning: { message: string }) => warning.message);

function leaving(code: string, version: number): string {
  return `import { apiFunction, onDispose } from 'api-deploy';
${code}
void onDispose;
export const version = apiFunction(() => ${version});
`;
}

async function save(server: TestServer, code: string, version: number): Promise<void> {
  await server.write('m.ts', leaving(code, version));
  await server.until('/m/version', answers(version));
}

const clean = '// leaves nothing';

const leaks: Readonly<Record<string, readonly [code: string, what: RegExp]>> = {
  'a listener of the process': [
    `process.on('SIGWINCH', () => {});`,
    /listener of process for 'SIGWINCH' \(the runtime took it away\); remove it in onDispose/,
  ],
  'a listener that runs once': [`process.once('SIGWINCH', () => {});`, /listener of process for 'SIGWINCH'/],
  'a listener of stdout': [
    `process.stdout.on('resize', () => {});`,
    /listener of process\.stdout for 'resize'/,
  ],
  'a server': [
    `import net from 'node:net';\nnet.createServer().listen(0, '127.0.0.1');`,
    /server on 127\.0\.0\.1:\d+; close it in onDispose/,
  ],
  'an HTTP server': [
    `import { createServer } from 'node:http';\ncreateServer().listen(0, '127.0.0.1');`,
    /server on 127\.0\.0\.1:\d+/,
  ],
  'a socket': [
    `import { connect } from 'node:net';\nconnect(Number(process.env['PEER']), '127.0.0.1');`,
    /socket to 127\.0\.0\.1:\d+/,
  ],
  'a UDP socket': [`import { createSocket } from 'node:dgram';\ncreateSocket('udp4').bind(0);`, /UDP socket/],
  'a child process': [
    `import { spawn } from 'node:child_process';\nspawn(process.execPath, ['-e', 'process.stdin.resume()'], { stdio: ['pipe', 'ignore', 'ignore'] });`,
    /child process \d+ \(.*node.*\); end it/,
  ],
  'a worker thread': [
    `import { Worker } from 'node:worker_threads';\nnew Worker('setInterval(() => {}, 1e6)', { eval: true });`,
    /worker thread; terminate it/,
  ],
  'a watcher of files': [
    `import { watch } from 'node:fs';\nwatch(import.meta.dirname);`,
    /watcher of .*apis/,
  ],
  'a watcher of one file': [
    `import fs from 'node:fs';\nfs.watchFile(import.meta.filename, () => {});`,
    /watcher of .*m\.ts/,
  ],
  'a broadcast channel': [`new BroadcastChannel('news');`, /BroadcastChannel 'news'/],
  'a message port': [
    `import { MessageChannel } from 'node:worker_threads';\nnew MessageChannel().port1.on('message', () => {});`,
    /MessagePort that listens/,
  ],
  'a subscription of diagnostics': [
    `import { subscribe } from 'node:diagnostics_channel';\nsubscribe('api-deploy.test', () => {});`,
    /subscription of the diagnostics channel 'api-deploy\.test'; unsubscribe it/,
  ],
};

it.each(Object.entries(leaks))(
  '%s that is left behind is named, with its file and line',
  async (_, [code, what]) => {
    // A server that the tests reach anyway.
    const peer = await startServer();
    const server = await startServer({
      files: { 'm.ts': leaving(code, 1) },
      env: { PEER: new URL(peer.url).port },
    });
    try {
      await server.until('/m/version', answers(1));
      await save(server, clean, 2);
      const state = await server.until('/', (answer) => messages(answer).length > 0);
      expect(messages(state)).toEqual([expect.stringMatching(what)]);
      const [warning] = state.json.data.warnings;
      expect(warning).toMatchObject({ module: 'm', file: 'apis/m.ts', line: code.includes('\n') ? 3 : 2 });
      expect(warning.message).toContain('left behind when it was replaced: ');
      const lines = (await server.logLines()).filter(({ leak }) => leak !== undefined);
      expect(lines).toHaveLength(1);
      expect(lines[0]).toMatchObject({ kind: 'system', level: 'warn' });
      expect(lines[0]?.['message']).toMatch(/^apis\/m\.ts:\d+:\d+: left behind/);
      const report = await server.admin('/api/reload');
      expect(report.json.data.warnings).toEqual(state.json.data.warnings);
    } finally {
      await server.stop();
      await peer.stop();
    }
  },
);

it('what onDispose ends is no leftover, nor are connections of fetch', async () => {
  const peer = await startServer();
  const code = `import net from 'node:net';
import { spawn } from 'node:child_process';
import { Worker } from 'node:worker_threads';
import { watch } from 'node:fs';
const listener = () => {};
process.on('SIGWINCH', listener);
const server = net.createServer().listen(0);
const socket = net.connect(Number(process.env['PEER']), '127.0.0.1');
const child = spawn(process.execPath, ['-e', 'process.stdin.resume()'], { stdio: ['pipe', 'ignore', 'ignore'] });
const worker = new Worker('setInterval(() => {}, 1e6)', { eval: true });
const watcher = watch(import.meta.dirname);
const channel = new BroadcastChannel('news');
void fetch('http://127.0.0.1:' + process.env['PEER'] + '/health').then((answer) => answer.text());
onDispose(async () => {
  process.off('SIGWINCH', listener);
  server.close();
  socket.end();
  child.kill();
  watcher.close();
  channel.close();
  await worker.terminate();
});`;
  const server = await startServer({
    files: { 'm.ts': leaving(code, 1), 'other.ts': leaving(`process.on('SIGWINCH', () => {});`, 1) },
    env: { PEER: new URL(peer.url).port },
  });
  try {
    await save(server, clean, 2);
    // The leftover of another module that is replaced later shows that the first one was looked at.
    await server.write('other.ts', leaving(clean, 2));
    await server.until('/', (answer) => messages(answer).some((message) => message.includes('SIGWINCH')));
    expect(
      (await server.get('/')).json.data.warnings.map((warning: { file: string }) => warning.file),
    ).toEqual(['apis/other.ts']);
  } finally {
    await server.stop();
    await peer.stop();
  }
});

it('a listener left by 50 saves is taken away each time, and told a few times', async () => {
  const code = `process.on('SIGWINCH', () => {});
export const listeners = apiFunction(() => process.listenerCount('SIGWINCH'));`;
  const server = await startServer({ files: { 'm.ts': leaving(code, 0) } });
  try {
    for (let version = 1; version <= 50; version++) await save(server, code, version);
    await server.until('/m/listeners', answers(1));
    await server.until('/', (answer) => messages(answer).length === 1);
    await server.until('/', () => server.output().includes('SIGWINCH'));
    await save(server, clean, 51);
    // The 51st is looked at a second later than the 50th.
    await server.until('/', (answer) => answer.json.data.generation >= 52 && messages(answer).length === 1);
    expect((await server.logLines()).filter(({ leak }) => leak !== undefined).length).toBeLessThanOrEqual(2);
    expect(server.output()).not.toContain('MaxListenersExceededWarning');
  } finally {
    await server.stop();
  }
});

it('a listener that a package adds is told only when it is added again, and stays', async () => {
  const code = `// @ts-expect-error It has no types.
import { listen } from 'listener';
listen();
export const listeners = apiFunction(() => process.listenerCount('SIGWINCH'));`;
  const server = await startServer({ files: { 'm.ts': leaving(clean, 0) } });
  try {
    const folder = join(server.dir, 'node_modules/listener');
    await mkdir(folder, { recursive: true });
    await writeFile(
      join(folder, 'package.json'),
      JSON.stringify({ name: 'listener', type: 'module', exports: './index.js' }),
    );
    await writeFile(
      join(folder, 'index.js'),
      `export const listen = () => void process.on('SIGWINCH', () => {});\n`,
    );
    await save(server, code, 1);
    await save(server, code, 2);
    await save(server, code, 3);
    const state = await server.until('/', (answer) => messages(answer).length > 0);
    expect(messages(state)[0]).toMatch(
      /through a package: 2 × listener of process for 'SIGWINCH'; remove it/,
    );
    expect((await server.call('/m/listeners')).json.data).toBe(3);
  } finally {
    await server.stop();
  }
});

it('a leftover that ends later is no warning any more', async () => {
  const code = `import net from 'node:net';
const server = net.createServer().listen(0);
setTimeout(() => {}, 1);
Reflect.set(globalThis, 'endLeftover', () => server.close());`;
  const server = await startServer({ files: { 'm.ts': leaving(code, 1) } });
  try {
    await save(
      server,
      `export const end = apiFunction(() => { Reflect.get(globalThis, 'endLeftover')(); return true; });`,
      2,
    );
    await server.until('/', (answer) => messages(answer).length === 1);
    expect((await server.call('/m/end')).json.data).toBe(true);
    expect((await server.admin('/api/reload')).json.data.warnings).toEqual([]);
  } finally {
    await server.stop();
  }
});
