import type { Registry } from '../registry/registry.ts';
import type { Derivation } from './derivation.ts';
import type { LateLoader } from './late-loader.ts';
import type { LiveModules } from './live-modules.ts';
import type { LoadHost } from './load-module.ts';
import type { Blocks } from './refuse.ts';
import type { Stage } from './stage.ts';
import type { StagedComponent } from './stage-component.ts';
import { stageComponents } from './stage-components.ts';

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
  /** Seconds. */
  readonly loadTimeout: () => number;
  readonly onLoading?: ((files: readonly string[]) => void) | undefined;
}

/** Groups whose files are evaluated before the first of them is looked at. */
const groupsAtOnce = 50;

/** Loads each group beside what is live. */
export function stageGroups(
  groups: readonly ReadonlySet<string>[],
  options: StageGroupsOptions,
): Promise<StagedComponent[]> {
  const { stage, derivation, live, late, registry, onLoading } = options;
  /** By module name, files that were loaded in this reload. */
  const taken = new Map<string, string>();
  return stageComponents(groups, stage, {
    ...options,
    // Whoever is told what is loading wants to know which file it was that ended the process.
    atOnce: onLoading === undefined ? groupsAtOnce : 1,
    onStaged({ loaded }) {
      for (const [file, { module }] of loaded) taken.set(module.module, file);
    },
    loadTimeout: options.loadTimeout(),
    liveInstance: (file) => live.instances.get(file),
    liveEndpoint: (path) => registry.current.endpoints.get(path),
    liveEndpointsOf: (file) => live.served.get(file)?.endpoints ?? [],
    onInstances(instances) {
      late.stage(instances);
      onLoading?.([...instances.keys()]);
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
