import { extname } from 'node:path';
import { parse } from 'es-module-lexer';
import { clearTimeout, setTimeout } from 'node:timers';
import type * as Esbuild from 'esbuild';
import type { Loader, Message, TransformOptions, TsconfigRaw } from 'esbuild';
import { codeFrame } from './code-frame.ts';
import { LoadProblem } from './load-problem.ts';

/** A file's own share of the graph: what runs, what it imports, and how to find the way back to its source. */
export interface Transpiled {
  /** CommonJS, to be compiled with the parameters of `load-module.ts`. */
  readonly code: string;
  /** Source map as JSON text, kept outside the code: an inline map would be kept by V8 for every compile. */
  readonly map: string;
  /** `import … from`, `export … from` and `import '…'`, without what is imported for its type alone. */
  readonly imports: readonly StaticImport[];
  /** Specifiers of `import('…')` written as literals. */
  readonly dynamicImports: readonly string[];
}

export interface StaticImport {
  readonly specifier: string;
  /** What is imported by name, `default` included; the other file has to export it. */
  readonly names: readonly string[];
}

/** Takes the place of `import` in `import(…)`; as long, so that the source map's columns stay true. */
export const dynamicImportName = 'impor$';

/** Named in compiled code in place of the global timers, see `scope-timers.ts`. */
export const timersName = '__timers';

/** `setTimeout` and `globalThis.setTimeout`, where no other thing of that name is meant: esbuild knows. */
const ownTimers = Object.fromEntries(
  ['setTimeout', 'setInterval', 'setImmediate', 'clearTimeout', 'clearInterval', 'clearImmediate'].flatMap(
    (name) => ['', 'globalThis.', 'global.'].map((from) => [from + name, `${timersName}.${name}`]),
  ),
);

const loaders: Readonly<Record<string, Loader>> = {
  '.ts': 'ts',
  '.mts': 'ts',
  '.cts': 'ts',
  '.tsx': 'tsx',
  '.js': 'js',
  '.mjs': 'js',
  '.cjs': 'js',
  '.jsx': 'jsx',
};

/** Files that can be transpiled, by their ending. */
function isTranspilable(file: string): boolean {
  return extname(file) in loaders;
}

/** Files that can be a module, or a part of one. */
export function isLoadable(file: string): boolean {
  return isTranspilable(file) || file.endsWith('.json');
}

/**
 * TypeScript or JavaScript to CommonJS, without looking at any other file.
 *
 * @throws LoadProblem with file, line, column and frame when the source cannot be parsed
 */
export async function transpile(file: string, source: string, tsconfig?: TsconfigRaw): Promise<Transpiled> {
  const options: TransformOptions = {
    loader: loaders[extname(file)] ?? 'ts',
    platform: 'node',
    target: `node${process.versions.node}`,
    sourcefile: file,
    define: { 'import.meta': '__meta', ...ownTimers },
    logLevel: 'silent',
    ...(tsconfig === undefined ? {} : { tsconfigRaw: tsconfig }),
  };
  try {
    // Two transforms of the same source: one runs; the other keeps its `import` statements, which can be
    // listed exactly, while the `require` calls of the first cannot be told from those of the author.
    const [cjs, esm] = await withService(({ transform }) =>
      Promise.all([
        transform(source, { ...options, format: 'cjs', sourcemap: 'external', sourcesContent: false }),
        transform(source, { ...options, format: 'esm', minifyWhitespace: true }),
      ]),
    );
    return { code: renameDynamicImports(cjs.code), map: cjs.map, ...listImports(esm.code) };
  } catch (error) {
    throw toLoadProblem(error, file, source);
  }
}

/** Loaded with the first file: a start that finds all in the cache transpiles nothing. */
let loaded: typeof Esbuild | undefined;

/** Before anybody waits for it. */
export async function loadEsbuild(): Promise<typeof Esbuild> {
  return (loaded ??= await import('esbuild'));
}

let services = 0;
let running = 0;
let idle: NodeJS.Timeout | undefined;

/** Milliseconds that the process is kept for the next save; after a large load it may have taken 100 MB. */
const keptFor = 300_000;

function endWhenIdle(): void {
  clearTimeout(idle);
  idle = setTimeout(() => {
    if (running === 0) restartTranspiler();
  }, keptFor).unref();
}

/** Ends the process that transpiles: what waits for it is left waiting, what comes gets a new one. */
export function restartTranspiler(): void {
  services++;
  void loaded?.stop();
}

/** esbuild works in a process of its own and does not replace it when it was killed; so once more with a new one. */
async function withService<T>(work: (service: typeof Esbuild) => Promise<T>): Promise<T> {
  const service = services;
  running++;
  clearTimeout(idle);
  try {
    return await work(await loadEsbuild());
  } catch (error) {
    if ((error as { errors?: Message[] }).errors !== undefined) throw error;
    // Whoever failed with the same process needs the same new one.
    if (service === services) {
      services++;
      await loaded?.stop();
    }
    return await work(await loadEsbuild());
  } finally {
    running--;
    if (running === 0) endWhenIdle();
  }
}

function listImports(esm: string): Pick<Transpiled, 'imports' | 'dynamicImports'> {
  const imports: StaticImport[] = [];
  const dynamicImports = new Set<string>();
  for (const found of parse(esm)[0]) {
    if (found.type === 'static' || found.type === 'reexport-star') {
      const statement = esm.slice(found.importStart, found.importEnd);
      imports.push({ specifier: found.specifier, names: importedNames(statement) });
    } else if (found.type === 'dynamic' && found.specifier !== undefined && !found.glob) {
      dynamicImports.add(found.specifier);
    }
  }
  return { imports, dynamicImports: [...dynamicImports] };
}

/** Of a statement as esbuild prints it: `import d,{a as b,c}from"x"` → default, a, c. */
function importedNames(statement: string): string[] {
  const [, byDefault, inBraces = ''] = /^import\s*([\w$]+)?\s*,?\s*(?:\{([^}]*)\})?/.exec(statement) ?? [];
  const named = inBraces.split(',').map((part) => part.trim().split(/\s+as\s+/)[0] ?? '');
  const names = byDefault === undefined || byDefault === 'from' ? named : ['default', ...named];
  // A name written as a string may be anything; it is left to fail where it is used.
  return names.filter((name) => /^[\w$]+$/.test(name));
}

function renameDynamicImports(code: string): string {
  if (!code.includes('import(')) return code;
  let renamed = '';
  let end = 0;
  for (const found of parse(code)[0]) {
    if (found.type !== 'dynamic') continue;
    renamed += code.slice(end, found.importStart) + dynamicImportName;
    end = found.importStart + 'import'.length;
  }
  return renamed + code.slice(end);
}

function toLoadProblem(error: unknown, file: string, source: string): unknown {
  const message = (error as { errors?: Message[] }).errors?.[0];
  if (message === undefined) return error;
  const line = message.location?.line;
  const column = message.location === null ? undefined : (message.location?.column ?? 0) + 1;
  const frame = line === undefined ? undefined : codeFrame(source, line, column);
  const cause = message.text.startsWith('Top-level await')
    ? 'top-level await cannot be used in a file that is reloaded; await inside onLoad(async () => { … }) instead'
    : message.text;
  return new LoadProblem(cause, { file, line, column, frame });
}
