/** One page of a list. */
export interface Page<Item> {
  items: Item[];
  /** Items on all pages. */
  total: number;
  /** From 1. */
  page: number;
  pageSize: number;
}

/** What an edit of a listed thing always knows. */
export interface Edited {
  id: number;
  /** Counts the updates, from 1; `update` wants it back. */
  version: number;
  /** Its place among its siblings, from 0. */
  position: number;
  /** ISO 8601. */
  createdAt: string;
  /** ISO 8601. */
  updatedAt: string;
}
