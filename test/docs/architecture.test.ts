import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { projectRoot } from '../support/start-server.ts';
import { readDocument, tables } from './read-markdown.ts';

const text = readDocument('ARCHITECTURE.md');
const rooms = tables(text).find(({ head }) => head.includes('May import'))?.rows ?? [];

type ImportRule = [string, { patterns: { group: string[] }[] }];

const { default: lint } = (await import(pathToFileURL(join(projectRoot, 'oxlint.config.mjs')).href)) as {
  default: { overrides: { files: string[]; rules: { 'no-restricted-imports'?: ImportRule } }[] };
};

/** For each folder below `root`: the siblings that no pattern of its lint rule forbids. */
function allowedByLint(root: string, siblings: readonly string[], prefix: string): Map<string, string[]> {
  const allowed = new Map<string, string[]>();
  for (const { files, rules } of lint.overrides) {
    const folder = siblings.find((name) => files[0] === `${root}/${name}/**`);
    const rule = rules['no-restricted-imports'];
    if (folder === undefined || rule === undefined) continue;
    const forbidden = new Set(rule[1].patterns.flatMap(({ group }) => group));
    const others = siblings.filter((other) => other !== folder && !forbidden.has(`${prefix}/${other}/**`));
    allowed.set(folder, others.sort());
  }
  return allowed;
}

/** Pairs of a room and what the document says it may import. */
function written(rows: readonly (readonly string[])[], none: string): Map<string, string[]> {
  return new Map(
    rows.map(([room = '', , imports = '']) => [
      room.replaceAll(/`|src\//g, ''),
      imports === none ? [] : imports.split(', ').sort(),
    ]),
  );
}

const sourceFolders = readdirSync(join(projectRoot, 'src'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

it('the table of rooms has every folder of src, and no other', () => {
  const named = rooms.map(([room = '']) => room);
  expect(named.sort()).toEqual(sourceFolders.map((name) => `\`src/${name}\``).sort());
});

it('the table of rooms says what the lint rules allow', () => {
  expect(written(rooms, 'no other folder')).toEqual(allowedByLint('src', sourceFolders, '**'));
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
  const table = tables(text).find(({ head }) => head.includes('Room of `apis/_platform`'))?.rows ?? [];
  const folders = readdirSync(join(projectRoot, 'apis/_platform'));
  const said = written(table, 'no other room');
  expect([...said.keys()].sort()).toEqual(folders.sort());
  expect(said).toEqual(allowedByLint('apis/_platform', folders, '..'));
});
