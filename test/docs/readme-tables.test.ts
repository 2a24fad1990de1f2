import { describe, expect, it } from 'vitest';
import { readmes, withTables, type Language } from '../../scripts/readme-tables.ts';
import { configTable } from '../../src/config/config-table.ts';
import { errorCodes } from '../../src/contract/error-codes.ts';
import { generatedTable, readDocument } from './read-markdown.ts';

describe.each(Object.entries(readmes) as [Language, string][])('%s: %s', (language, file) => {
  const text = readDocument(file);

  it('has the configuration table that the schema gives', () => {
    expect(generatedTable(text, 'config-table')).toBe(configTable(language));
  });

  it.each(Object.entries(errorCodes))('lists %s with its status', (code, { status, summary }) => {
    const row = generatedTable(text, 'error-table')
      .split('\n')
      .find((line) => line.includes(`\`${code}\``));
    expect(row).toMatch(new RegExp(`^\\| ${status} \\| \`${code}\` \\| .+ \\|$`));
    if (language === 'en') expect(row).toContain(summary);
    else expect(row).toMatch(/\p{Script=Han}/u);
  });

  it('lists no code that does not exist', () => {
    const listed = [...generatedTable(text, 'error-table').matchAll(/^\| \d+ \| `(\w+)`/gm)];
    expect(listed.map(([, code]) => code)).toEqual(Object.keys(errorCodes));
  });

  it('is what the script would write', () => {
    expect(withTables(text, language)).toBe(text);
  });
});

it('the script says which markers are missing', () => {
  expect(() => withTables('# no tables', 'zh')).toThrow(
    /README\.zh-CN\.md: expected '<!-- error-table:begin -->'/,
  );
});
