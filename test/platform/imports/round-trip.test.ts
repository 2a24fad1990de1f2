import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import Database from 'better-sqlite3';
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
        'select name, description, auth_json from categories where module_id = ? order by name',
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
  const answer = await platform.call<Response>('/exports/openapi', { moduleId: report.moduleId });
  const exported = await answer.text();
  const to = await platform.project();
  const again = await apply({ projectId: to, files: [new File([exported], 'export.json')] });
  expect(again).toMatchObject({ read: report.added, added: report.added, skipped: 0 });
  const [wanted, found] = [catalogOf(report.moduleId ?? 0, from), catalogOf(again.moduleId ?? 0, to)];
  if (!isDeepStrictEqual(found, wanted)) expect(found).toEqual(wanted);
  return { report, exported };
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
