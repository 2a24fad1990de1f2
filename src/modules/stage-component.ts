import { runApart } from '../contract/main-thread.ts';
import { moduleNameProblem } from '../contract/names.ts';
import type { Endpoint, ModuleFailure, ModuleInstance } from '../registry/snapshot.ts';
import type { FileSignatures } from '../signatures/signature-checker.ts';
import { buildEndpoints, collectFunctions } from './build-endpoints.ts';
import { findMissingExport } from './check-imports.ts';
import { createFileInstance, reachableFrom, type FileInstance } from './file-instance.ts';
import { link } from './link.ts';
import type { ServedModule } from './live-modules.ts';
import { evaluate, runWithin, type LoadHost } from './load-module.ts';
import { LoadProblem } from './load-problem.ts';
import { toModuleFailure } from './module-failure.ts';
import { refuse, type Blocks } from './refuse.ts';
import { isServedFile, moduleNameOf } from './served-files.ts';
import type { SourceFile } from './source-file.ts';
import type { Stage } from './stage.ts';

/** One group of files that import each other, loaded anew beside what is live. */
export interface StagedComponent {
  readonly files: ReadonlySet<string>;
  readonly instances: ReadonlyMap<string, FileInstance>;
  /** Served files that can serve. */
  readonly loaded: ReadonlyMap<string, ServedModule>;
  /** Served files that cannot. */
  readonly failed: ReadonlyMap<string, ModuleFailure>;
  /** A served file failed because an import was not found: to be tried again when files appear. */
  readonly missingImports: boolean;
}

export interface ComponentOptions {
  readonly apisDir: string;
  readonly projectDir: string;
  readonly loadTimeout: number;
  readonly host: LoadHost;
  readonly liveInstance: (file: string) => FileInstance | undefined;
  readonly liveEndpoint: (path: string) => Endpoint | undefined;
  readonly liveEndpointsOf: (file: string) => readonly Endpoint[];
  readonly signatures: (served: string, names: readonly string[]) => Promise<FileSignatures>;
  /** Another file that serves this module name already, if there is one. */
  readonly servedElsewhere: (module: string, file: string) => string | undefined;
  readonly blocks: Blocks;
  /** Told of the instances before they are evaluated, so that late imports find them. */
  readonly onInstances: (instances: ReadonlyMap<string, FileInstance>) => void;
}

/** Files that import each other, with all that they import. */
export type LinkedComponent = Pick<StagedComponent, 'files' | 'instances'>;

export async function linkComponent(
  files: ReadonlySet<string>,
  stage: Stage,
  options: ComponentOptions,
): Promise<LinkedComponent> {
  const instances = createInstances(files, stage, options);
  options.onInstances(instances);
  const instanceOf = (file: string) =>
    instances.get(file) ?? (stage.removed.has(file) ? undefined : options.liveInstance(file));
  const { packages, paths } = options.host;
  await Promise.all(
    [...instances.values()]
      .filter(({ state }) => state === 'new')
      .map((instance) => link(instance, { packages, paths, instanceOf, timeout: options.loadTimeout })),
  );
  return { files, instances };
}

/** Evaluates and checks a component. Nothing that is live is touched; `onLoad` hooks do not run yet. */
export async function stageComponent(
  { files, instances }: LinkedComponent,
  options: ComponentOptions,
): Promise<StagedComponent> {
  const loaded = new Map<string, ServedModule>();
  const checked = new Map<FileInstance, LoadProblem | undefined>();
  const failed = new Map<string, ModuleFailure>();
  let missingImports = false;
  for (const [file, instance] of instances) {
    if (!isServedFile(file, options.apisDir)) continue;
    try {
      loaded.set(file, await loadServed(instance, { instances, checked, options }));
    } catch (error) {
      const sourceOf = (at: string): SourceFile | undefined =>
        (instances.get(at) ?? options.liveInstance(at))?.source;
      const module = moduleNameOf(file, options.apisDir);
      failed.set(file, toModuleFailure(error, { ...options, module, file, sourceOf }));
      missingImports ||= error instanceof LoadProblem && error.place.missingImport !== undefined;
    }
  }
  return { files, instances, loaded, failed, missingImports };
}

function createInstances(
  files: ReadonlySet<string>,
  stage: Stage,
  options: ComponentOptions,
): Map<string, FileInstance> {
  const instances = new Map<string, FileInstance>();
  for (const file of [...files].sort()) {
    if (stage.removed.has(file)) continue;
    const problem = stage.problems.get(file);
    const source = stage.sources.get(file) ?? options.liveInstance(file)?.source;
    if (problem !== undefined) instances.set(file, brokenInstance(file, problem));
    else if (source !== undefined) instances.set(file, createFileInstance(source));
  }
  return instances;
}

/** Stands for a file that cannot be parsed: whoever imports it fails with its problem. */
function brokenInstance(file: string, problem: LoadProblem): FileInstance {
  const instance = createFileInstance({ file, hash: '', text: '', content: { kind: 'json', value: null } });
  instance.state = 'failed';
  instance.error = problem;
  return instance;
}

interface Loading {
  readonly instances: ReadonlyMap<string, FileInstance>;
  readonly checked: Map<FileInstance, LoadProblem | undefined>;
  readonly options: ComponentOptions;
}

async function loadServed(
  instance: FileInstance,
  { instances, checked, options }: Loading,
): Promise<ServedModule> {
  const { source } = instance;
  const name = moduleNameOf(source.file, options.apisDir);
  const problem = moduleNameProblem(name) ?? servedTwice(name, source.file, options);
  if (problem !== undefined) throw new LoadProblem(problem, { file: source.file });
  const { exports } =
    instance.state === 'new'
      ? // Wrapped, because a module may export a function called `then`.
        await runApart(() => ({
          exports: runWithin(options.loadTimeout, () => evaluate(instance, options.host)),
        }))
      : { exports: evaluate(instance, options.host) };
  const unusable = lateProblem(instance, instances);
  if (unusable !== undefined) throw unusable;
  const missing = findMissingExport(instance, checked);
  if (missing !== undefined) throw missing;
  const functions = collectFunctions(exports, source);
  const signatures = await options.signatures(source.file, [...functions.keys()]);
  const module: ModuleInstance = { module: name, file: source.file, inFlight: 0, onIdle: undefined };
  const textOf = (file: string) => (instances.get(file) ?? options.liveInstance(file))?.source.text;
  const endpoints = buildEndpoints({
    instance: module,
    functions,
    signatures,
    source,
    before: options.liveEndpoint,
    textOf,
  });
  refuse(options.blocks, { source, signatures, endpoints, live: options.liveEndpointsOf(source.file) });
  return { instance, module, endpoints };
}

/** Of a file that only a literal `import()` names: it is evaluated at a call, and a broken save of it would fail there. */
function lateProblem(
  root: FileInstance,
  instances: ReadonlyMap<string, FileInstance>,
): LoadProblem | undefined {
  for (const instance of reachableFrom([root])) {
    const { state, error, source } = instance;
    if (state !== 'failed' || instances.get(source.file) !== instance) continue;
    if (error instanceof LoadProblem) return error;
  }
  return undefined;
}

function servedTwice(name: string, file: string, options: ComponentOptions): string | undefined {
  const other = options.servedElsewhere(name, file);
  return other === undefined
    ? undefined
    : `'/${name}' is served by ${other} already; rename one of the two files`;
}
