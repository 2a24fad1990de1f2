import { writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { businessToken, startServer, type TestServer } from '../support/start-server.ts';

let server: TestServer;
afterEach(() => server.stop());

const files = {
  'probe.ts': `
import { existsSync } from 'node:fs';
import { apiFunction } from 'api-deploy';
export const ping = apiFunction(() => 'pong');
/** Once the file is there, it takes all of the process's time for a while. */
export const busy = apiFunction(async (file: string, ms: number) => {
  while (!existsSync(file)) await new Promise((resolve) => setTimeout(resolve, 1));
  const until = performance.now() + ms;
  while (performance.now() < until);
});
`,
};
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

function callOf(path: string, body: object): string {
  const text = JSON.stringify({ token: businessToken, body });
  return `POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${text.length}\r\n\r\n${text}`;
}

/** What came on a connection, and how it ended. */
interface Talk {
  socket: Socket;
  text: string;
  ended: string | undefined;
}

function talkTo({ url }: TestServer): Talk {
  const talk: Talk = { socket: connect(Number(new URL(url).port), '127.0.0.1'), text: '', ended: undefined };
  talk.socket.setEncoding('utf8');
  talk.socket.on('data', (text: string) => (talk.text += text));
  talk.socket.on('error', (error: NodeJS.ErrnoException) => (talk.ended = error.code ?? error.message));
  talk.socket.on('close', () => (talk.ended ??= 'closed'));
  return talk;
}

async function until(done: () => boolean): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!done()) {
    if (Date.now() > deadline) throw new Error('it has not come to that within 20 s');
    await sleep(1);
  }
}

/** Gives what the kept connection got; undefined when it was closed before a request was sent on it. */
async function callWhileBusy(): Promise<Talk | undefined> {
  server = await startServer({ files });
  const [kept, other] = [talkTo(server), talkTo(server)];
  kept.socket.write(callOf('/probe/ping', {}));
  await until(() => kept.text.includes('pong'));
  kept.text = '';
  const marker = join(server.dir, 'now');
  other.socket.write(callOf('/probe/busy', { file: marker, ms: 500 }));
  await sleep(100);
  server.process.kill('SIGTERM');
  await until(() => server.output().includes('stopping'));
  // Idle connections are left open for 100 ms, which end while the process is busy.
  await sleep(50);
  await writeFile(marker, '');
  await sleep(30);
  if (kept.ended !== undefined) return undefined;
  kept.socket.write(callOf('/probe/ping', {}));
  await until(() => kept.ended !== undefined);
  return kept;
}

test('a request that comes while a stopping process is busy is answered, and its connection not reset', async () => {
  for (let turn = 0; turn < 10; turn++) {
    const kept = await callWhileBusy();
    if (kept === undefined) {
      await server.stop();
      continue;
    }
    expect(kept.ended).toBe('closed');
    expect(kept.text).toMatch(/^HTTP\/1\.1 503 /);
    expect(kept.text).toContain('SHUTTING_DOWN');
    return;
  }
  throw new Error('the kept connection was closed each time before a request was sent on it');
}, 120_000);
