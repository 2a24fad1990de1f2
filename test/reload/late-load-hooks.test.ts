import { expect, it } from 'vitest';
import { startServer, type Answer } from '../support/start-server.ts';

const answers = (data: unknown) => (answer: Answer) => answer.json?.data === data;
const header = `import { setTimeout as sleep } from 'node:timers/promises';
import { apiFunction, onLoad } from 'api-deploy';
`;

it('every call waits for the onLoad of what it imports, not only the first', async () => {
  const server = await startServer({
    files: {
      'm.ts': `${header}export const ready = apiFunction(async () => (await import('./_late.ts')).ready);`,
      '_late.ts': `${header}export let ready = false; onLoad(async () => { await sleep(300); ready = true; });`,
    },
  });
  try {
    const seen = await Promise.all([1, 2, 3].map(() => server.call('/m/ready')));
    expect(seen.map(({ json }) => json.data)).toEqual([true, true, true]);
  } finally {
    await server.stop();
  }
});

it('what failed in onLoad is never handed out', async () => {
  const server = await startServer({
    files: {
      'm.ts': `${header}export const ready = apiFunction(async () => (await import('./_late.ts')).ready);`,
      '_late.ts': `${header}export const ready = false; onLoad(() => { throw new Error('no database'); });`,
    },
  });
  try {
    for (const _ of [1, 2]) expect((await server.call('/m/ready')).json.error).toBe('no database');
    await server.write('_late.ts', `export const ready = true;`);
    await server.until('/m/ready', answers(true));
  } finally {
    await server.stop();
  }
});

it('files that import each other inside their hooks do not wait for each other', async () => {
  const server = await startServer({
    files: {
      'm.ts': `${header}export let text = ''; onLoad(async () => { text = (await import('./_late.ts')).text; });
export const read = apiFunction(() => text);`,
      '_late.ts': `${header}import { text as other } from './m.ts';
export let text = 'early'; onLoad(async () => { await import('./m.ts'); text = 'late' + other; });`,
    },
    env: { LOAD_TIMEOUT: '2 s' },
  });
  try {
    expect((await server.call('/m/read')).json.data).toBe('late');
  } finally {
    await server.stop();
  }
});
