import type { NotConverted } from '../importers/importer.ts';

export const mergeModes = ['addOnly', 'update', 'replace'] as const;
/**
 * `addOnly`: entries that are not there yet. `update`: also changes those with the same method and URL. `replace`: also
 * removes entries of the module that the document does not have.
 */
export type MergeMode = 'addOnly' | 'update' | 'replace';

/** What became of one request of a document, or of an entry that was there. */
export interface EntryOutcome {
  action: 'added' | 'updated' | 'unchanged' | 'skipped' | 'removed';
  /** Where in the document. */
  where: string;
  method: string;
  url: string;
  name: string;
  /** Id in the catalog; of a preview, only of entries that were there before. */
  id?: number;
  /** What an update changed. */
  fields?: string[];
  /** Why it was skipped. */
  reason?: string;
}

/** How many of a kind were made, changed, left as they were. */
export interface PartCounts {
  added: number;
  updated: number;
  unchanged: number;
}

/** What one document did: read = added + updated + unchanged + skipped. */
export interface ImportReport {
  file: string;
  format: string;
  /** Where it went; null where the document has no requests, or in a preview a module that is not there yet. */
  moduleId: number | null;
  module: string;
  mode: MergeMode;
  /** Requests in the document. */
  read: number;
  added: number;
  updated: number;
  unchanged: number;
  skipped: number;
  /** Entries that the document does not have any more: only with `replace`. */
  removed: number;
  /** All but unchanged ones, at most 10,000; `omittedEntries` says how many more there are. */
  entries: EntryOutcome[];
  omittedEntries: number;
  categories: PartCounts;
  environments: PartCounts;
  /** Of the module and of environments. Values that people have set are changed by `replace` alone. */
  variables: PartCounts;
  schemas: PartCounts;
  /**
   * Parts of the document that have no counterpart, or of which another alternative was taken. Those that are alike are
   * told by their first 20 places, the last of which says how many `more` there are. At most 1,000;
   * `omittedNotConverted` says how many more.
   */
  notConverted: NotConverted[];
  omittedNotConverted: number;
  /** Variables that requests use and that neither module, project nor an environment has: set them before a run. */
  unsetVariables: string[];
}

export function noCounts(): PartCounts {
  return { added: 0, updated: 0, unchanged: 0 };
}
