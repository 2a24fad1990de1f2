import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { onLoad, type Service } from 'api-deploy';
import { database } from '../storage/database.ts';
import { mirrorEndpoints, type Served } from './mirror-endpoints.ts';

/*
 * The functions of this service are in the catalog by themselves: after the start and after each reload, in whichever
 * process hears of it first; the others find nothing to do.
 */
onLoad((service) => {
  service.onReload(async () => {
    const { baseUrl } = service;
    // What nobody can reach, such as the functions of a command line, is no service.
    if (baseUrl !== undefined) await follow(service, baseUrl);
  });
});

async function follow(service: Service, baseUrl: string): Promise<void> {
  const counts = await database()
    .transaction()
    .execute((db) => {
      // As it is now, not as it was when the news came: another process may have been faster.
      const served: Served = {
        endpoints: service.endpoints(),
        baseUrl,
        isGone: (module) => isGone(service, module),
      };
      return mirrorEndpoints(db, served);
    });
  const done = Object.entries(counts).filter(([, count]) => count > 0);
  if (done.length > 0)
    service.note(`catalog of own functions: ${done.map(([what, count]) => `${count} ${what}`).join(', ')}`);
}

function isGone({ config }: Service, module: string): boolean {
  return ['.ts', '.mts'].every((ending) => !existsSync(join(String(config['apisDir']), module + ending)));
}
