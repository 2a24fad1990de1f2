import { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startServer } from '../support/start-server.ts';
import { runTool, servedNames, serveDocuments, type ServedDocuments } from './served-documents.ts';

const require = createRequire(import.meta.url);
const redocly = join(dirname(require.resolve('@redocly/cli/package.json')), 'bin/cli.js');

let documents: ServedDocuments;

function lint(file: string): { status: number | null; output: string } {
  return runTool(redocly, ['lint', '--extends', 'recommended-strict', file]);
}

beforeAll(async () => {
  documents = await serveDocuments();
});

afterAll(async () => {
  await documents.stop();
});

describe('the document that is served', () => {
  test('every function of the torture module is in it', async () => {
    const state = await documents.served.torture.server.get('/');
    expect(state.json.data.failures).toEqual([]);
    const served: string[] = state.json.data.endpoints.map(({ path }: { path: string }) => path);
    expect(served.length).toBe(23);
    expect(Object.keys(documents.served.torture.document.paths)).toEqual([
      ...served.sort(),
      '/',
      '/health',
      '/readiness',
      '/api/reload',
      '/api/reload-config',
      '/api/generations',
      '/api/rollback',
      '/api/quarantine',
      '/api/quarantine/lift',
    ]);
  });

  test.each(servedNames)('%s: a strict linter finds nothing', (name) => {
    const { status, output } = lint(documents.served[name].file);
    expect([status, output]).toEqual([0, expect.stringContaining('Your API description is valid')]);
    expect(output).not.toMatch(/\[\d+\].* at #\//);
  });

  test('the linter would find something', async () => {
    const broken = structuredClone(documents.served.apis.document);
    delete broken.paths['/template/syncHello'].post.responses['200'].description;
    const file = join(documents.dir, 'broken.json');
    await writeFile(file, JSON.stringify(broken));
    expect(lint(file)).toMatchObject({ status: 1, output: expect.stringMatching(/`description`/) });
  });

  test('names that two modules use for different types are told apart, others are not', async () => {
    const { schemas } = documents.served.torture.document.components;
    const named = Object.keys(schemas);
    expect(named).toEqual(
      expect.arrayContaining(['Address', 'billing_invoices_Person', 'torture_Person', 'Failure']),
    );
    expect(named).not.toContain('Person');
    expect(schemas.Failure.properties).toHaveProperty('code');
    expect(schemas.Address.description).toBe('Where someone lives.');
  });

  test('constraints, examples and deprecation are in the schemas', async () => {
    const { components, paths } = documents.served.torture.document;
    expect(components.schemas.Limits.properties).toMatchObject({
      few: { minimum: 1, maximum: 10 },
      fives: { type: 'integer', multipleOf: 5, examples: [15] },
      word: { minLength: 2, maxLength: 8, pattern: '^[a-z]+$', examples: ['abc'] },
      mail: { format: 'email' },
      tags: { minItems: 1, maxItems: 3, uniqueItems: true },
      old: { deprecated: true },
    });
    expect(paths['/torture/old'].post.deprecated).toBe(true);
    expect(paths['/torture/look'].post['x-effect']).toBe('readonly');
    expect(paths['/torture/wipe'].post).toMatchObject({ 'x-effect': 'destructive', 'x-timeout': 2 });
    expect(paths['/torture/destructured'].post.requestBody.content['application/json'].example).toEqual({
      body: { name: 'World', times: 1 },
    });
    expect(Object.keys(paths['/torture/events'].post.responses['200'].content)).toEqual([
      'text/event-stream',
      'application/x-ndjson',
    ]);
    expect(Object.keys(paths['/torture/raw'].post.responses['200'].content)).toEqual(['*/*']);
  });

  test('a save changes the document, and its tag', async () => {
    const server = await startServer({ files: { 'm.ts': source('one') } });
    try {
      const before = await fetch(`${server.url}/openapi.json`);
      const etag = before.headers.get('etag') ?? '';
      expect((await before.text()).includes('/m/one')).toBe(true);
      await server.write('m.ts', source('two'));
      await server.until('/m/two', ({ status }) => status === 200);
      const after = await fetch(`${server.url}/openapi.json`, { headers: { 'if-none-match': etag } });
      expect(after.status).toBe(200);
      const paths = Object.keys(((await after.json()) as any).paths);
      expect(paths).toContain('/m/two');
      expect(paths).not.toContain('/m/one');
    } finally {
      await server.stop();
    }
  });
});

function source(name: string): string {
  return `import { apiFunction } from 'api-deploy';\nexport const ${name} = apiFunction(() => 1);\n`;
}
