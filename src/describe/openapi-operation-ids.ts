import { hash } from 'node:crypto';

const digestLength = 8;

/**
 * `billing_invoices_create` for `/billing/invoices/create`, by path. Where several paths come to the same
 * id, as `/a/b_c` and `/a_b/c` do, each gets a digest of its path at the end: which function an id means
 * must not depend on the order of files.
 */
export function operationIds(paths: Iterable<string>): ReadonlyMap<string, string> {
  const byId = new Map<string, string[]>();
  for (const path of paths) {
    const id = path.slice(1).replaceAll('/', '_');
    byId.set(id, [...(byId.get(id) ?? []), path]);
  }
  const ids = new Map<string, string>();
  for (const [id, same] of byId) {
    for (const path of same) {
      ids.set(path, same.length === 1 ? id : `${id}_${hash('sha256', path, 'hex').slice(0, digestLength)}`);
    }
  }
  return ids;
}
