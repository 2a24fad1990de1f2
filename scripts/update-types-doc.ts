import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { renderTypesDoc, typesDocs, type Language } from './render-types-doc.ts';

const projectDir = fileURLToPath(new URL('../', import.meta.url));

for (const [language, file] of Object.entries(typesDocs)) {
  const target = path.join(projectDir, file);
  await mkdir(path.dirname(target), { recursive: true });
  await writeFile(target, renderTypesDoc(language as Language));
  process.stdout.write(`${file}\n`);
}
