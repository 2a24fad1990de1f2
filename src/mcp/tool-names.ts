import { hash } from 'node:crypto';

/** What agents accept: the protocol allows 128 characters and dots, the large model providers do not. */
const longestName = 64;
const shortestDigest = 8;

/**
 * The tool name of each path: `/billing/invoices/create` → `billing_invoices_create`. Names that are too
 * long, that several paths would have, or that are `taken` get a digest of the path at their end, all of
 * them: which function a name means must not depend on what else is served, or on the order of files.
 */
export function toolNames(paths: readonly string[], taken: ReadonlySet<string>): Map<string, string> {
  const claims = new Map<string, number>();
  for (const path of paths) {
    const name = plainName(path);
    claims.set(name, (claims.get(name) ?? 0) + 1);
  }
  const names = new Map<string, string>();
  const used = new Set([...taken, ...claims.keys()]);
  for (const path of paths.toSorted(compare)) {
    const plain = plainName(path);
    const fits = plain.length <= longestName && claims.get(plain) === 1 && !taken.has(plain);
    const name = fits ? plain : withDigest(path, used);
    used.add(name);
    names.set(path, name);
  }
  return names;
}

function plainName(path: string): string {
  return path.slice(1).replaceAll('/', '_');
}

function withDigest(path: string, used: ReadonlySet<string>): string {
  const digest = hash('sha256', path, 'hex');
  for (let length = shortestDigest; ; length++) {
    const name = `${plainName(path).slice(0, longestName - length - 1)}_${digest.slice(0, length)}`;
    if (!used.has(name) || length === longestName - 1) return name;
  }
}

/** By code units, so that the order is the same everywhere. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
