import { createRequire } from 'node:module';
import { extname, join } from 'node:path';
import { constants, compileFunction } from 'node:vm';
import { resolveInstalled } from './resolve-installed.ts';

/** A package as Node gives it to an ES module: `default`, named exports, live. */
export type Namespace = Readonly<Record<string, unknown>>;

export interface PackageLoader {
  /**
   * Loads a package or builtin as `import()` in `importer` would; when it is not installed for that
   * file, as the runtime itself would.
   *
   * @throws what the package throws while it loads, or Node's ERR_MODULE_NOT_FOUND
   */
  load(specifier: string, importer: string): Promise<Namespace>;
  /** The namespace in the form that esbuild's CommonJS expects of `require`. */
  asRequired(namespace: Namespace): object;
}

type Import = (specifier: string) => Promise<Namespace>;

/** `runtimeDir`: the folder of api-deploy's own package.json, whose packages everybody may use. */
export function createPackageLoader(runtimeDir: string): PackageLoader {
  // One compiled `import()` per importing file, kept: compiling one per load would be kept by V8 as well.
  const imports = new Map<string, Import>();
  const required = new WeakMap<Namespace, object>();

  function importAt(file: string): Import {
    let found = imports.get(file);
    if (found === undefined) imports.set(file, (found = compileImport(file)));
    return found;
  }

  return {
    async load(specifier, importer) {
      if (extname(specifier) === '.node') return { default: createRequire(importer)(specifier) };
      try {
        return await withoutLoaderWarning(() => importAt(importer)(specifier));
      } catch (error) {
        if (!isNotFound(error, specifier)) throw error;
        const installed = resolveInstalled(specifier, importer);
        if (installed !== undefined) return await importAt(importer)(installed);
        return await importAt(join(runtimeDir, 'package.json'))(specifier).catch(() => {
          throw error;
        });
      }
    },
    asRequired(namespace) {
      let exports = required.get(namespace);
      if (exports === undefined) required.set(namespace, (exports = toRequired(namespace)));
      return exports;
    },
  };
}

/** Live getters, and `__esModule`, so that `import x from` gives `default` exactly as in an ES module. */
function toRequired(namespace: Namespace): object {
  const exports = {};
  for (const name of Object.keys(namespace)) {
    // Of a CommonJS package that was compiled from ES modules.
    if (name === '__esModule') continue;
    Object.defineProperty(exports, name, { enumerable: true, get: () => namespace[name] });
  }
  Object.defineProperty(exports, '__esModule', { value: true });
  return exports;
}

function isNotFound(error: unknown, specifier: string): boolean {
  const { code, message } = error as { code?: string; message?: string };
  const name = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
  const found = [`'${name}'`, `/node_modules/${name}/`].some((text) => message?.includes(text));
  return code === 'ERR_MODULE_NOT_FOUND' && found;
}

function compileImport(filename: string): Import {
  return compileFunction('return import(specifier)', ['specifier'], {
    filename,
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  }) as Import;
}

/** Node 20 announces USE_MAIN_CONTEXT_DEFAULT_LOADER as experimental, at its first use; tests here pin what it does. */
function withoutLoaderWarning<T>(run: () => T): T {
  const emitWarning = process.emitWarning.bind(process);
  const before = Object.getOwnPropertyDescriptor(process, 'emitWarning');
  process.emitWarning = (warning: string | Error, ...rest: unknown[]) => {
    if (!String(warning).includes('USE_MAIN_CONTEXT_DEFAULT_LOADER')) {
      Reflect.apply(emitWarning, undefined, [warning, ...rest]);
    }
  };
  try {
    return run();
  } finally {
    if (before !== undefined) Object.defineProperty(process, 'emitWarning', before);
  }
}
