/** What the thread that watches is started with. */
export interface WatchThreadData {
  /** Absolute. */
  readonly apisDir: string;
}

/** From the thread that watches. */
export type WatchMessage =
  /** Every event from now on is seen. */
  | { readonly kind: 'ready' }
  /** Something happened to a file that matters; `raw` when more may follow about the same save. */
  | { readonly kind: 'event'; readonly file: string; readonly raw: boolean }
  /** `apisDir` itself was replaced. */
  | { readonly kind: 'replaced' }
  | { readonly kind: 'failed'; readonly error: unknown };

/** To the thread that watches. */
export interface WatchRequest {
  /** Files outside `apisDir`, to be watched and no others. */
  readonly outsideFiles: readonly string[];
}
