/** Where requests come in. While it is held, new ones wait, and take their snapshot when it is opened again. */
export interface Door {
  /** Resolves when the door is opened; undefined while it is open. */
  readonly held: Promise<void> | undefined;
}
