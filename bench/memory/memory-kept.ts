export interface MemoryPoint {
  /** Resident memory of the process. Bytes. */
  readonly rss: number;
  /** JavaScript heap in use. Bytes. */
  readonly heapUsed: number;
  /** Resident memory of the processes that it started. Bytes. */
  readonly helpers?: number;
}

/** Both after garbage collection. */
export interface MemoryKept {
  readonly before: MemoryPoint;
  readonly after: MemoryPoint;
}
