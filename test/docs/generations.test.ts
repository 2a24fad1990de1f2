import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { projectRoot } from '../support/start-server.ts';
import { readDocument } from './read-markdown.ts';

const folder = 'docs/reliability';
const documents = { en: `${folder}/generations.md`, zh: `${folder}/generations.zh-CN.md` } as const;

const linksOf = (text: string): string[] => [...text.matchAll(/\]\(([^)]+)\)/g)].map(([, link = '']) => link);
/** Outside of code, only names of tests stand in quotation marks. */
const namesOf = (text: string): string[] =>
  [...text.replaceAll(/`[^`]*`|^ {4}.*$/gm, '').matchAll(/"([^"]+)"/g)].map(([, name = '']) => name);

it.each(Object.values(documents))('%s names tests that are there', (file) => {
  const text = readDocument(file);
  const links = linksOf(text);
  expect(links.filter((link) => !existsSync(join(projectRoot, folder, link)))).toEqual([]);
  const tests = links
    .filter((link) => link.endsWith('.test.ts'))
    .map((link) => readDocument(join(folder, link)));
  const names = namesOf(text);
  expect(names.length).toBeGreaterThan(20);
  expect(names.filter((name) => !tests.some((test) => test.includes(name)))).toEqual([]);
});

it('both languages name the same tests in the same order', () => {
  const [en, zh] = [readDocument(documents.en), readDocument(documents.zh)];
  expect(namesOf(zh)).toEqual(namesOf(en));
  const tests = (text: string): string[] => linksOf(text).filter((link) => link.endsWith('.test.ts'));
  expect(tests(zh)).toEqual(tests(en));
});
