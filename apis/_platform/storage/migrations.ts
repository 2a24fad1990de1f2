import type { Migration } from 'kysely';
import { tablesOfTheStart } from './migrations/tables-of-the-start.ts';
import { textIndexOfApis } from './migrations/text-index-of-apis.ts';

/** In the order in which they run. A name stays for ever once a version with it was published. */
export const migrations: Readonly<Record<string, Migration>> = {
  '0001-tables-of-the-start': tablesOfTheStart,
  '0002-text-index-of-apis': textIndexOfApis,
};
