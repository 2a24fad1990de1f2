import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FuzzReport } from '../../../apis/_platform/fuzz/fuzz-report.ts';
import { createCaller, type TestCaller } from '../../../src/testing.ts';
import { declarations, typeGroups, upload } from '../../signatures/type-table.ts';
import { platformProject, type PlatformProject } from '../platform-project.ts';

const rows = typeGroups.flatMap((group) => group.rows);
const taken = rows.filter(({ accepts }) => !accepts.flat().includes(upload));
const texts = taken.map(({ parameter, type }) => parameter ?? `v: ${type}`);

/** Of these, the validator refuses more than JSON Schema can say. */
const finerThanSchema = /Map<|Set<|URL|bigint|uniqueItems/;

/** A function for each form of type that there is. */
const module = [
  "import { apiFunction } from 'api-deploy';",
  declarations,
  ...texts.map((text, at) => `export const f${at} = apiFunction((${text}): void => void v);`),
].join('\n');

describe('every form of type that a parameter may have', () => {
  let project: PlatformProject;
  let caller: TestCaller;
  const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));

  beforeAll(async () => {
    process.stdout.write(`fuzz: SEED=${seed}\n`);
    project = await platformProject(['fuzz'], { 'torture.ts': module });
    caller = await createCaller({
      projectDir: project.dir,
      apisDir: project.apisDir,
      config: { dataDir: 'data', loadTimeout: 60 },
    });
    expect(caller.failures).toEqual([]);
  });
  afterAll(async () => {
    await caller?.close();
    await project?.remove();
  });

  it.each(texts.map((text, at) => ({ text, at })))('$text', async ({ text, at }) => {
    const endpoint = `/torture/f${at}`;
    const body = { endpoint, cases: 12, seed, timeBudget: 60_000, save: false };
    const report = await caller.call<FuzzReport>('/fuzz/run', body);
    // What nobody can send has no valid arguments.
    if (text === 'v: never') {
      expect(report).toMatchObject({ status: 'error', notes: [expect.stringContaining('no value fits')] });
      return;
    }
    expect(report).toMatchObject({ status: 'passed', complete: true, valid: 12, invalid: 12, failures: [] });
    if (!finerThanSchema.test(text)) expect(report).toMatchObject({ refused: 0, notes: [] });
  });
});
