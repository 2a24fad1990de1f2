import { join } from 'node:path';
import { onLoad, type Service } from 'api-deploy';
import type { Retention } from './backup-list.ts';

let running: Service | undefined;

onLoad((service) => {
  running = service;
});

/** Where this service keeps its data and its backups. */
export function backupPlace(): { dataDir: string; dir: string } {
  if (running === undefined) throw new Error('backups were used before onLoad');
  const { dataDir } = running;
  return { dataDir, dir: join(dataDir, 'backups') };
}

/** As the configuration says now. */
export function backupRetention({ config }: Pick<Service, 'config'>): Retention {
  return { seconds: Number(config['backupRetention']), most: Number(config['backupCount']) };
}

export function ownRetention(): Retention {
  if (running === undefined) throw new Error('backups were used before onLoad');
  return backupRetention(running);
}
