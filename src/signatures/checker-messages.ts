import type { DeriveRequest, DeriveResult, SignatureCheckerOptions } from './signature-checker.ts';

/** What the thread is started with: the options, and all texts that differ from the disk. */
export interface CheckerThreadData {
  readonly options: SignatureCheckerOptions;
  readonly texts: ReadonlyMap<string, string>;
  readonly removed: readonly string[];
}

export interface CheckerQuestion {
  readonly id: number;
  readonly request: Omit<DeriveRequest, 'served'> & {
    /** Undefined: the same as in the request before. */
    readonly served: readonly string[] | undefined;
  };
}

/** In place of a question: nobody asks any more. The thread ends its process, and then itself. */
export const endCalmly = 'end';

/**
 * What the thread sends: answers, and the id of the checker's process, because a thread that waits for
 * that process can only be ended by ending the process.
 */
export type CheckerMessage =
  | { readonly kind: 'process'; readonly pid: number | undefined }
  | { readonly kind: 'derived'; readonly id: number; readonly result: DeriveResult }
  | { readonly kind: 'failed'; readonly id: number; readonly message: string };
