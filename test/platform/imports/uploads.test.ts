import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { businessToken, projectRoot, startServer, type TestServer } from '../../support/start-server.ts';
import { largeDocument } from './large-document.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ env: { APIS_DIR: join(projectRoot, 'apis') } });
});
afterAll(() => server.stop());

it('takes documents beyond the limit of JSON bodies as uploads, while other calls go on', async () => {
  const project = await server.call('/projects/create', { name: 'Uploads' });
  const text = JSON.stringify(largeDocument({ operations: 1200, schemas: 600 }));
  expect(text.length).toBeGreaterThan(1024 * 1024);
  const form = new FormData();
  form.set('token', businessToken);
  form.set('body', JSON.stringify({ projectId: project.json.data.id }));
  form.append('files', new File([text], 'large.json', { type: 'application/json' }));
  let others = 0;
  let isDone = false;
  const importing = fetch(`${server.url}/imports/apply`, { method: 'POST', body: form }).finally(
    () => (isDone = true),
  );
  for (;;) {
    await server.call('/imports/formats');
    if (isDone) break;
    others++;
  }
  const answer = await importing;
  const { success, data } = (await answer.json()) as { success: boolean; data: { documents: object[] } };
  expect(success).toBe(true);
  expect(data.documents).toMatchObject([{ file: 'large.json', read: 1200, added: 1200, skipped: 0 }]);
  expect(others).toBeGreaterThan(5);
});

it('takes a document of 50 MB', { timeout: 120_000 }, async () => {
  const project = await server.call('/projects/create', { name: 'Huge' });
  const document = largeDocument({ operations: 1000, schemas: 100 }) as {
    paths: Record<string, Record<string, unknown>>;
  };
  // As descriptions are that tell of everything.
  for (const item of Object.values(document.paths)) item['x-notes'] = 'All of it. '.repeat(25_000);
  const text = JSON.stringify(document);
  expect(text.length).toBeGreaterThan(50_000_000);
  const form = new FormData();
  form.set('token', businessToken);
  form.set('body', JSON.stringify({ projectId: project.json.data.id }));
  form.append('files', new File([text], 'huge.json', { type: 'application/json' }));
  const answer = await fetch(`${server.url}/imports/apply`, { method: 'POST', body: form });
  const { data } = (await answer.json()) as { data: { documents: object[] } };
  expect(data.documents).toMatchObject([{ file: 'huge.json', read: 1000, added: 1000, skipped: 0 }]);
});
