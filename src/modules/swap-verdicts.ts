import type { Registry } from '../registry/registry.ts';
import type { Verdict } from './accept-component.ts';
import { reachableFrom } from './file-instance.ts';
import { importsOf } from './live-edges.ts';
import type { LiveModules } from './live-modules.ts';
import type { PathsMatcher } from './resolve-import.ts';
import type { Retirement } from './retirement.ts';
import type { Unfinished } from './unfinished.ts';

export interface SwapOptions {
  readonly live: LiveModules;
  readonly registry: Registry;
  readonly retirement: Retirement;
  readonly unfinished: Unfinished;
  readonly paths: PathsMatcher;
}

export interface Swapped {
  /** Names of modules, as those of `removed`. */
  readonly loaded: readonly string[];
  readonly removed: readonly string[];
  /** Lets go of what is not served any more. It goes through all that is live, so whoever waits is answered first. */
  readonly letGo: () => void;
}

/** Makes the accepted components what is served, from one moment to the next. */
export function swapVerdicts(
  verdicts: readonly Verdict[],
  gone: readonly string[],
  { live, registry, retirement, unfinished, paths }: SwapOptions,
): Swapped {
  const replaced = gone.flatMap((file) => live.served.get(file)?.module ?? []);
  const removed = replaced.map(({ module }) => module);
  for (const file of gone) live.remove(file);
  const loaded: string[] = [];
  for (const { component, loaded: modules } of verdicts) {
    const kept = reachableFrom([...modules.values()].map(({ instance }) => instance));
    for (const [file, instance] of component.instances) {
      if (!kept.has(instance)) continue;
      live.instances.set(file, instance);
      live.graph.setImports(file, importsOf(instance, paths));
    }
    for (const [file, served] of modules) {
      replaced.push(...[live.served.get(file)?.module ?? []].flat());
      live.serve(file, served);
      loaded.push(served.module.module);
    }
  }
  const swaps = loaded.length > 0 || removed.length > 0 || !registry.hasServed;
  if (swaps) registry.swap(live.toSnapshot());
  const letGo = (): void => {
    if (swaps) {
      const orphans = live.prune((file) => unfinished.pending.has(file));
      retirement.retire(replaced, orphans);
    }
    for (const file of gone) if (!live.instances.has(file)) live.graph.remove(file);
  };
  return { loaded, removed, letGo };
}
