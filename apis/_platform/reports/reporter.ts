import type { RequestResult, RunCounts, RunStatus, RunType } from '../model/result.ts';

export const languages = ['en', 'zh'] as const;
export type Language = (typeof languages)[number];

export const reporterNames = ['console', 'json', 'junit', 'html'] as const;
export type ReporterName = (typeof reporterNames)[number];

/** What is known of a run before its results. */
export interface RunHead {
  /** Id of the record, when it is stored. */
  id?: number;
  name: string;
  type: RunType;
  project?: string;
  environment?: string;
  /** ISO 8601. */
  startedAt?: string;
  /** Results that it will have, as far as known. */
  total?: number;
}

/** How a run ended, or how it stands when it has not. */
export interface RunEnd {
  status: RunStatus;
  counts: RunCounts;
  /** ISO 8601. */
  completedAt?: string;
  /** Why the run itself is `error` or `interrupted`. */
  error?: { code: string; message: string };
}

export interface ReportedRun {
  head: RunHead;
  /** Each loop over it gives all results from the first one, in the order of their completion. */
  results: AsyncIterable<RequestResult>;
  /** A live reporter asks when it has read all results, the others before they read the first. */
  end: () => RunEnd | Promise<RunEnd>;
}

/** Where a report goes. A promise is waited for before more is written. */
export interface Sink {
  write(text: string): void | Promise<void>;
  /** Whether people read it on a terminal; colours are written only then. Default: false. */
  readonly isTTY?: boolean;
}

export interface ReportOptions {
  /** Of texts for people. Default: 'en'. */
  lang?: Language;
  /** Default: as the sink's `isTTY` says, unless the variable NO_COLOR is set. */
  colours?: boolean;
}

/** Writes the report of a run in one format. It holds no more than a page of results at a time. */
export interface Reporter {
  readonly name: ReporterName;
  readonly contentType: string;
  /** Of a file with such a report, without the dot. */
  readonly extension: string;
  /**
   * Whether it reads the results once, while the run goes on. The others read a run that has ended, as often as
   * they need: what cannot be read twice goes through `createResultSpool` first.
   */
  readonly live: boolean;
  write(run: ReportedRun, sink: Sink, options?: ReportOptions): Promise<void>;
}
