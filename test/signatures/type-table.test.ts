import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FileSignatures } from '../../src/signatures/checker-client.ts';
import { toProblems } from '../../src/signatures/to-problems.ts';
import { toZod } from '../../src/signatures/to-zod.ts';
import { createCheckerProject, problemOf, signatureOf, type CheckerProject } from './checker-project.ts';
import { declarations, leftOut, typeGroups, unfitRows, upload, type TypeRow } from './type-table.ts';

const rows = typeGroups.flatMap((group) => group.rows);
let project: CheckerProject;
let derived: FileSignatures;

beforeAll(async () => {
  project = await createCheckerProject();
  derived = await project.save(
    'types.ts',
    [
      "import { apiFunction } from 'api-deploy';",
      declarations,
      ...rows.map((row, at) => `export const f${at} = apiFunction((${parameterOf(row)}) => void v);`),
      ...unfitRows.map(({ type }, at) => `export const unfit${at} = apiFunction((v: ${type}) => void v);`),
    ].join('\n'),
  );
});
afterAll(() => project.end());

function parameterOf({ parameter, type }: TypeRow): string {
  return parameter ?? `v: ${type}`;
}

describe('the table of types', () => {
  it.each(rows.map((row, at) => ({ row, at, text: parameterOf(row) })))('$text', ({ row, at }) => {
    const schema = toZod(signatureOf(derived.functions[`f${at}`]));
    const [first] = row.accepts.map((value) => {
      const { success, data, error } = schema.safeParse(bodyOf(value));
      expect({ value, error: error?.issues, success }).toEqual({ value, error: undefined, success: true });
      return data?.['v'];
    });
    if (row.arrives !== undefined) expect(inspect(first)).toBe(row.arrives);
    const messages = row.refuses.map(([value]) => {
      const body = bodyOf(value);
      const { error } = schema.safeParse(body);
      const problems = error === undefined ? [] : toProblems(error, body);
      return [
        value,
        problems.map(({ path, message }) => (path === 'v' ? message : `${path}: ${message}`)).join('; '),
      ];
    });
    expect(messages).toEqual(row.refuses);
  });

  it.each(unfitRows.map((row, at) => ({ ...row, at })))('no JSON form: $type', ({ at, message }) => {
    expect(problemOf(derived.functions[`unfit${at}`]).message).toContain(message);
  });

  it('has no misplaced tags', () => {
    expect(derived.warnings).toEqual([]);
  });
});

function bodyOf(value: unknown): Record<string, unknown> {
  return value === leftOut ? {} : { v: sent(value) };
}

function sent(value: unknown): unknown {
  if (value === upload) return new File(['hi'], 'a.txt');
  return Array.isArray(value) ? value.map(sent) : value;
}
