import { setTimeout as sleep } from 'node:timers/promises';
import { hashOf, type Disk } from './disk.ts';
import type { FileInstance } from './file-instance.ts';
import type { LiveModules } from './live-modules.ts';
import type { Stage } from './stage.ts';
import type { StagedComponent } from './stage-component.ts';
import type { Unfinished } from './unfinished.ts';

export interface SettleOptions {
  readonly stage: Stage;
  readonly live: LiveModules;
  readonly disk: Disk;
  readonly unfinished: Unfinished;
  readonly throwAway: (instances: readonly FileInstance[]) => Promise<void>;
  /** Asks for these files anew. */
  readonly request: (files: ReadonlySet<string>) => void;
}

/** How long a save that breaks or removes something is given to turn out half-written. */
const settleMs = 50;

/** Gives a save that breaks or removes something a moment: when its files change again, it was half-written. */
export async function settleGroups(
  staged: StagedComponent[],
  options: SettleOptions,
): Promise<StagedComponent[]> {
  const { stage, live, disk, unfinished } = options;
  const suspects = staged.filter(
    (component) => component.failed.size > 0 || removesEndpoints(component, live),
  );
  if (suspects.length === 0) return staged;
  await sleep(settleMs);
  const unsettled = new Set<StagedComponent>();
  for (const component of suspects) {
    const files = [...component.files].filter((file) => stage.hashes.has(file) || stage.problems.has(file));
    const now = await Promise.all(files.map((file) => disk.read(file)));
    if (files.every((file, index) => hashOf(now[index]) === stage.hashes.get(file))) continue;
    unsettled.add(component);
    // The checker has seen the half-written texts: even what goes back to the live content is read anew.
    unfinished.retry(files);
    options.request(new Set(files));
    await options.throwAway([...component.instances.values()]);
  }
  return staged.filter((component) => !unsettled.has(component));
}

function removesEndpoints({ loaded }: StagedComponent, live: LiveModules): boolean {
  return [...loaded].some(([file, { endpoints }]) => {
    const names = new Set(endpoints.map(({ name }) => name));
    return live.served.get(file)?.endpoints.some(({ name }) => !names.has(name));
  });
}
