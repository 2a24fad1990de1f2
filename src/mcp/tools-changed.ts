import type { Endpoint, Snapshot } from '../registry/snapshot.ts';
import { isTool } from './is-tool.ts';

/** Whether agents see other tools than before: added, removed, or described or restricted differently. */
export function toolsChanged(next: Snapshot, before: Snapshot): boolean {
  return [...next.touched].some((path) => {
    const earlier = before.endpoints.get(path);
    const endpoint = next.endpoints.get(path);
    if (endpoint === undefined) return earlier !== undefined && isTool(earlier);
    return earlier !== endpoint && isDifferent(endpoint, earlier);
  });
}

function isDifferent(endpoint: Endpoint, earlier: Endpoint | undefined): boolean {
  const shown = isTool(endpoint);
  if (earlier === undefined) return shown;
  if (shown !== isTool(earlier)) return true;
  if (!shown) return false;
  // Equal signatures are one object: a reload takes over those that have not changed.
  return (
    endpoint.signature !== earlier.signature ||
    endpoint.input !== earlier.input ||
    rolesOf(endpoint) !== rolesOf(earlier)
  );
}

function rolesOf({ options }: Endpoint): string {
  return [...(options.roles ?? [])].sort().join(' ');
}
