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
