import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startServer, type TestServer } from '../support/start-server.ts';

const size = (values: string): string => `export type Size = ${values};\nexport const sizes = 1;\n`;
const order = (text: string): string => `import { apiFunction } from 'api-deploy';
import { sizes, type Size } from './_size.ts';
export const order = apiFunction((size: Size) => '${text} ' + size + sizes);
`;

let server: TestServer;

beforeAll(async () => {
  server = await startServer({ files: { '_size.ts': size("'s'"), 'm.ts': order('one') } });
});
afterAll(() => server.stop());

const call = (value: string) => server.call('/m/order', { size: value });

it('a type that was there for a moment only is not what later saves are checked by', async () => {
  const file = join(server.dir, 'apis/_size.ts');
  const live = await readFile(file, 'utf8');
  for (let round = 0; round < 12; round++) {
    await writeFile(file, size(`'s' | 'round${round}'`));
    // Long enough to be told of, at times, and too short to be served, mostly.
    await sleep(round % 4);
    await writeFile(file, live);
    await server.write('m.ts', order(`text${round}`));
    await server.until('/m/order', ({ json }) => json?.data === `text${round} s1`, { size: 's' });
    expect((await call(`round${round}`)).status).toBe(422);
  }
});

it('a save that is written in parts is served whole', async () => {
  const file = join(server.dir, 'apis/m.ts');
  for (let round = 0; round < 12; round++) {
    const text = order(`parts${round}`);
    const half = Math.floor((text.length * (round + 1)) / 14);
    await writeFile(file, text.slice(0, half));
    await sleep(round % 4);
    await writeFile(file, text);
    await server.until('/m/order', ({ json }) => json?.data === `parts${round} s1`, { size: 's' });
    expect((await call('none')).status).toBe(422);
  }
});
