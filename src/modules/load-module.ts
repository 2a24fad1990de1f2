import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { compileFunction, Script } from 'node:vm';
import { ModuleScope } from '../containment/module-scope.ts';
import { isTimerModule, timerModule } from '../containment/timer-modules.ts';
import type { LoadHook } from '../contract/lifecycle-hooks.ts';
import { runApart, runBounded } from '../contract/main-thread.ts';
import type { FileInstance } from './file-instance.ts';
import type { Namespace, PackageLoader } from './packages.ts';
import { resolveImport, type PathsMatcher } from './resolve-import.ts';
import type { OpenServiceView } from './service-view.ts';
import { dynamicImportName, timersName } from './transpile.ts';

export interface LoadHost {
  readonly packages: PackageLoader;
  readonly paths: PathsMatcher;
  /** What `import … from 'api-deploy'` gives, without the hooks that are bound to each file. */
  readonly runtimeExports: Readonly<Record<string, unknown>>;
  /** What `onLoad` hooks of a file get; without it, none is run. */
  readonly openServiceView?: OpenServiceView;
  /** Loads a local file that only a computed `import()` names. */
  loadLate(file: string, importer: FileInstance): Promise<FileInstance>;
  /** Seconds that the evaluation of a file which is imported at a call may take. */
  readonly loadTimeout: () => number;
  /** Waits until what was imported at a call is ready. */
  afterLateEvaluation(instance: FileInstance, importer: FileInstance): Promise<void>;
  /** Told of each file when its own code has run, also when that threw. */
  afterEvaluation?(instance: FileInstance): void;
}

/** Compiled code sees these names, as every CommonJS module does, and three of ours. */
const parameters = [
  'exports',
  'require',
  'module',
  '__filename',
  '__dirname',
  dynamicImportName,
  '__meta',
  timersName,
];

let evaluations = 0;

/**
 * Evaluates an instance, and first whatever it imports, once; gives its exports.
 *
 * Circular imports behave as in Node: the one that closes the circle sees what is exported so far.
 *
 * @throws what the file throws, again at each call
 */
export function evaluate(instance: FileInstance, host: LoadHost): unknown {
  if (instance.state === 'failed') throw instance.error;
  if (instance.state !== 'new') return instance.module.exports;
  instance.state = 'evaluating';
  evaluating.push(instance);
  try {
    const { content } = instance.source;
    if (content.kind === 'json') instance.module.exports = jsonExports(content.value);
    else run(content.transpiled.code, instance, host);
    instance.state = 'evaluated';
    return instance.module.exports;
  } catch (error) {
    instance.state = 'failed';
    instance.error = error;
    throw error;
  } finally {
    evaluating.pop();
    instance.order = ++evaluations;
    host.afterEvaluation?.(instance);
  }
}

/** Transpiled code as it is compiled. */
export function toCompiled(code: string): string {
  return `"use strict";${code}`;
}

function run(code: string, instance: FileInstance, host: LoadHost): void {
  const { file } = instance.source;
  // `compileFunction`, not `Script`: V8 keeps scripts in its compilation cache, and memory grows with every save.
  const compiled = compileFunction(toCompiled(code), parameters, { filename: file });
  const { module } = instance;
  const scope = new ModuleScope(file);
  instance.scope = scope;
  const dynamicImport = (specifier: unknown) => importDynamically(String(specifier), instance, host);
  compiled.call(
    module.exports,
    module.exports,
    (specifier: string) => requireLinked(specifier, instance, host),
    module,
    file,
    dirname(file),
    dynamicImport,
    importMeta(file, host),
    // Most files have no timers, and need none of their own then.
    code.includes(timersName) ? scope.timers : undefined,
  );
}

function requireLinked(specifier: string, instance: FileInstance, host: LoadHost): unknown {
  const linked = instance.imports.get(specifier);
  switch (linked?.kind) {
    case 'file':
      return evaluate(linked.instance, host);
    case 'package':
      return timersFor(specifier, instance) ?? host.packages.asRequired(linked.namespace);
    case 'runtime':
      return runtimeFor(instance, host);
    case undefined:
      return requireUnlinked(specifier, instance, host);
  }
}

/** A `require()` of the author's own: fine for packages, while local files belong to the module graph. */
function requireUnlinked(specifier: string, instance: FileInstance, host: LoadHost): unknown {
  const { file } = instance.source;
  const resolved = resolveImport(specifier, file, host.paths);
  if (resolved.kind === 'package') return timersFor(specifier, instance) ?? createRequire(file)(specifier);
  if (resolved.kind === 'runtime') return runtimeFor(instance, host);
  throw new Error(`require('${specifier}') cannot load a local file; write import … from '${specifier}'`);
}

