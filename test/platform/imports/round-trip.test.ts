import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { stringify } from 'yaml';
import type { ImportReport } from '../../../apis/_platform/imports/import-report.ts';
import { largeDocument } from './large-document.ts';
import { openPlatform, type Platform } from './open-platform.ts';
import { documents } from './sample-documents.ts';

let platform: Platform;
beforeAll(async () => {
  platform = await openPlatform();
});
afterAll(() => platform.close());

async function apply(body: Record<string, unknown>): Promise<ImportReport> {
  const { documents } = await platform.call<{ documents: ImportReport[] }>('/imports/apply', body);
  return documents[0] as ImportReport;
}

/** Everything of a module but ids, times and order, as the database has it. */
function catalogOf(moduleId: number, projectId: number): object {
  const db = new Database(join(platform.dir, 'data/platform.sqlite'), { readonly: true });
  try {
    const rows = (sql: string, id: number): Record<string, unknown>[] =>
      (db.prepare(sql).all(id) as Record<string, unknown>[]).map(parsed);
    return {
      module: rows('select auth_json from modules where id = ?', moduleId),
      categories: rows(
        'select name, description, colour, auth_json from categories where module_id = ? order by name',
        moduleId,
      ),
      schemas: rows(
        'select name, schema_json from module_schemas where module_id = ? order by name',
        moduleId,
      ),
      environments: rows('select name from environments where project_id = ? order by name', projectId),
      variables: rows(
        'select name, value, enabled from variables where module_id = ? order by name',
        moduleId,
      ),
      entries: rows(
        `select a.name, method, url, a.description, path_params_json, params_json, headers_json, body_json, a.auth_json,
          settings_json, tags_json, assertions_json, extractions_json, schemas_json, c.name as category
          from apis a left join categories c on c.id = category_id
          where a.module_id = ? order by method, url, a.name`,
        moduleId,
      ),
    };
  } finally {
    db.close();
  }
}

/** The order of keys in JSON says nothing. */
function parsed(row: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(row).map(([key, value]) => [
      key,
      key.endsWith('_json') && typeof value === 'string' ? (JSON.parse(value) as unknown) : value,
    ]),
  );
}

async function roundTrip(file: File): Promise<{ report: ImportReport; exported: string }> {
  const from = await platform.project();
  const report = await apply({ projectId: from, files: [file] });
  expect(report.read).toBe(report.added + report.skipped);
  const exported = await comesBack({
    moduleId: report.moduleId ?? 0,
    projectId: from,
    entries: report.added,
  });
  return { report, exported };
}

/** Gives the document in between. */
async function comesBack(from: { moduleId: number; projectId: number; entries: number }): Promise<string> {
  const answer = await platform.call<Response>('/exports/openapi', { moduleId: from.moduleId });
  const exported = await answer.text();
  const to = await platform.project();
  const again = await apply({ projectId: to, files: [new File([exported], 'export.json')] });
  expect(again).toMatchObject({ read: from.entries, added: from.entries, skipped: 0 });
  const [wanted, found] = [catalogOf(from.moduleId, from.projectId), catalogOf(again.moduleId ?? 0, to)];
  if (!isDeepStrictEqual(found, wanted)) expect(found).toEqual(wanted);
  return exported;
}

const whole = Object.entries(documents).filter(([name]) => name !== 'postmanEnvironment');

it.each(whole)('a catalog from %s comes back the same through OpenAPI', async (name, document) => {
  await roundTrip(new File([JSON.stringify(document)], `${name}.json`));
});

it(
  'a large description goes in without loss, adds up, and comes back the same',
  { timeout: 300_000 },
  async () => {
    const operations = 2000;
    const text = JSON.stringify(largeDocument({ operations, schemas: 400 }));
    const { report, exported } = await roundTrip(new File([text], 'large.json'));
    expect(report).toMatchObject({
      read: operations,
      added: operations,
      skipped: 0,
      omittedEntries: 0,
      categories: { added: 97 },
    });
    expect(exported.match(/"operationId"/g)).toHaveLength(operations);
  },
);

it('a large description in YAML goes the same way', { timeout: 300_000 }, async () => {
  const operations = 150;
  const text = stringify(largeDocument({ operations, schemas: 60 }), { aliasDuplicateObjects: false });
  expect(text.length).toBeGreaterThan(128 * 1024);
  const { report } = await roundTrip(new File([text], 'large.yaml'));
  expect(report).toMatchObject({ read: operations, added: operations, skipped: 0 });
});

