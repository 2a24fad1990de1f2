import { join } from 'node:path';
import { mkdir, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { startServer } from '../support/start-server.ts';

const says = (text: string) =>
  `import { apiFunction } from 'api-deploy';\nexport const say = apiFunction(() => '${text}');\n`;

it('a save is served while other files in the folder never rest', async () => {
  const server = await startServer({ files: { 'm.ts': says('first') } });
  const folder = join(server.dir, 'apis/_data');
  await mkdir(folder);
  let resting = false;
  const restless = (async () => {
    for (let at = 0; !resting; at++) {
      await writeFile(join(folder, `${at % 20}.json`), `{"at": ${at}}`);
      await sleep(4);
    }
  })();
  try {
    await sleep(300);
    await server.write('m.ts', says('second'));
    await sleep(1_500);
    expect((await server.call('/m/say')).json.data).toBe('second');
  } finally {
    resting = true;
    await restless;
    await server.stop();
  }
});
