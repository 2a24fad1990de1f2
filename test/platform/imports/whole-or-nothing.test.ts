import { join } from 'node:path';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { isApiError } from '../../../src/index.ts';
import type { ImportReport } from '../../../apis/_platform/imports/import-report.ts';
import { openPlatform, type Platform } from './open-platform.ts';
import { openApi30, postman21 } from './sample-documents.ts';

const seed = Number(process.env['FUZZ_SEED'] ?? Date.now() % 1_000_000_007);

let platform: Platform;
beforeAll(async () => {
  platform = await openPlatform();
});
afterAll(() => platform.close());

function counts(): object {
  const db = new Database(join(platform.dir, 'data/platform.sqlite'), { readonly: true });
  try {
    const tables = ['modules', 'categories', 'apis', 'module_schemas', 'environments', 'variables'];
    return Object.fromEntries(
      tables.map((table) => [table, db.prepare(`select count(*) as n from ${table}`).get()]),
    );
  } finally {
    db.close();
  }
}

it(`a damaged document goes in as its report says, or not at all (FUZZ_SEED=${seed})`, async () => {
  const texts = [JSON.stringify(openApi30), JSON.stringify(postman21)];
  const damage = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    length: fc.nat(30),
    by: fc.constantFrom('', '"', '{', ']', 'null', '1', ',', '\\', '\u0000', '{{', '"$ref":'),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...texts),
      damage,
      fc.constantFrom('addOnly', 'update', 'replace'),
      async (text, { at, length, by }, mode) => {
        const start = Math.floor(text.length * at);
        const damaged = text.slice(0, start) + by + text.slice(start + length);
        const projectId = await platform.project();
        const before = counts();
        const call = {
          projectId,
          mode,
          files: [new File([damaged], 'damaged.json'), new File([texts[0] ?? ''], 'good.json')],
        };
        try {
          const { documents } = await platform.call<{ documents: ImportReport[] }>('/imports/apply', call);
          for (const { read, added, updated, unchanged, skipped } of documents)
            expect(read).toBe(added + updated + unchanged + skipped);
        } catch (error) {
          if (!isApiError(error)) throw error;
          expect(error.code).toMatch(/^IMPORT_/);
          expect(counts()).toEqual(before);
        }
      },
    ),
    { seed, numRuns: 40 },
  );
});