const named = fc.array(
  fc.record(
    {
      name: fc.constantFrom('a', 'b', 'filter[x]', 'X-Y', 'Cookie', 'Accept', '中文', 'c d'),
      value: fc.constantFrom('1', '', '{{v}}', 'a b&c', "{{'{{'}}x"),
      enabled: fc.boolean(),
      description: fc.constant('why'),
    },
    { requiredKeys: ['name', 'value'] },
  ),
  { maxLength: 3 },
);
const body = fc.oneof(
  fc.constant({ type: 'none' }),
  fc
    .constantFrom('{{x}}', null, { a: 1, list: ['{{x}}', null, 1.5] })
    .map((value) => ({ type: 'json', value })),
  fc
    .constantFrom('text/plain', 'application/xml')
    .map((contentType) => ({ type: 'text', text: 'x', contentType })),
  named.map((fields) => ({ type: 'form', fields })),
  fc.constant({ type: 'multipart', parts: [{ name: 'a', value: '1', contentType: 'application/json' }] }),
  fc.constant({ type: 'graphql', query: '{ a }', variables: { x: '{{n}}' } }),
);
const auth = fc.constantFrom(
  { type: 'inherit' },
  { type: 'none' },
  { type: 'bearer', token: '{{t}}' },
  { type: 'basic', username: 'u', password: 'p' },
  { type: 'apiKey', name: 'k', value: '{{v}}', in: 'cookie' },
  { type: 'awsSigV4', accessKeyId: '{{a}}', secretAccessKey: '{{s}}', region: 'eu', service: 's3' },
);
const madeByHand = fc.record({
  name: fc.constantFrom('one', 'two', '名称', 'x'.repeat(200)),
  description: fc.constantFrom('', '**d**\nline'),
  method: fc.constantFrom('GET', 'POST', 'DELETE', 'HEAD', 'PROPFIND'),
  url: fc.constantFrom(
    '/a/{id}',
    '/a/:id',
    '{{baseUrl}}/a',
    'https://x.example:8443/a?z=1&z=2',
    '{{host}}/a',
    '/a?x={{y}}',
    '/a/{id}/b-{c}.{fmt}',
    'http://[::1]:80/x',
    '{{u}}',
    '/ä/%20/空',
    '/a#part',
    '//odd',
    '/a/',
  ),
  pathParams: fc.constantFrom([], [{ name: 'id', value: '{{id}}' }]),
  params: named,
  headers: named,
  body,
  auth,
  settings: fc.constantFrom({}, { timeouts: { total: 1000 } }, { redirects: 0 }, { httpVersion: '2' }),
  tags: fc.constantFrom([], ['t1'], ['空', 'A / B']),
  assertions: fc.constantFrom([], [{ on: 'call', call: '/x/y', arguments: { a: 1 } }]),
  extractions: fc.constantFrom([], [{ name: 'q', from: 'jsonPath', path: '$.a', scope: 'environment' }]),
  category: fc.nat(3),
});

const seed = Number(process.env['FUZZ_SEED'] ?? Date.now() % 1e8);

it(`a catalog that people made comes back the same (FUZZ_SEED=${seed})`, { timeout: 120_000 }, async () => {
  const property = fc.asyncProperty(
    fc.array(madeByHand, { minLength: 1, maxLength: 12 }),
    auth,
    async (entries, auth) => {
      const projectId = await platform.project();
      const of = { projectId, name: 'by hand', auth };
      const { id: moduleId } = await platform.call<{ id: number }>('/modules/create', of);
      const categories: (number | null)[] = [null];
      for (const name of ['A', '空', 'A / B']) {
        const fields = { moduleId, name, description: `of ${name}`, colour: '#123456', auth };
        categories.push((await platform.call<{ id: number }>('/categories/create', fields)).id);
      }
      for (const { category, ...entry } of entries) {
        await platform.call('/catalog/create', { ...entry, moduleId, categoryId: categories[category] });
      }
      await comesBack({ moduleId, projectId, entries: entries.length });
    },
  );
  await fc.assert(property, { seed, numRuns: 25 });
});
