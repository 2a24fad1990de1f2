import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { projectRoot } from '../support/start-server.ts';
import { headings, readDocument, tables } from './read-markdown.ts';

const english = readDocument('docs/reliability.md');
const chinese = readDocument('docs/reliability.zh-CN.md');

it('the page on reliability links every page of its folder, and tests that exist', () => {
  const pages = readdirSync(join(projectRoot, 'docs/reliability')).filter((name) => !name.includes('zh-CN'));
  expect(pages.filter((name) => !english.includes(`(reliability/${name}`))).toEqual([]);
  const tests = [...english.matchAll(/`(test\/[\w./-]+)`/g)].map(([, path = '']) => path);
  expect(tests.length).toBeGreaterThan(3);
  expect(tests.filter((path) => !existsSync(join(projectRoot, path)))).toEqual([]);
});

it('says the same in Chinese', () => {
  expect(headings(chinese).map(({ level }) => level)).toEqual(headings(english).map(({ level }) => level));
  const sizes = (text: string) => tables(text).map(({ head, rows }) => [head.length, rows.length]);
  expect(sizes(chinese)).toEqual(sizes(english));
});
