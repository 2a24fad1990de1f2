import { readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { runtimeDir } from './runtime-package.ts';

const built = pathToFileURL(join(runtimeDir, 'dist') + sep).href;
const maps = new Map<string, string | undefined>();

/** The source map of a built file of the runtime, as a stack trace names it: read when an error is first logged. */
export function ownMapOf(url: string): string | undefined {
  if (!url.startsWith(built)) return undefined;
  if (!maps.has(url)) maps.set(url, read(`${fileURLToPath(url)}.map`));
  return maps.get(url);
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
