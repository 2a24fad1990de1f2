import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { projectRoot } from '../support/start-server.ts';
import { readDocument, tables } from './read-markdown.ts';

const text = readDocument('ARCHITECTURE.md');
const rooms = tables(text).find(({ head }) => head.includes('May import'))?.rows ?? [];

/** What the lint rules let each folder import: all folders that none of its patterns forbids. */
function allowedByLint(): Map<string, string[]> {
  const lint = JSON.parse(readFileSync(join(projectRoot, '.oxlintrc.json'), 'utf8')) as {
    overrides: { files: string[]; rules: Record<string, unknown> }[];
  };
  const folders = new Map<string, string[]>();
  for (const { files, rules } of lint.overrides) {
    const folder = /^src\/([\w-]+)\/\*\*$/.exec(files[0] ?? '')?.[1];
    const rule = rules['no-restricted-imports'] as [string, { patterns: { group: string[] }[] }] | undefined;
    if (folder === undefined || rule === undefined) continue;
    const forbidden = new Set(rule[1].patterns.flatMap(({ group }) => group));
    folders.set(
      folder,
      sourceFolders.filter((other) => other !== folder && !forbidden.has(`**/${other}/**`)),
    );
  }
  return folders;
}

const sourceFolders = readdirSync(join(projectRoot, 'src'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

it('the table of rooms has every folder of src, and no other', () => {
  const named = rooms.map(([room = '']) => room);
  expect(named.sort()).toEqual(sourceFolders.map((name) => `\`src/${name}\``).sort());
});

it('the table of rooms says what the lint rules allow', () => {
  const allowed = allowedByLint();
  for (const [room = '', , imports = ''] of rooms) {
    const folder = room.replaceAll(/`|src\//g, '');
    const written = imports === 'no other folder' ? [] : imports.split(', ');
    expect([folder, written.sort()]).toEqual([folder, allowed.get(folder)?.sort()]);
  }
});

it('every file that it names exists', () => {
  const named = [...text.matchAll(/`((?:src|bench|test)\/[\w./-]+)`/g)].map(([, path = '']) => path);
  expect(named.length).toBeGreaterThan(40);
  expect(named.filter((path) => !existsSync(join(projectRoot, path)))).toEqual([]);
});

it('every step of both paths names its file', () => {
  const paths = tables(text).filter(({ head }) => head.join() === 'Step,File,Exit');
  expect(paths).toHaveLength(2);
  for (const { rows } of paths) {
    expect(rows.map(([step]) => /^\d+/.exec(step ?? '')?.[0])).toEqual(
      rows.map((_, index) => String(index + 1)),
    );
    for (const [, file] of rows) expect(file).toMatch(/^`src\//);
  }
});

it('the table of the platform’s rooms has every folder, and says what the lint rules allow', () => {
  const lint = JSON.parse(readFileSync(join(projectRoot, '.oxlintrc.json'), 'utf8')) as {
    overrides: { files: string[]; rules: Record<string, unknown> }[];
  };
  const platform = tables(text).find(({ head }) => head.includes('Room of `apis/_platform`'))?.rows ?? [];
  const folders = readdirSync(join(projectRoot, 'apis/_platform'));
  expect(platform.map(([room = '']) => room.replaceAll('`', '')).sort()).toEqual(folders.sort());
  for (const [room = '', , imports = ''] of platform) {
    const name = room.replaceAll('`', '');
    const rules = lint.overrides.find(({ files }) => files[0] === `apis/_platform/${name}/**`)?.rules;
    const rule = rules?.['no-restricted-imports'] as [string, { patterns: { group: string[] }[] }];
    const forbidden = new Set(rule[1].patterns.flatMap(({ group }) => group));
    const allowed = folders.filter((other) => other !== name && !forbidden.has(`../${other}/**`));
    expect([name, imports === 'no other room' ? [] : imports.split(', ').sort()]).toEqual([
      name,
      allowed.sort(),
    ]);
  }
});
