/** What can outlive the module that made it. */
export const belongingKinds = [
  'listener',
  'subscription',
  'server',
  'socket',
  'process',
  'worker',
  'watcher',
  'port',
] as const;
export type BelongingKind = (typeof belongingKinds)[number];

/** Something that a module made and that does not go with the module by itself. */
export interface Belonging {
  readonly kind: BelongingKind;
  /** For people, without its number: `listener of process for 'SIGUSR2'`, `server on 127.0.0.1:9000`. */
  describe(): string;
  /** Whether it is still there. */
  isLeft(): boolean;
  /** Takes it away, where that harms nobody. */
  remove?(): void;
}

/** A belonging and the line that made it. */
export interface Owned {
  readonly belonging: Belonging;
  /** Of the compiled code; 1-based. */
  readonly line: number;
  readonly column: number;
  /** The module made it itself; otherwise a package that it called did. */
  readonly direct: boolean;
}
