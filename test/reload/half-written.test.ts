import { truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startServer, type Answer, type TestServer } from '../support/start-server.ts';

const answers = (data: unknown) => (answer: Answer) => answer.json?.data === data;
const module = (text: string) => `import { apiFunction } from 'api-deploy';
import { helper } from './_helper.ts';
export const say = apiFunction(() => '${text} ' + helper);
export const late = apiFunction(async () => (await import('./_late.ts')).value);
`;

let server: TestServer;
beforeAll(async () => {
  server = await startServer({
    files: {
      'm.ts': module('one'),
      '_helper.ts': `export const helper: string = 'one';`,
      '_late.ts': `export const value: string = 'one';`,
    },
  });
});
afterAll(() => server.stop());

const empty = (path: string) => truncate(join(server.dir, 'apis', path));

it('a file that is emptied, and written a while later, serves its last version in between', async () => {
  const generation = await server.generation();
  for (const file of ['m.ts', '_helper.ts', '_late.ts']) await empty(file);
  for (let time = 0; time < 10; time++) {
    await sleep(50);
    expect((await server.call('/m/say')).json.data).toBe('one one');
    expect((await server.call('/m/late')).json.data).toBe('one');
  }
  expect((await server.admin('/api/reload')).json.data.failed).toEqual([]);
  expect(await server.generation()).toBe(generation);
  await server.write('m.ts', module('two'));
  await server.write('_helper.ts', `export const helper: string = 'two';`);
  await server.write('_late.ts', `export const value: string = 'two';`);
  await server.until('/m/say', answers('two two'));
  await server.until('/m/late', answers('two'));
});

it('a file that stays empty serves nothing in the end', async () => {
  await empty('m.ts');
  await server.until('/m/say', ({ status }) => status === 404);
  await server.write('m.ts', module('three'));
  await server.until('/m/say', answers('three two'));
});
