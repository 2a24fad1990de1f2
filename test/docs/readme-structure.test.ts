import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readmes } from '../../scripts/readme-tables.ts';
import { commandNames } from '../../src/cli/help.ts';
import { reservedSegments } from '../../src/contract/names.ts';
import { logKinds } from '../../src/contract/log-port.ts';
import { projectRoot } from '../support/start-server.ts';
import { codeBlocks, headings, proseOf, readDocument, tables } from './read-markdown.ts';

const english = readDocument(readmes.en);
const chinese = readDocument(readmes.zh);

/** GitHub's anchor of a heading. */
function anchorOf(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-');
}

interface PackageJson {
  readonly scripts: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}
const packageJson = JSON.parse(readDocument('package.json')) as PackageJson;

describe('both READMEs', () => {
  it('have the same structure', () => {
    const levels = (text: string) => headings(text).map(({ level }) => level);
    expect(levels(english).length).toBeGreaterThan(20);
    expect(levels(chinese)).toEqual(levels(english));
    const sizes = (text: string) => tables(text).map(({ head, rows }) => [head.length, rows.length]);
    expect(sizes(english).length).toBeGreaterThan(10);
    expect(sizes(chinese)).toEqual(sizes(english));
    const bullets = (text: string) => proseOf(text).match(/^- /gm)?.length;
    expect(bullets(chinese)).toBe(bullets(english));
  });

  it('have the same code', () => {
    expect(codeBlocks(chinese)).toEqual(codeBlocks(english));
  });

  it.each([english, chinese])('describe each thing in one row of a table (%#)', (text) => {
    const twice = tables(text).flatMap(({ head, rows }) => {
      const names = rows.map(([first = '']) => first);
      // Codes of errors stand behind their status.
      return head[1]?.match(/Code|错误码/) ? [] : names.filter((name, index) => names.indexOf(name) < index);
    });
    expect(twice).toEqual([]);
  });

  it('have the same code in their tables', () => {
    // Placeholders such as `/<module>/<function>` and `[key, value]` are translated.
    const plain = (code: string) => code.replaceAll(/<[\p{L}]+>|\[\p{L}+, \p{L}+\]/gu, '<>');
    const codes = (text: string) =>
      tables(text).map(({ rows }) =>
        rows.map((cells) => cells.map((cell) => (cell.match(/`[^`]+`/g) ?? []).map(plain).sort())),
      );
    expect(codes(chinese)).toEqual(codes(english));
  });

  it.each([english, chinese])('name every package, command, log kind and reserved name (%#)', (text) => {
    const names = [
      ...Object.keys({ ...packageJson.dependencies, ...packageJson.devDependencies }),
      ...reservedSegments,
      ...logKinds,
    ];
    expect(names.filter((name) => !text.includes(`\`${name}\``))).toEqual([]);
    expect(commandNames.filter((name) => !text.includes(`api-deploy ${name} `))).toEqual([]);
  });
});

const reliability = readdirSync(join(projectRoot, 'docs/reliability')).map(
  (name) => `docs/reliability/${name}`,
);
const guides = [
  'docs/mcp.md',
  'docs/client.md',
  'docs/streams-and-uploads.md',
  'docs/platform.md',
  'docs/platform.zh-CN.md',
  ...reliability,
];

describe.each([...Object.values(readmes), 'ARCHITECTURE.md', 'CHANGELOG.md', ...guides])('%s', (file) => {
  const text = readDocument(file);

  it('links to what is there', () => {
    const targets = [...proseOf(text).matchAll(/\]\(([^)]+)\)/g)].map(([, target = '']) => target);
    const anchors = new Set(headings(text).map((heading) => `#${anchorOf(heading.text)}`));
    const broken = targets
      .filter((target) => !target.startsWith('https://'))
      .filter((target) =>
        target.startsWith('#')
          ? !anchors.has(target)
          : !existsSync(join(projectRoot, dirname(file), target.replace(/#.*$/, ''))),
      );
    expect(broken).toEqual([]);
  });

  it('names npm scripts that exist', () => {
    const named = [...text.matchAll(/\bnpm run ([\w-]+)/g)].map(([, name = '']) => name);
    expect(named.filter((name) => packageJson.scripts[name] === undefined)).toEqual([]);
  });
});
