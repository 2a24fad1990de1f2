export interface LoadInput {
  readonly port: number;
  readonly path: string;
  readonly payload: object;
  readonly connections: number;
  readonly warmupSeconds: number;
  readonly seconds: number;
  /** Requests per second, sent at even times and measured from when they were due. Default: as many as are answered. */
  readonly rate?: number | undefined;
  /** Whose CPU time is read. */
  readonly serverPid: number;
}

export interface LoadResult {
  readonly requests: number;
  readonly perSecond: number;
  /** Milliseconds, as seen by the client. */
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
  /** CPU time of the server and the processes that it started per request, all threads; undefined where there is no /proc. Microseconds. */
  readonly serverMicroseconds: number | undefined;
  /** Share of the time that the load generator itself was busy, 0–1; near 1, it was the generator that was measured. */
  readonly generatorBusy: number;
}
