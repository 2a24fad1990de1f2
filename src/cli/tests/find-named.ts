import type { Platform } from '../../service/platform.ts';

export interface Named {
  readonly id: number;
  readonly name: string;
}

export interface Search {
  /** The function that lists. */
  readonly path: string;
  /** What it is called in messages. */
  readonly what: string;
  /** Name or id. */
  readonly name: string;
  readonly filter?: Readonly<Record<string, unknown>>;
  /** What helps when there are several. */
  readonly hint?: string;
}

const pageSize = 200;
const namesShown = 10;

export async function listAll<T extends Named>(
  platform: Platform,
  path: string,
  filter: Readonly<Record<string, unknown>>,
): Promise<T[]> {
  const all: T[] = [];
  for (let page = 1; ; page++) {
    const { items, total } = await platform.call<{ items: T[]; total: number }>(path, {
      filter,
      page,
      pageSize,
    });
    all.push(...items);
    if (items.length === 0 || all.length >= total) return all;
  }
}

/**
 * The one thing with this name; a number that is nobody's name is an id.
 *
 * @throws Error that lists what there is, or those that have the name
 */
export async function findNamed<T extends Named>(
  platform: Platform,
  { path, what, name, filter = {}, hint = '' }: Search,
): Promise<T> {
  const all = await listAll<T>(platform, path, filter);
  const byName = all.filter((one) => one.name === name);
  const found = byName.length > 0 ? byName : all.filter(({ id }) => String(id) === name);
  const [first, ...others] = found;
  if (first !== undefined && others.length === 0) return first;
  if (first !== undefined) {
    const ids = found.map(({ id }) => id).join(', ');
    throw new Error(`there are ${found.length} with the ${what} name '${name}' (ids ${ids})${hint}`);
  }
  const names = all.slice(0, namesShown).map((one) => `'${one.name}'`);
  const more = all.length > namesShown ? ` and ${all.length - namesShown} more` : '';
  throw new Error(
    `there is no ${what} '${name}'; ${names.length === 0 ? 'there is none at all' : `expected ${names.join(', ')}${more}`}`,
  );
}
