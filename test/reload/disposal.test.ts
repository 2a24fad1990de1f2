import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { startServer, type Answer, type TestServer } from '../support/start-server.ts';

const answers = (data: unknown) => (answer: Answer) => answer.json?.data === data;

/** A helper that notes its end beside `apis`, where every generation of it writes. */
const resource = `import { appendFileSync } from 'node:fs';
import { onDispose } from 'api-deploy';
export const note = (text: string) => appendFileSync(import.meta.dirname + '/../history.txt', text + '\\n');
onDispose(() => note('disposed of'));
`;

async function history(server: TestServer, lines: number): Promise<string[]> {
  const deadline = Date.now() + 5_000;
  for (;;) {
    const text = await readFile(join(server.dir, 'history.txt'), 'utf8').catch(() => '');
    const found = text.split('\n').filter(Boolean);
    if (found.length >= lines || Date.now() > deadline) return found;
    await sleep(10);
  }
}

it('what was imported late goes with its importer', async () => {
  const module = (version: string) => `import { apiFunction } from 'api-deploy';
export const load = apiFunction(async () => {
  const name = '_resource';
  const { note } = await import(\`./\${name}.ts\`);
  return typeof note;
});
export const version = apiFunction(() => '${version}');
`;
  const server = await startServer({ files: { 'm.ts': module('v1'), '_resource.ts': resource } });
  try {
    expect((await server.call('/m/load')).json.data).toBe('function');
    await server.write('m.ts', module('v2'));
    await server.until('/m/version', answers('v2'));
    expect(await history(server, 1)).toEqual(['disposed of']);
  } finally {
    await server.stop();
  }
});

it('what a call of an older generation uses waits for that call, also when it is replaced later', async () => {
  const module = (version: string) => `import { setTimeout as sleep } from 'node:timers/promises';
import { apiFunction } from 'api-deploy';
import { note, size } from './_resource.ts';
export const slow = apiFunction(async () => { await sleep(1000); note('call ends'); });
export const version = apiFunction(() => '${version} ' + size);
`;
  const sized = (size: number) => `${resource}export const size = ${size};\n`;
  const server = await startServer({ files: { 'm.ts': module('v1'), '_resource.ts': sized(1) } });
  try {
    const slow = server.call('/m/slow');
    await sleep(100);
    await server.write('m.ts', module('v2'));
    await server.until('/m/version', answers('v2 1'));
    await server.write('_resource.ts', sized(2));
    await server.until('/m/version', answers('v2 2'));
    await slow;
    expect(await history(server, 2)).toEqual(['call ends', 'disposed of']);
  } finally {
    await server.stop();
  }
});
