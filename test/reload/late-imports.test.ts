import { afterAll, beforeAll, expect, it } from 'vitest';
import { startServer, type Answer, type TestServer } from '../support/start-server.ts';

const answers = (data: unknown) => (answer: Answer) => answer.json?.data === data;
const module = `import { apiFunction } from 'api-deploy';
export const read = apiFunction(async () => (await import('./_late.ts')).value);
`;

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ files: { 'm.ts': module, '_late.ts': `export const value = 'good';` } });
});
afterAll(() => server.stop());

async function failure(): Promise<string | undefined> {
  return (await server.get('/')).json.data.modules[0].error?.cause;
}

it.each([
  { name: 'a syntax error', text: `export const value = = 1;`, cause: /Unexpected "="/ },
  {
    name: 'a missing import',
    text: `import { value as other } from './_nowhere.ts';\nexport const value = other;`,
    cause: /cannot find '\.\/_nowhere\.ts'/,
  },
])('$name in a file that is imported at a call is a broken save', async ({ text, cause }) => {
  await server.write('_late.ts', text);
  await server.until('/', ({ json }) => cause.test(json.data.modules[0].error?.cause ?? ''));
  expect((await server.call('/m/read')).json.data).toBe('good');
  await server.write('_late.ts', `export const value = 'mended';`);
  await server.until('/m/read', answers('mended'));
  expect(await failure()).toBeUndefined();
  await server.write('_late.ts', `export const value = 'good';`);
  await server.until('/m/read', answers('good'));
});

it('one that may be missing is no broken save', async () => {
  await server.write(
    'm.ts',
    module.replace(
      '(await import',
      `(await import('./_optional.ts').catch(() => ({ found: false }))) && (await import`,
    ),
  );
  await server.until('/m/read', answers('good'));
  expect(await failure()).toBeUndefined();
});
