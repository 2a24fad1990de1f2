import { onDispose, onLoad } from 'api-deploy';
import { runner } from '../runs/running.ts';
import { database } from '../storage/database.ts';
import { createTransport } from '../transport/create-transport.ts';
import { createScheduler, type Scheduler } from './scheduler.ts';

let opened: Scheduler | undefined;

onLoad((service) => {
  opened = createScheduler({
    db: database(),
    runner,
    log: service.log,
    createTransport: (allow) =>
      createTransport({ allowPrivate: service.config['runnerAllowPrivate'] === true, allow }),
  });
  // Not before the service serves: runs may call its functions.
  service.onReload(() => opened?.begin());
});

onDispose(async () => {
  await opened?.close();
  opened = undefined;
});

/** The scheduler of this process; there from the load of this file to its disposal. */
export function scheduler(): Scheduler {
  if (opened === undefined)
    throw new Error('the scheduler is not there: scheduler() was called before onLoad');
  return opened;
}
