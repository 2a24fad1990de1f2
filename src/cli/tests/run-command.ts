import type { ConfigFlags, Language } from '../parse-command.ts';

export const reporterNames = ['console', 'junit', 'json', 'html'] as const;
export type ReporterName = (typeof reporterNames)[number];

/** `api-deploy run`, as it was given. */
export interface RunCommand extends ConfigFlags {
  readonly kind: 'run';
  /** A scenario by name or id, or a file. */
  readonly target: string;
  /** Name or id. */
  readonly project: string | undefined;
  /** Name or id of an environment, or a file with variables. */
  readonly environment: string | undefined;
  /** A file with rows, or a stored dataset by name or id. */
  readonly data: string | undefined;
  readonly variables: Readonly<Record<string, string>>;
  readonly concurrency: number | undefined;
  readonly iterations: number | undefined;
  readonly bail: boolean;
  readonly reporters: readonly ReporterName[];
  readonly out: string | undefined;
  readonly lang: Language;
}
