import type { CatalogItem } from '../model/catalog-entry.ts';
import type { Page } from '../model/page.ts';
import { database } from '../storage/database.ts';
import type { Paging } from '../storage/list-rows.ts';
import { highlight, type Highlight } from './highlight.ts';
import { itemColumns, toItems } from './list-catalog.ts';
import { textSearch } from './text-search.ts';

export interface SearchScope {
  /** @integer */
  projectId?: number;
  /** @integer */
  moduleId?: number;
}

export interface CatalogHit extends CatalogItem {
  /** Where the words are. Fields without any are left out. */
  highlights: { name?: Highlight; url?: Highlight; tags?: Highlight; description?: Highlight };
}

/** Catalog entries in which all words are, the best first. */
export async function searchCatalog(
  text: string,
  scope: SearchScope,
  { page, pageSize }: Paging,
): Promise<Page<CatalogHit>> {
  const db = database();
  const paging = { limit: pageSize, offset: (page - 1) * pageSize };
  const { ids, total } = await textSearch.search(db, { text, ...scope, ...paging });
  if (ids.length === 0) return { items: [], total, page, pageSize };
  const rows = await db
    .selectFrom('apis')
    .innerJoin('modules', 'modules.id', 'apis.moduleId')
    .select(itemColumns)
    .where('apis.id', 'in', ids)
    .execute();
  const byId = new Map((await toItems(db, rows)).map((item) => [item.id, item]));
  const items = ids.flatMap((id) => byId.get(id) ?? []);
  return { items: items.map((item) => withHighlights(item, text)), total, page, pageSize };
}

function withHighlights(item: CatalogItem, text: string): CatalogHit {
  const texts = {
    name: item.name,
    url: item.url,
    tags: item.tags.join(', '),
    description: item.description,
  };
  const found = Object.entries(texts).flatMap(([field, value]) => {
    const marked = highlight(value, text);
    return marked === undefined ? [] : [[field, marked] as const];
  });
  return { ...item, highlights: Object.fromEntries(found) };
}
