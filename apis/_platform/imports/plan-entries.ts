import { isDeepStrictEqual } from 'node:util';
import type { EntryColumns, PreparedEntry } from '../importers/prepared-collection.ts';
import type { MergeMode } from './import-report.ts';

/** A catalog entry as it is now. */
export interface PresentEntry extends EntryColumns {
  id: number;
  categoryId: number | null;
}

export type PlannedEntry =
  | { action: 'added'; entry: PreparedEntry }
  | {
      action: 'updated';
      entry: PreparedEntry;
      present: PresentEntry;
      changes: Partial<EntryColumns>;
      fields: string[];
    }
  | { action: 'unchanged'; entry: PreparedEntry; present: PresentEntry }
  | { action: 'skipped'; entry: PreparedEntry; present: PresentEntry; reason: string };

export interface EntryPlan {
  entries: PlannedEntry[];
  /** Present ones that the document does not have. */
  others: PresentEntry[];
}

export interface PlanOptions {
  mode: MergeMode;
  /** Fields that an update leaves as they are. */
  keep: ReadonlySet<string>;
  /** Id of the category that an entry will have; undefined when it has yet to be made. */
  categoryId: (entry: PreparedEntry) => number | null | undefined;
}

/** What is to be done with each entry of a document, and what with those that are there. */
export function planEntries(
  prepared: readonly PreparedEntry[],
  present: readonly PresentEntry[],
  options: PlanOptions,
): EntryPlan {
  const matches = match(prepared, present);
  const taken = new Set(matches.values());
  return {
    entries: prepared.map((entry) => planEntry(entry, matches.get(entry), options)),
    others: present.filter((one) => !taken.has(one)),
  };
}

function planEntry(
  entry: PreparedEntry,
  present: PresentEntry | undefined,
  options: PlanOptions,
): PlannedEntry {
  if (present === undefined) return { action: 'added', entry };
  const changes = changesOf(entry, present, options);
  const fields = Object.keys(changes).map((column) => column.replace(/Json$/, ''));
  const kept = options.keep.has('category');
  if (!kept && options.categoryId(entry) !== present.categoryId) fields.push('category');
  if (fields.length === 0) return { action: 'unchanged', entry, present };
  if (options.mode === 'addOnly') {
    const reason = `there is an entry with this method and URL already, with other ${fields.join(', ')}`;
    return { action: 'skipped', entry, present, reason };
  }
  return { action: 'updated', entry, present, changes, fields };
}

/** By method and URL; of several, the one with the same name, then the next one in order. */
function match(
  prepared: readonly PreparedEntry[],
  present: readonly PresentEntry[],
): Map<PreparedEntry, PresentEntry> {
  const free = new Map<string, PresentEntry[]>();
  for (const one of present) {
    const same = free.get(keyOf(one));
    if (same === undefined) free.set(keyOf(one), [one]);
    else same.push(one);
  }
  const matches = new Map<PreparedEntry, PresentEntry>();
  const take = (entry: PreparedEntry, found: (one: PresentEntry) => boolean): void => {
    const candidates = free.get(keyOf(entry.columns)) ?? [];
    const index = candidates.findIndex(found);
    const [taken] = index < 0 ? [] : candidates.splice(index, 1);
    if (taken !== undefined) matches.set(entry, taken);
  };
  for (const entry of prepared) take(entry, ({ name }) => name === entry.columns.name);
  for (const entry of prepared) if (!matches.has(entry)) take(entry, () => true);
  return matches;
}

function keyOf({ method, url }: { method: string; url: string }): string {
  return `${method} ${sameUrl(url)}`;
}

/** One form for all that mean the same: a path alone is relative to `baseUrl`, and `:id` in it is `{id}`. */
function sameUrl(url: string): string {
  const relative = url.replace(/^\{\{\s*baseUrl\s*\}\}(?=\/)/, '');
  return relative.replaceAll(/\/:([A-Za-z_][\w-]*)(?=[/?#]|$)/g, '/{$1}');
}

const outliving = new Set(['assertionsJson', 'extractionsJson', 'tagsJson', 'schemasJson']);

function changesOf(
  { columns }: PreparedEntry,
  present: PresentEntry,
  { keep }: PlanOptions,
): Partial<EntryColumns> {
  const changes = Object.entries(columns).filter(([column, value]) => {
    if (keep.has(column.replace(/Json$/, ''))) return false;
    // What people wrote, or another document said, outlives one that says nothing of it.
    if (outliving.has(column) && (value === '[]' || value === null)) return false;
    if (column === 'url' && sameUrl(present.url) === sameUrl(columns.url)) return false;
    const now = present[column as keyof EntryColumns];
    return now !== value && !sameJson(column, now, value);
  });
  return Object.fromEntries(changes);
}

/** The order of keys says nothing. */
function sameJson(column: string, a: string | null, b: string | null): boolean {
  if (!column.endsWith('Json') || a === null || b === null || a.length !== b.length) return false;
  return isDeepStrictEqual(JSON.parse(a), JSON.parse(b));
}
