import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { renderTypesDoc, typesDocs, type Language } from '../../scripts/render-types-doc.ts';

describe('the document about types', () => {
  it.each(Object.entries(typesDocs))(
    'is up to date (%s); else run npx tsx scripts/update-types-doc.ts',
    async (language, file) => {
      const text = await readFile(fileURLToPath(new URL(`../../${file}`, import.meta.url)), 'utf8');
      expect(text).toBe(renderTypesDoc(language as Language));
    },
  );
});
