import type { Endpoint, Snapshot } from '../registry/snapshot.ts';
import { isTool } from './is-tool.ts';

/** Whether agents see other tools than before: added, removed, or described or restricted differently. */
export function toolsChanged(next: Snapshot, before: Snapshot): boolean {
  for (const [path, endpoint] of before.endpoints) {
    if (!next.endpoints.has(path) && isTool(endpoint)) return true;
  }
  for (const [path, endpoint] of next.endpoints) {
    const earlier = before.endpoints.get(path);
    if (earlier !== endpoint && isDifferent(endpoint, earlier)) return true;
  }
  return false;
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
