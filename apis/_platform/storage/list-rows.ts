import { sql, type RawBuilder, type SelectQueryBuilder, type SqlBool } from 'kysely';
import type { Page } from '../model/page.ts';

export interface Paging {
  /** From 1. */
  page: number;
  pageSize: number;
}

/** One page of what `query` selects, which must be sorted. */
export async function listRows<DB, TB extends keyof DB, Row>(
  query: SelectQueryBuilder<DB, TB, Row>,
  { page, pageSize }: Paging,
): Promise<Page<Row>> {
  const counted = query.clearSelect().clearOrderBy() as unknown as SelectQueryBuilder<DB, TB, object>;
  const { total } = (await counted.select(sql<number>`count(*)`.as('total')).executeTakeFirstOrThrow()) as {
    total: number;
  };
  const items = await query
    .limit(pageSize)
    .offset((page - 1) * pageSize)
    .execute();
  return { items, total, page, pageSize };
}

/** Whether one of the columns has `text` in it, wherever; letters of ASCII in either case. */
export function hasText(columns: readonly string[], text: string): RawBuilder<SqlBool> {
  const pattern = `%${text.replace(/[!%_]/g, '!$&')}%`;
  const tests = columns.map((column) => sql<SqlBool>`${sql.ref(column)} like ${pattern} escape '!'`);
  return sql<SqlBool>`(${sql.join(tests, sql` or `)})`;
}

/** `-name` is `name` from the end to the beginning. */
export function directionOf<Sort extends string>(
  sort: Sort,
): { column: ColumnOf<Sort>; direction: 'asc' | 'desc' } {
  return sort.startsWith('-')
    ? { column: sort.slice(1) as ColumnOf<Sort>, direction: 'desc' }
    : { column: sort as ColumnOf<Sort>, direction: 'asc' };
}

type ColumnOf<Sort extends string> = Sort extends `-${infer Column}` ? Column : Sort;
