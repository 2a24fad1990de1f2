import { join } from 'node:path';
import { onDispose, onLoad } from 'api-deploy';
import { openDatabase, type Database } from './open-database.ts';

let opened: Database | undefined;

onLoad(async ({ dataDir }) => {
  opened = await openDatabase(join(dataDir, 'platform.sqlite'));
});

onDispose(async () => {
  await opened?.destroy();
  opened = undefined;
});

/** The platform's database, `<dataDir>/platform.sqlite`; open from the load of this file to its disposal. */
export function database(): Database {
  if (opened === undefined) throw new Error('the database is not open: database() was called before onLoad');
  return opened;
}
