import type { LifecycleHook } from '../contract/lifecycle-hooks.ts';
import type { LogPort } from '../contract/log-port.ts';
import { runApart } from '../contract/main-thread.ts';
import type { ModuleInstance } from '../registry/snapshot.ts';
import { withDeadline } from './deadline.ts';
import { reachableFrom, type FileInstance } from './file-instance.ts';
import { isEndedFromOutside, runWithin } from './load-module.ts';
import { LoadProblem } from './load-problem.ts';
import type { ServiceView } from './service-view.ts';

export interface LoadHooksOptions {
  readonly seconds: number;
  /** Told of each instance whose hooks have run. */
  readonly after: (instance: FileInstance) => void;
}

/** How long a hook may block the process while it is disposed of. Seconds. */
const longestBlock = 5;

/**
 * Runs the `onLoad` hooks of instances that were evaluated and have not run theirs yet, dependencies first.
 *
 * @throws LoadProblem naming the file whose hook threw or took longer than `seconds`
 */
export async function runLoadHooks(
  instances: Iterable<FileInstance>,
  { seconds, after }: LoadHooksOptions,
): Promise<void> {
  for (const instance of inOrder(instances)) {
    if (instance.loadHooks.length === 0) continue;
    await load(instance, seconds);
    after(instance);
  }
}

/**
 * The same for a file that `importer` imports at a call; hooks that another call has set off are waited for.
 *
 * @throws LoadProblem, again at each import, when a hook failed
 */
export async function runLateLoadHooks(
  imported: FileInstance,
  importer: FileInstance,
  seconds: number,
): Promise<void> {
  for (const instance of inOrder(reachableFrom([imported]))) {
    if (instance.loadHooks.length > 0) await load(instance, seconds);
    // In a circle, a hook of the importer would wait for itself.
    else if (importer.loading === undefined || !reachableFrom([instance]).has(importer))
      await instance.loading;
  }
}

async function load(instance: FileInstance, seconds: number): Promise<void> {
  const hooks = instance.loadHooks.splice(0);
  // Known to be loading before its first hook begins, since that may import in a circle.
  instance.loading = Promise.resolve().then(() => runHooks(hooks, instance.source.file, seconds));
  await instance.loading;
  instance.loading = undefined;
}

async function runHooks(hooks: readonly LifecycleHook[], file: string, seconds: number): Promise<void> {
  for (const hook of hooks) {
    try {
      await withDeadline(
        runApart(() => runWithin(seconds, hook)),
        seconds,
        `onLoad did not finish within ${seconds} s (loadTimeout)`,
      );
    } catch (error) {
      throw new LoadProblem(causeOf(error, seconds), { file }, error);
    }
  }
}

function causeOf(error: unknown, seconds: number): string {
  if (isEndedFromOutside(error)) {
    return `onLoad blocked the process for ${seconds} s (loadTimeout) and was ended: an endless loop?`;
  }
  return error instanceof Error ? error.message : String(error);
}

export interface Disposal {
  readonly logs: LogPort;
  /** Seconds that one hook may take. */
  readonly timeout: number;
  /** When no call can use the instances any more; that may be later than their disposal. */
  readonly callsEnded: Promise<unknown>;
}

/**
 * Runs the `onDispose` hooks, newest first, and ends the timers of each instance after its own hooks. A hook
 * that fails is logged and holds nothing back.
 */
export async function disposeOf(instances: Iterable<FileInstance>, disposal: Disposal): Promise<void> {
  const { logs, timeout, callsEnded } = disposal;
  // Also those that were ended from outside while they were evaluated: they have no place in the order.
  for (const instance of [...instances].sort((a, b) => b.order - a.order)) {
    if (instance.view !== undefined) await closeView(instance.view, instance, disposal);
    for (const hook of instance.disposeHooks.splice(0).reverse()) {
      try {
        await withDeadline(
          runApart(() => runWithin(longestBlock, hook)),
          timeout,
          `onDispose did not finish within ${timeout} s (disposeTimeout)`,
        );
      } catch (err) {
        logs.error(`onDispose of ${instance.source.file} failed`, { err });
      }
    }
    instance.scope?.close(callsEnded);
  }
}

/** A listener may still use what the hooks are about to close. */
async function closeView(
  view: ServiceView,
  { source }: FileInstance,
  { logs, timeout }: Disposal,
): Promise<void> {
  await withDeadline(view.close(), timeout, `it did not finish within ${timeout} s (disposeTimeout)`).catch(
    (err: unknown) => logs.error(`an onReload listener of ${source.file} still runs`, { err }),
  );
}

/** Resolves when no call runs in any of the modules; to be asked once of each. */
export async function whenIdle(modules: readonly ModuleInstance[]): Promise<void> {
  await Promise.all(modules.map(whenModuleIdle));
}

function whenModuleIdle(module: ModuleInstance): Promise<void> {
  if (module.inFlight === 0) return Promise.resolve();
  return new Promise((resolve) => {
    module.onIdle = resolve;
  });
}

function inOrder(instances: Iterable<FileInstance>): FileInstance[] {
  return [...instances].filter(({ order }) => order > 0).sort((a, b) => a.order - b.order);
}
