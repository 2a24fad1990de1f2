import { sql } from 'kysely';
import type { Database } from '../storage/open-database.ts';
import { searchExpression } from '../storage/search-tokens.ts';

export interface TextQuery {
  /** Words, of which all must be found by their beginning; Chinese, Japanese and Korean anywhere. */
  text: string;
  projectId?: number | undefined;
  moduleId?: number | undefined;
  limit: number;
  offset: number;
}

export interface TextHits {
  /** Of catalog entries, the best first. */
  ids: number[];
  /** All that were found; no more than `countedAtMost` are counted. */
  total: number;
}

/** Full-text search over the catalog: the one place that knows how a database does it. */
export interface TextSearch {
  search(db: Database, query: TextQuery): Promise<TextHits>;
}

/** With more hits than this, those in names and URLs are taken, without counting and weighing the rest. */
export const countedAtMost = 2000;

/** Weights of name, url, tags, description. */
const rank = sql`bm25(api_texts, 10.0, 5.0, 5.0, 1.0)`;

/** SQLite's FTS5, on the index that triggers keep. */
export const textSearch: TextSearch = {
  async search(db, query) {
    const expression = searchExpression(query.text);
    if (expression === undefined) return { ids: [], total: 0 };
    const counted = await matches(db, query, { expression, limit: countedAtMost + 1 });
    if (counted.length <= countedAtMost) {
      const ids = await matches(db, query, { expression, limit: query.limit, ranked: true });
      return { ids, total: counted.length };
    }
    return { ids: await firstOfMany(db, query, expression), total: countedAtMost };
  },
};

/** A page of those found in the name, then the URL, then anywhere, each by age. */
async function firstOfMany(db: Database, query: TextQuery, expression: string): Promise<number[]> {
  const wanted = query.offset + query.limit;
  const found = new Set<number>();
  for (const columns of ['name', 'url', 'name url tags description']) {
    if (found.size >= wanted) break;
    const part = `{${columns}} : (${expression})`;
    for (const id of await matches(db, { ...query, offset: 0 }, { expression: part, limit: wanted }))
      found.add(id);
  }
  return [...found].slice(query.offset, wanted);
}

interface Match {
  expression: string;
  limit: number;
  ranked?: boolean;
}

async function matches(
  db: Database,
  { projectId, moduleId, offset }: TextQuery,
  { expression, limit, ranked = false }: Match,
): Promise<number[]> {
  const scoped = projectId !== undefined || moduleId !== undefined;
  const conditions = [sql`api_texts match ${expression}`];
  if (projectId !== undefined) conditions.push(sql`modules.project_id = ${projectId}`);
  if (moduleId !== undefined) conditions.push(sql`apis.module_id = ${moduleId}`);
  // `cross join`: the index first, whatever the planner thinks of it.
  const { rows } = await sql<{ id: number }>`
    select api_texts.rowid as id from api_texts
    ${scoped ? sql`cross join apis on apis.id = api_texts.rowid cross join modules on modules.id = apis.module_id` : sql``}
    where ${sql.join(conditions, sql` and `)}
    ${ranked ? sql`order by ${rank}, api_texts.rowid` : sql``}
    limit ${limit} ${ranked ? sql`offset ${offset}` : sql``}`.execute(db);
  return rows.map(({ id }) => id);
}
