import type { Role, ServedEndpoint } from 'api-deploy';

/** Modules of the test platform itself; without a module's name, only the others are fuzzed. */
export const platformModules: ReadonlySet<string> = new Set([
  'backups',
  'catalog',
  'categories',
  'datasets',
  'environments',
  'exports',
  'files',
  'fuzz',
  'impact',
  'imports',
  'modules',
  'projects',
  'reports',
  'runs',
  'scenarios',
  'schedules',
]);

export interface Consent {
  /** Also what is marked `@destructive`. */
  readonly destructive: boolean;
  /** Also what takes files. */
  readonly files: boolean;
  /** Of whoever asks: nobody gets more rights by fuzzing. */
  readonly roles: readonly Role[];
}

/** Why an endpoint is left out; undefined when it is not. */
export function reasonToLeaveOut(endpoint: ServedEndpoint, consent: Consent): string | undefined {
  if (endpoint.module === 'fuzz') return 'fuzzing does not call itself';
  const missing = endpoint.roles.filter((role) => !consent.roles.includes(role));
  if (missing.length > 0)
    return `it needs the role '${missing.join("', '")}', which your token does not have`;
  if (endpoint.destructive && !consent.destructive)
    return 'it is marked @destructive; pass destructive: true where nothing can be lost';
  if (endpoint.takesFiles && !consent.files) return 'it takes files; pass files: true to send it small ones';
  return undefined;
}

/** The endpoints of one module, or of all that are not the platform's own; in the order given. */
export function endpointsOf(
  endpoints: readonly ServedEndpoint[],
  module: string | undefined,
): readonly ServedEndpoint[] {
  return endpoints.filter((endpoint) =>
    module === undefined ? !platformModules.has(endpoint.module) : endpoint.module === module,
  );
}
