/** A file that is held at an earlier version, whatever the disk has, until its content on disk changes. */
export interface Pin {
  /** Of the version that is served instead; undefined: the file is served as if it were not there. */
  readonly hash: string | undefined;
  /** What the disk had when the file was pinned; see `diskStateOf`. As long as it has that, the pin holds. */
  readonly disk: string;
  /** The generation that the version is of. */
  readonly generation: number;
  /** ISO 8601 time of the rollback. */
  readonly since: string;
}

/** By absolute path. */
export type Pins = ReadonlyMap<string, Pin>;
