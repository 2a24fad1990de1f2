import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { startServer } from '../support/start-server.ts';

const header = `import { apiFunction, onLoad } from 'api-deploy';\n`;

it('a save that goes back at once leaves no half-written type behind', async () => {
  const owner = (property: string, name: string) =>
    `${header}export interface Size { ${property}: string }\nexport const ${name} = apiFunction(() => '${name}');\n`;
  const server = await startServer({
    files: {
      'owner.ts': owner('width', 'say'),
      'user.ts': `${header}import type { Size } from './owner.ts';\nexport const take = apiFunction((size: Size) => size);\n`,
    },
  });
  try {
    await server.write('owner.ts', owner('length', 'other'));
    await sleep(30);
    await server.write('owner.ts', owner('width', 'say'));
    await sleep(500);
    expect((await server.call('/owner/say')).json.data).toBe('say');
    expect((await server.call('/user/take', { size: { width: 'x' } })).json.data).toEqual({ width: 'x' });
  } finally {
    await server.stop();
  }
});

it('a type that changes while its first user is still loading', async () => {
  const server = await startServer({ files: { '_size.ts': `export type Size = 's';` } });
  try {
    await server.write(
      'shirts.ts',
      `${header}import type { Size } from './_size.ts';
onLoad(() => new Promise((resolve) => setTimeout(resolve, 700)));
export const order = apiFunction((size: Size) => size);
`,
    );
    await sleep(350);
    await server.write('_size.ts', `export type Size = 's' | 'm';`);
    await server.until('/shirts/order', ({ status }) => status === 200, { size: 'm' });
  } finally {
    await server.stop();
  }
});
