import type { ModuleFailure } from '../registry/snapshot.ts';
import { reachableFrom, type FileInstance } from './file-instance.ts';
import { runLoadHooks } from './lifecycle.ts';
import type { LiveModules, ServedModule } from './live-modules.ts';
import { LoadProblem } from './load-problem.ts';
import { toModuleFailure } from './module-failure.ts';
import { moduleNameOf } from './served-files.ts';
import type { StagedComponent } from './stage-component.ts';

export interface AcceptOptions {
  readonly live: LiveModules;
  /** Disposes of instances that never served. */
  readonly throwAway: (instances: readonly FileInstance[]) => Promise<void>;
  readonly apisDir: string;
  readonly projectDir: string;
  readonly loadTimeout: number;
  /** Told of each file whose `onLoad` hooks have run. */
  readonly afterHooks: (instance: FileInstance) => void;
}

/** What becomes of a staged component: all of it when `loaded` is empty stays as it was. */
export interface Verdict {
  readonly component: StagedComponent;
  readonly loaded: ReadonlyMap<string, ServedModule>;
  readonly failed: ReadonlyMap<string, ModuleFailure>;
}

/**
 * Runs the `onLoad` hooks and decides: a component is taken over whole, or, when it would break a module
 * that serves now, not at all. Modules that never served hold nobody back. What is not taken over is
 * disposed of at once.
 */
export async function acceptComponent(component: StagedComponent, options: AcceptOptions): Promise<Verdict> {
  const loaded = new Map(component.loaded);
  const failed = new Map(component.failed);
  while (loaded.size > 0 && !breaksService(failed, options.live)) {
    const problem = await runHooks(loaded, component, options);
    if (problem === undefined) break;
    moveFailing(problem, { loaded, failed, component, options });
  }
  if (breaksService(failed, options.live)) {
    const [cause] = failed.values();
    for (const [file, module] of loaded) failed.set(file, heldBack(module, cause, options));
    loaded.clear();
  }
  const kept = reachableFrom([...loaded.values()].map(({ instance }) => instance));
  const thrownAway = [...component.instances.values()].filter((instance) => !kept.has(instance));
  await options.throwAway(thrownAway);
  return { component, loaded, failed };
}

function breaksService(failed: ReadonlyMap<string, ModuleFailure>, live: LiveModules): boolean {
  return [...failed.keys()].some((file) => live.served.has(file));
}

async function runHooks(
  loaded: ReadonlyMap<string, ServedModule>,
  component: StagedComponent,
  options: AcceptOptions,
): Promise<LoadProblem | undefined> {
  const staged = new Set(component.instances.values());
  const reached = reachableFrom([...loaded.values()].map(({ instance }) => instance));
  const due = [...reached].filter((instance) => staged.has(instance) && instance.state === 'evaluated');
  try {
    await runLoadHooks(due, { seconds: options.loadTimeout, after: options.afterHooks });
    return undefined;
  } catch (error) {
    if (error instanceof LoadProblem) return error;
    throw error;
  }
}

interface Moving {
  readonly loaded: Map<string, ServedModule>;
  readonly failed: Map<string, ModuleFailure>;
  readonly component: StagedComponent;
  readonly options: AcceptOptions;
}

/** All modules that reach the file whose hook failed fail with it. */
function moveFailing(problem: LoadProblem, { loaded, failed, component, options }: Moving): void {
  const culprit = component.instances.get(problem.place.file);
  for (const [file, { instance }] of loaded) {
    if (culprit !== undefined && !reachableFrom([instance]).has(culprit)) continue;
    loaded.delete(file);
    const sourceOf = (at: string) => instanceAt(at, component, options)?.source;
    failed.set(
      file,
      toModuleFailure(problem, { ...options, module: moduleNameOf(file, options.apisDir), file, sourceOf }),
    );
  }
}

function instanceAt(
  file: string,
  component: StagedComponent,
  { live }: AcceptOptions,
): FileInstance | undefined {
  return component.instances.get(file) ?? live.instances.get(file);
}

function heldBack(
  { module }: ServedModule,
  cause: ModuleFailure | undefined,
  options: AcceptOptions,
): ModuleFailure {
  const { file } = module;
  const where =
    cause === undefined
      ? 'another module'
      : `${cause.file}${cause.line === undefined ? '' : `:${cause.line}`}`;
  const error = new LoadProblem(`held back: it shares files with a module that fails, see ${where}`, {
    file,
  });
  return toModuleFailure(error, { ...options, module: module.module, file, sourceOf: () => undefined });
}
