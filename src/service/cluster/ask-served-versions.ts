import { ApiError } from '../../contract/api-error.ts';
import type { Generation } from '../../generations/generation.ts';
import type { ServedVersions } from '../../modules/served-versions.ts';
import type { SupervisorParts } from './supervisor-parts.ts';

/**
 * Which versions serve. One process tells, since only those that load files know what imports what.
 *
 * @throws ApiError ROLLBACK_FAILED when no process serves
 */
export async function askServedVersions({ pool, sources }: SupervisorParts): Promise<ServedVersions> {
  await sources.accepted();
  for (const { peer } of pool.serving) {
    const now = await peer.ask<Generation | undefined>('capture').catch(() => undefined);
    if (now === undefined) continue;
    return {
      served: [...now.modules.values()].sort(),
      hashOf: (file) => now.files.get(file)?.hash,
      sourceOf: (file) => sources.sourceOf(file),
      importsOf: (file) => now.files.get(file)?.imports ?? [],
    };
  }
  throw new ApiError('ROLLBACK_FAILED', 'nothing has changed: no worker serves at this moment; try again');
}
