import type { CheckResult } from '../service/check-modules.ts';
import type { ConfigSource } from '../service/read-config.ts';

/** What the commands are handed, so that they know no wiring. */
export interface CliDeps {
  readonly version: string;
  /** Where the command was given; absolute. */
  readonly projectDir: string;
  readonly env: NodeJS.ProcessEnv;
  readonly start: (source: ConfigSource) => Promise<void>;
  readonly check: (source: ConfigSource) => Promise<CheckResult>;
}
