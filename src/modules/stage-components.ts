import { moduleNameProblem } from '../contract/names.ts';
import { evaluateTogether } from './evaluate-together.ts';
import type { FileInstance } from './file-instance.ts';
import { isServedFile, moduleNameOf } from './served-files.ts';
import type { Stage } from './stage.ts';
import {
  linkComponent,
  stageComponent,
  type ComponentOptions,
  type LinkedComponent,
  type StagedComponent,
} from './stage-component.ts';

export interface ComponentsOptions extends ComponentOptions {
  /** How many groups may be evaluated before the first of them is looked at. */
  readonly atOnce: number;
  /** Told of each group before the next one. */
  readonly onStaged: (component: StagedComponent) => void;
}

/** Stages all groups in their order. */
export async function stageComponents(
  groups: readonly ReadonlySet<string>[],
  stage: Stage,
  options: ComponentsOptions,
): Promise<StagedComponent[]> {
  const staged: StagedComponent[] = [];
  for (let at = 0; at < groups.length; at += options.atOnce) {
    const some = groups.slice(at, at + options.atOnce);
    const linked = await Promise.all(some.map((files) => linkComponent(files, stage, options)));
    if (linked.length > 1) await evaluateAll(linked, options);
    for (const component of linked) {
      if (linked.length > 1) options.onInstances(component.instances);
      const found = await stageComponent(component, options);
      options.onStaged(found);
      staged.push(found);
    }
  }
  return staged;
}

async function evaluateAll(linked: readonly LinkedComponent[], options: ComponentsOptions): Promise<void> {
  const { onInstances, host, loadTimeout } = options;
  const all = new Map(linked.flatMap(({ instances }) => [...instances]));
  onInstances(all);
  await evaluateTogether(servable(all, options), host, loadTimeout);
}

/** A file whose name cannot be served is not run at all. */
function servable(
  instances: ReadonlyMap<string, FileInstance>,
  { apisDir, servedElsewhere }: ComponentOptions,
): FileInstance[] {
  const names = new Set<string>();
  return [...instances].flatMap(([file, instance]) => {
    if (!isServedFile(file, apisDir)) return [];
    const name = moduleNameOf(file, apisDir);
    if (names.has(name) || moduleNameProblem(name) !== undefined || servedElsewhere(name, file) !== undefined)
      return [];
    names.add(name);
    return [instance];
  });
}