async function importDynamically(
  specifier: string,
  instance: FileInstance,
  host: LoadHost,
): Promise<unknown> {
  const timers = timersFor(specifier, instance);
  if (timers !== undefined) return timers;
  const linked = instance.imports.get(specifier);
  if (linked?.kind === 'file') return await evaluateLate(linked.instance, instance, host);
  if (linked?.kind === 'package') return linked.namespace;
  const { file } = instance.source;
  const resolved = resolveImport(specifier, file, host.paths);
  switch (resolved.kind) {
    case 'runtime':
      return runtimeFor(instance, host);
    case 'package':
      return host.packages.load(resolved.specifier, file);
    case 'local':
      return await evaluateLate(await host.loadLate(resolved.file, instance), instance, host);
    case 'missing':
      throw Object.assign(new Error(`Cannot find '${specifier}' imported from ${file}`), {
        code: 'ERR_MODULE_NOT_FOUND',
      });
  }
}

/** `node:timers` gives the instance's own timers too. */
function timersFor(specifier: string, { scope }: FileInstance): object | undefined {
  return scope !== undefined && isTimerModule(specifier) ? timerModule(specifier, scope.timers) : undefined;
}

/** What is first evaluated by a dynamic import gets its `onLoad` hooks run before the importer goes on. */
async function evaluateLate(
  instance: FileInstance,
  importer: FileInstance,
  host: LoadHost,
): Promise<unknown> {
  const { exports } = await runApart(() => ({ exports: evaluateWithin(instance, host) }));
  await host.afterLateEvaluation(instance, importer);
  return asNamespace(exports);
}

/** A call is waiting, and the whole process with it. */
function evaluateWithin(instance: FileInstance, host: LoadHost): unknown {
  const seconds = host.loadTimeout();
  try {
    return runWithin(seconds, () => evaluate(instance, host));
  } catch (error) {
    if (!isEndedFromOutside(error)) throw error;
    const late = new Error(
      `${instance.source.file} did not finish loading within ${seconds} s (loadTimeout): an endless loop at its top?`,
      { cause: error },
    );
    if (error.stack?.includes('\n') === true)
      late.stack = error.stack.replace(error.message, () => `Error: ${late.message}`);
    throw late;
  }
}

function runtimeFor(instance: FileInstance, host: LoadHost): object {
  const bound = {
    ...host.runtimeExports,
    onLoad(hook: LoadHook) {
      const view = (instance.view ??= host.openServiceView?.(instance.source.file));
      if (view !== undefined) instance.loadHooks.push(() => hook(view.service));
    },
    onDispose: (hook: () => void) => void instance.disposeHooks.push(hook),
  };
  return Object.defineProperty(bound, '__esModule', { value: true });
}

function jsonExports(value: unknown): object {
  const named = typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
  return Object.defineProperty({ ...named, default: value }, '__esModule', { value: true });
}

/** Exports of a CommonJS file, as an ES module sees them. */
function asNamespace(exports: unknown): unknown {
  const named = typeof exports === 'object' && exports !== null ? exports : {};
  return '__esModule' in named ? exports : { ...named, default: exports };
}

function importMeta(file: string, host: LoadHost): Namespace {
  return {
    url: pathToFileURL(file).href,
    filename: file,
    dirname: dirname(file),
    resolve(specifier: string): string {
      const resolved = resolveImport(specifier, file, host.paths);
      if (resolved.kind === 'local') return pathToFileURL(resolved.file).href;
      const found = createRequire(file).resolve(specifier);
      return found.startsWith('/') ? pathToFileURL(found).href : found;
    },
  };
}

const slot = Symbol.for('api-deploy.evaluation');
// One script for all: it only calls what the slot holds, so V8 has nothing to keep per evaluation.
const runSlot = new Script(`globalThis[Symbol.for('api-deploy.evaluation')]()`, {
  filename: 'api-deploy-evaluation',
});

/** What is being evaluated now, innermost last. */
const evaluating: FileInstance[] = [];

/**
 * Runs `work`, and ends it from outside when it blocks the thread for longer than `seconds`.
 *
 * @throws Error with code ERR_SCRIPT_EXECUTION_TIMEOUT when it was ended, with the stack of `work` where that is known
 */
export function runWithin<T>(seconds: number, work: () => T): T {
  const holder = globalThis as unknown as Record<symbol, (() => T) | undefined>;
  const outer = holder[slot];
  const begun = evaluating.length;
  holder[slot] = work;
  const timeout = Math.max(1, Math.ceil(seconds * 1000));
  return runBounded((seen) => {
    try {
      return runSlot.runInThisContext({ timeout }) as T;
    } catch (error) {
      if (isEndedFromOutside(error) && seen.stack !== undefined)
        error.stack = `${error.message}\n${seen.stack}`;
      // No `finally` of theirs has run. Whoever imports one of them later must not get half of it.
      for (const instance of evaluating.splice(begun)) Object.assign(instance, { state: 'failed', error });
      throw error;
    } finally {
      holder[slot] = outer;
    }
  });
}

export function isEndedFromOutside(error: unknown): error is Error {
  return error instanceof Error && (error as NodeJS.ErrnoException).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT';
}
