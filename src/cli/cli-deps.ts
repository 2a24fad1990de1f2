import type { CheckResult } from '../service/check-modules.ts';
import type { ConfigSource } from '../service/read-config.ts';

/** What the commands are handed, so that they know no wiring. */
export interface CliDeps {
  readonly version: string;
  /** Where the command was given; absolute. */
  readonly projectDir: string;
  readonly env: NodeJS.ProcessEnv;
  readonly start: (source: ConfigSource) => Promise<void>;
  /** Hears of Ctrl-C in place of the process ending; a second one ends it. The function it gives ends that. */
  readonly onInterrupt: (listener: () => void) => () => void;
  readonly check: (source: ConfigSource) => Promise<CheckResult>;
}
