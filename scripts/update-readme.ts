/** Writes the generated tables of both READMEs anew: `npm run readme`. Tests fail while they are out of date. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readmes, withTables, type Language } from './readme-tables.ts';

const root = join(import.meta.dirname, '..');

for (const [language, name] of Object.entries(readmes) as [Language, string][]) {
  const file = join(root, name);
  const before = readFileSync(file, 'utf8');
  const after = withTables(before, language);
  if (after !== before) writeFileSync(file, after);
  process.stdout.write(`${name}: ${after === before ? 'up to date' : 'updated'}\n`);
}
