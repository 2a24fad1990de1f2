import { cp, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rm } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { projectRoot, startServer } from '../../support/start-server.ts';

const listing = `
import { apiFunction } from 'api-deploy';
import './_platform/own-endpoints/follow-reloads.ts';
import { database } from './_platform/storage/database.ts';
/** Lists what is mirrored. @readonly */
export const list = apiFunction(async () =>
  await database().selectFrom('apis').select(['ownEndpoint', 'name', 'tagsJson', 'bodyJson']).orderBy('ownEndpoint').execute());
`;
const orders = (name: string, parameter: string) =>
  `import { apiFunction } from 'api-deploy';\n/** ${name} */\nexport const create = apiFunction((${parameter}: string) => ${parameter});\n`;

interface Mirrored {
  ownEndpoint: string;
  name: string;
  bodyJson: string;
}

it.each(['1', '2'])('the catalog follows saves while %s processes serve', async (workers) => {
  const dir = await mkdtemp(join(tmpdir(), 'own-endpoints-'));
  await cp(join(projectRoot, 'apis/_platform'), join(dir, 'apis/_platform'), { recursive: true });
  const server = await startServer({
    dir,
    files: { 'listing.ts': listing, 'orders.ts': orders('Makes an order.', 'item') },
    env: { WORKERS: workers },
  });
  const mirrored = (done: (found: Mirrored[]) => boolean) =>
    server.until('/listing/list', ({ json }) => Array.isArray(json?.data) && done(json.data));
  const first = await mirrored((found) => found.length === 2);
  expect(first.json.data.map(({ ownEndpoint }: Mirrored) => ownEndpoint)).toEqual([
    '/listing/list',
    '/orders/create',
  ]);
  await server.write('orders.ts', orders('Makes another order.', 'thing'));
  const saved = await mirrored((found) => found.some(({ name }) => name === 'Makes another order.'));
  expect(saved.json.data[1].bodyJson).toContain('thing');
  await server.remove('orders.ts');
  await mirrored((found) => found.length === 1);
  await server.stop();
  expect(server.output()).not.toContain('an onReload listener');
  expect(server.output()).toContain('catalog of own functions: 2 added');
  await rm(dir, { recursive: true, force: true });
});
