import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { startServer, type Answer } from '../support/start-server.ts';

const answers = (data: unknown) => (answer: Answer) => answer.json?.data === data;
const reads = (specifier: string) => `import { apiFunction } from 'api-deploy';
import { value } from '${specifier}';
export const read = apiFunction(() => value);
`;

it('a missing import outside apisDir that appears later mends its importer', async () => {
  const server = await startServer({
    files: { 'm.ts': reads('../shared/value.ts'), 'n.ts': reads('../beside.js') },
  });
  try {
    expect((await server.call('/m/read')).status).toBe(404);
    await sleep(300);
    await mkdir(join(server.dir, 'shared'));
    await writeFile(join(server.dir, 'shared/value.ts'), `export const value = 'here';`);
    await server.until('/m/read', answers('here'));
    await writeFile(join(server.dir, 'beside.ts'), `export const value = 'there';`);
    await server.until('/n/read', answers('there'));
    await writeFile(join(server.dir, 'shared/value.ts'), `export const value = 'changed';`);
    await server.until('/m/read', answers('changed'));
  } finally {
    await server.stop();
  }
});
