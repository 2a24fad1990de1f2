import { readFile } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';

export interface NamedText {
  /** Relative to the folder of the first file. */
  readonly name: string;
  readonly text: string;
}

/** Files that one description may be made of. */
const mostFiles = 500;

const reference = /["']?\$ref["']?\s*:\s*(?:"([^"#]+)[#"]|'([^'#]+)[#']|([^\s"'#,}\]]+))/g;

/**
 * A file with those on disk that it refers to by `$ref`, and those that these refer to. What is missing is left to
 * whoever reads the description: it says which reference leads nowhere.
 */
export async function readReferredFiles(first: {
  readonly file: string;
  readonly text: string;
}): Promise<NamedText[]> {
  const folder = dirname(first.file);
  const found = new Map([[first.file, first.text]]);
  for (const [file, text] of found) {
    for (const [, double, single, plain] of text.matchAll(reference)) {
      const path = double ?? single ?? plain ?? '';
      if (path === '' || URL.canParse(path) || found.size >= mostFiles) continue;
      const other = join(dirname(file), decodeURI(path));
      if (found.has(other)) continue;
      const content = await readFile(other, 'utf8').catch(() => undefined);
      if (content !== undefined) found.set(other, content);
    }
  }
  return [...found].map(([file, text]) => ({
    name: file === first.file ? basename(file) : relative(folder, file).split(sep).join('/'),
    text,
  }));
}
