import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { startServer, type Answer } from '../support/start-server.ts';

const says = (text: string) =>
  `import { apiFunction } from 'api-deploy';\nexport const say = apiFunction(() => '${text}');\n`;
const answers = (data: unknown) => (answer: Answer) => answer.json?.data === data;
const failing = (name: string, answer: Answer): boolean =>
  answer.json.data.modules.some(
    (module: { name: string; error?: unknown }) => module.name === name && module.error !== undefined,
  );

it('a file that waits for a name is served when the file that had it goes', async () => {
  const server = await startServer({ files: { 'm.ts': says('first') } });
  try {
    await server.write('m.mts', says('second'));
    await server.until('/', (answer) => failing('m', answer));
    await server.remove('m.ts');
    await server.until('/m/say', answers('second'));
    expect(failing('m', await server.get('/'))).toBe(false);
  } finally {
    await server.stop();
  }
});

it('a deleted file that never served binds nobody together', async () => {
  const server = await startServer({ files: { 'left.ts': says('left 1'), 'right.ts': says('right 1') } });
  try {
    await server.write(
      'both.ts',
      `import './left.ts';\nimport './right.ts';\nthrow new Error('never served');\n`,
    );
    await server.until('/', (answer) => failing('both', answer));
    await server.remove('both.ts');
    await server.until('/', (answer) => !failing('both', answer));
    // Within one burst.
    await Promise.all([
      server.write('left.ts', `throw new Error('broken');\n`),
      server.write('right.ts', says('right 2')),
    ]);
    await server.until('/right/say', answers('right 2'));
    await server.until('/', (answer) => failing('left', answer));
    await sleep(100);
    expect(failing('right', await server.get('/'))).toBe(false);
  } finally {
    await server.stop();
  }
});
