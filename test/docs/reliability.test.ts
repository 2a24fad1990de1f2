import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectRoot } from '../support/start-server.ts';
import { headings, readDocument, tables } from './read-markdown.ts';

const folder = 'docs/reliability';
const names = readdirSync(join(projectRoot, folder)).filter((name) => !name.endsWith('.zh-CN.md'));

/** The text of all test files, to look names of tests up in. */
const testTexts = readdirSync(join(projectRoot, 'test'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.test.ts'))
  .map((name) => readFileSync(join(projectRoot, 'test', name), 'utf8'))
  .join('\n');

describe.each(names)('docs/reliability/%s', (name) => {
  const english = readDocument(`${folder}/${name}`);
  const chinese = readDocument(`${folder}/${name.replace('.md', '.zh-CN.md')}`);

  it('names files that exist, and tests that they have', () => {
    const files = [...english.matchAll(/(?:`|\]\((?:\.\.\/)+)((?:src|test|docs)\/[\w./-]+)/g)].map(
      ([, path = '']) => path,
    );
    expect(files.length).toBeGreaterThan(0);
    expect(files.filter((path) => !existsSync(join(projectRoot, path)))).toEqual([]);
    const tests = [...english.replaceAll('\n', ' ').matchAll(/"([^"`]+)"/g)].map(([, title = '']) => title);
    // `…` stands for the rest of a long name.
    const isKnown = (title: string): boolean =>
      title.split('…').every((part) => testTexts.includes(part.trim()));
    expect(tests.filter((title) => !isKnown(title))).toEqual([]);
  });

  it('says the same in Chinese', () => {
    expect(headings(chinese).map(({ level }) => level)).toEqual(headings(english).map(({ level }) => level));
    const sizes = (text: string) => tables(text).map(({ head, rows }) => [head.length, rows.length]);
    expect(sizes(chinese)).toEqual(sizes(english));
    const codes = (text: string) => (text.match(/`[^`\n]+`/g) ?? []).sort();
    expect(codes(chinese)).toEqual(codes(english));
  });
});
