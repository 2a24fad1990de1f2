import { createRequire } from 'node:module';
import type { TsconfigRaw } from 'esbuild';
import { openLineCache, type LineCacheOptions } from '../storage/line-cache.ts';
import type { FileText } from './source-file.ts';
import { transpile, type Transpiled } from './transpile.ts';

/** Transpiles what no earlier process, and no earlier reload, has transpiled. */
export interface Transpiler {
  /** @throws LoadProblem when the text cannot be parsed */
  transpile(file: string, text: FileText): Promise<Transpiled>;
  /** Keeps what these files were transpiled to for the next start, and forgets the rest. */
  close(files: ReadonlySet<string>): Promise<void>;
}

interface CacheEntry {
  readonly hash: string;
  readonly transpiled: Transpiled;
}

/** Without loading esbuild itself. */
const { version: esbuildVersion } = createRequire(import.meta.url)('esbuild/package.json') as {
  readonly version: string;
};

const nothingKept: LineCacheOptions = { path: undefined, key: '', onProblem: () => {} };

/** `cache`: its key need not say what the transpiler's own output depends on. Default: nothing is kept. */
export function createTranspiler(tsconfig: TsconfigRaw, cache = nothingKept): Transpiler {
  const key = `${cache.key} ${esbuildVersion} ${process.versions.node} ${JSON.stringify(tsconfig)}`;
  const opening = openLineCache<CacheEntry>({ ...cache, key });
  return {
    async transpile(file, { text, hash }) {
      const entries = await opening;
      const known = entries.get(file);
      if (known?.hash === hash) return known.transpiled;
      const transpiled = await transpile(file, text.replace(/^\uFEFF/, ''), tsconfig);
      entries.set(file, { hash, transpiled });
      return transpiled;
    },
    async close(files) {
      const entries = await opening;
      entries.retain(files);
      await entries.flush();
    },
  };
}
