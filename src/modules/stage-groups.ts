import type { Registry } from '../registry/registry.ts';
import type { Derivation } from './derivation.ts';
import type { LateLoader } from './late-loader.ts';
import type { LiveModules } from './live-modules.ts';
import type { LoadHost } from './load-module.ts';
import type { Blocks } from './refuse.ts';
import type { Stage } from './stage.ts';
import { stageComponent, type StagedComponent } from './stage-component.ts';

export interface StageGroupsOptions {
  readonly stage: Stage;
  readonly derivation: Derivation;
  readonly blocks: Blocks;
  readonly live: LiveModules;
  readonly late: LateLoader;
  readonly host: LoadHost;
  readonly registry: Registry;
  readonly apisDir: string;
  readonly projectDir: string;
  /** Seconds; asked anew for each group. */
  readonly loadTimeout: () => number;
  readonly onLoading?: ((files: readonly string[]) => void) | undefined;
}

/** Loads each group beside what is live. */
export async function stageGroups(
  groups: readonly ReadonlySet<string>[],
  options: StageGroupsOptions,
): Promise<StagedComponent[]> {
  const staged: StagedComponent[] = [];
  /** By module name, files that were loaded in this reload. */
  const taken = new Map<string, string>();
  for (const files of groups) {
    const component = await stageGroup(files, taken, options);
    for (const [file, { module }] of component.loaded) taken.set(module.module, file);
    staged.push(component);
  }
  return staged;
}

function stageGroup(
  files: ReadonlySet<string>,
  taken: ReadonlyMap<string, string>,
  options: StageGroupsOptions,
): Promise<StagedComponent> {
  const { stage, derivation, blocks, live, late, host, registry, apisDir, projectDir } = options;
  return stageComponent(files, stage, {
    apisDir,
    projectDir,
    loadTimeout: options.loadTimeout(),
    host,
    liveInstance: (file) => live.instances.get(file),
    liveEndpoint: (path) => registry.current.endpoints.get(path),
    liveEndpointsOf: (file) => live.served.get(file)?.endpoints ?? [],
    blocks,
    onInstances: (instances) => {
      late.stage(instances);
      options.onLoading?.([...instances.keys()]);
    },
    // The other file that has a module's name, as far as it is known before anything new is loaded.
    servedElsewhere: (module, file) => {
      const serving = registry.current.modules.get(module)?.file;
      const other =
        taken.get(module) ?? (serving === undefined || stage.removed.has(serving) ? undefined : serving);
      return other === file ? undefined : other;
    },
    signatures: (file, names) => derivation.signaturesOf(file, names),
  });
}
