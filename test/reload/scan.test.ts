import { mkdir, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { startServer, type Answer, type TestServer } from '../support/start-server.ts';

const says = (text: string) =>
  `import { apiFunction } from 'api-deploy';\nexport const say = apiFunction(() => '${text}');\n`;
const answers = (data: unknown) => (answer: Answer) => answer.json?.data === data;

/**
 * A module that is a link to a file below another link, as deployments and mounted settings are made. Turning
 * that one happens in no folder that anybody watches: no event tells of it.
 */
async function startLinked(scanInterval: string): Promise<TestServer> {
  const server = await startServer({
    files: { 'plain.ts': says('plain') },
    env: { SCAN_INTERVAL: scanInterval },
  });
  for (const version of ['v1', 'v2']) {
    await mkdir(join(server.dir, 'releases', version), { recursive: true });
    await writeFile(join(server.dir, 'releases', version, 'm.ts'), says(version));
  }
  await symlink('v1', join(server.dir, 'releases/current'));
  await symlink('../releases/current/m.ts', join(server.dir, 'apis/m.ts'));
  await server.until('/m/say', answers('v1'));
  // The second looks at what was just made are over.
  await sleep(500);
  return server;
}

async function turn(server: TestServer, version: string): Promise<void> {
  await symlink(version, join(server.dir, 'releases/next'));
  await rename(join(server.dir, 'releases/next'), join(server.dir, 'releases/current'));
}

it('a change that no event tells of is found by the scan', async () => {
  const server = await startLinked('300 ms');
  try {
    await turn(server, 'v2');
    await server.until('/m/say', answers('v2'));
    // The type of the result may be completed as a generation of its own.
    await sleep(500);
    const before = await server.generation();
    await sleep(1_000);
    // Where nothing has changed, a look swaps nothing.
    expect(await server.generation()).toBe(before);
    await turn(server, 'v1');
    await server.until('/m/say', answers('v1'));
  } finally {
    await server.stop();
  }
});

it('without the scan it is not, until somebody asks for a reload: there was no event', async () => {
  const server = await startLinked('0');
  try {
    await turn(server, 'v2');
    await sleep(1_500);
    expect((await server.call('/m/say')).json.data).toBe('v1');
    await server.admin('/api/reload');
    expect((await server.call('/m/say')).json.data).toBe('v2');
  } finally {
    await server.stop();
  }
});
