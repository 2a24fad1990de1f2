import type { LogPort } from '../contract/log-port.ts';
import type { Registry } from '../registry/registry.ts';
import type { ModuleWarning } from '../registry/snapshot.ts';
import { GlobalChanges } from './global-changes.ts';
import { Leftovers } from './leftovers.ts';
import type { LiveModules } from './live-modules.ts';
import { toWarnings } from './to-warnings.ts';

export interface ReloadWarningsOptions {
  readonly live: LiveModules;
  readonly registry: Registry;
  readonly apisDir: string;
  readonly projectDir: string;
  readonly logs: LogPort;
  readonly ownsProcess: boolean;
}

/** Gathers what is doubtful about the modules that serve, from whoever finds it. */
export class ReloadWarnings {
  readonly globals: GlobalChanges;
  readonly leftovers: Leftovers;
  readonly #options: ReloadWarningsOptions;

  constructor(options: ReloadWarningsOptions) {
    this.#options = options;
    this.globals = new GlobalChanges(options);
    this.leftovers = new Leftovers({ ...options, onChange: () => void this.publish() });
  }

  /** Those of types and doc comments alone: the others are logged by whoever finds them. */
  ofTypes(): readonly ModuleWarning[] {
    return toWarnings(this.#options.live, this.#options.projectDir);
  }

  /** Makes all known ones those of the registry; gives those of types. */
  publish(): readonly ModuleWarning[] {
    const ofTypes = this.ofTypes();
    this.#options.registry.setWarnings([...ofTypes, ...this.globals.warnings, ...this.leftovers.warnings]);
    return ofTypes;
  }
}
