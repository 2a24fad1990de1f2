import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { mkdir, open, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { startServer, type Answer } from '../support/start-server.ts';

const says = (text: string) =>
  `import { apiFunction } from 'api-deploy';\nexport const say = apiFunction(() => '${text}');\n`;

const answers = (data: unknown) => (answer: Answer) => answer.json?.data === data;

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

it('what is no module is not read: a pipe that nobody fills stops nothing', async () => {
  const server = await startServer({ files: { 'm.ts': says('first') } });
  const pipe = join(server.dir, 'apis/_pipe');
  try {
    await sleep(300);
    execFileSync('mkfifo', [pipe]);
    await sleep(300);
    await server.write('m.ts', says('second'));
    await sleep(1_000);
    expect((await server.call('/m/say')).json.data).toBe('second');
  } finally {
    // A reader that waits is let go, so that the server can stop.
    if (server.process.exitCode === null) await open(pipe, 'r+').then((file) => file.close());
    await server.stop();
  }
});

it.each([
  {
    name: 'deleted and made anew',
    replace: async (apis: string) => {
      await rm(apis, { recursive: true });
      await sleep(300);
      await mkdir(apis);
      await writeFile(join(apis, 'm.ts'), says('second'));
    },
  },
  {
    name: 'swapped with another',
    replace: async (apis: string) => {
      await mkdir(`${apis}-next`);
      await writeFile(join(`${apis}-next`, 'm.ts'), says('second'));
      await rename(apis, `${apis}-before`);
      await rename(`${apis}-next`, apis);
    },
  },
  {
    name: 'a link that is turned to another',
    replace: async (apis: string) => {
      await rename(apis, `${apis}-before`);
      await mkdir(`${apis}-next`);
      await writeFile(join(`${apis}-next`, 'm.ts'), says('second'));
      await symlink(`${apis}-next`, apis);
    },
  },
])('apisDir itself is $name', async ({ replace }) => {
  const server = await startServer({ files: { 'm.ts': says('first') } });
  try {
    await sleep(300);
    await replace(join(server.dir, 'apis'));
    await server.until('/m/say', answers('second'));
    await server.write('m.ts', says('third'));
    await server.until('/m/say', answers('third'));
  } finally {
    await server.stop();
  }
});
