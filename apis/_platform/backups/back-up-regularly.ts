import { join } from 'node:path';
import { onDispose, onLoad, type Service } from 'api-deploy';
import { listBackups, removeOldBackups } from './backup-list.ts';
import { backupRetention } from './backup-place.ts';
import { createBackup } from './create-backup.ts';
import { whileNobodyElse } from './making-lock.ts';

/** Milliseconds between two looks at how old the newest backup is, and until the first one. */
const lookEvery = 60_000;
const lookFirst = 5_000;

let timers: NodeJS.Timeout[] = [];
let looking: Promise<void> | undefined;

/*
 * A backup each `backupInterval`, by whichever process looks first. The age of the newest one counts, so that restarts
 * make none more and none less.
 */
onLoad((service) => {
  service.onReload(() => {
    if (service.baseUrl === undefined || timers.length > 0) return;
    const look = (): void => {
      looking ??= backUpWhenDue(service)
        .catch((err: unknown) => service.log.error('the regular backup failed', { err }))
        .finally(() => (looking = undefined));
    };
    timers = [setTimeout(look, lookFirst), setInterval(look, lookEvery)];
  });
});

onDispose(async () => {
  for (const timer of timers) clearTimeout(timer);
  await looking;
});

async function backUpWhenDue(service: Service): Promise<void> {
  const { dataDir, config } = service;
  const interval = Number(config['backupInterval']);
  if (interval === 0) return;
  const dir = join(dataDir, 'backups');
  const isDue = async (): Promise<boolean> => {
    const [newest] = await listBackups(dir);
    return newest === undefined || Date.now() - Date.parse(newest.createdAt) >= interval * 1000;
  };
  if (!(await isDue())) return;
  await whileNobodyElse(dir, async () => {
    // Another process may have been faster.
    if (!(await isDue())) return;
    const backup = await createBackup({ dataDir, dir, withKey: false });
    const removed = await removeOldBackups(dir, backupRetention(service), new Date());
    service.log.info('the database was backed up', { ...backup, removed });
  });
}
