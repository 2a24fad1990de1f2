/**
 * Writes `dist`: the runtime and the small packages that it starts with, as few files. Node spends more time on
 * finding 500 files than on running them. Declarations come from `tsc` (`npm run build`). Plain JavaScript, since a clone
 * without development dependencies is built too.
 */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { build } from 'esbuild';
import { onlyUsedOfDateFns } from './build/only-used-of-date-fns.mjs';
import { licencesOf } from './build/licences-of.mjs';

const root = join(import.meta.dirname, '..');
const dist = join(root, 'dist');

/** What others start or import; all of them lie side by side, so that threads are found beside their callers. */
const entries = [
  'src/main.ts',
  'src/index.ts',
  'src/testing.ts',
  'src/modules/watch-thread.ts',
  'src/signatures/checker-thread.ts',
  'src/supervision/watchdog-thread.ts',
];

/** Large, native, with processes or files of their own, or rarely needed: they stay packages. */
const separate = [
  '@modelcontextprotocol/server',
  'esbuild',
  'rate-limiter-flexible',
  'swagger-ui-dist',
  'tsx',
  'typescript',
];

const { outputFiles, metafile } = await build({
  absWorkingDir: root,
  entryPoints: entries,
  outdir: 'dist',
  entryNames: '[name]',
  chunkNames: 'part-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  external: separate,
  sourcemap: true,
  sourcesContent: false,
  metafile: true,
  write: false,
  // For the packages among it that are CommonJS.
  banner: {
    js: "import { createRequire as toRequire } from 'node:module'; const require = toRequire(import.meta.url);",
  },
  plugins: [onlyUsedOfDateFns],
});

const written = new Set();
for (const { path, contents } of outputFiles) put(path, contents);
put(join(dist, 'third-party-licences.txt'), licencesOf(Object.keys(metafile.inputs), root));

// Of earlier builds. Not before, so that one that fails leaves what there was.
for (const entry of readdirSync(dist, { withFileTypes: true, recursive: true })) {
  const path = join(entry.parentPath, entry.name);
  if (entry.isFile() && !written.has(path) && !path.endsWith('.d.ts')) rmSync(path);
}
process.stdout.write(`${relative(root, dist)}: ${outputFiles.length / 2} files\n`);

function put(path, contents) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, contents);
  written.add(path);
}
