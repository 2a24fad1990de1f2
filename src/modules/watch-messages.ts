/** What the thread that watches is started with. */
export interface WatchThreadData {
  /** Absolute. */
  readonly apisDir: string;
}

/** Something happened to a file that matters. */
export interface FileEvent {
  readonly kind: 'event';
  readonly file: string;
  /** What the system tells; the watcher's own word of the same save may follow. */
  readonly raw: boolean;
  /** When it was told of, of `sharedNow()`: the thread that takes it may have been busy meanwhile. */
  readonly at: number;
}

/** From the thread that watches. */
export type WatchMessage =
  /** Every event from now on is seen. */
  | { readonly kind: 'ready' }
  | FileEvent
  /** `apisDir` itself was replaced. */
  | { readonly kind: 'replaced' }
  | { readonly kind: 'failed'; readonly error: unknown };

/** To the thread that watches. */
export interface WatchRequest {
  /** Files outside `apisDir`, to be watched and no others. */
  readonly outsideFiles: readonly string[];
}
