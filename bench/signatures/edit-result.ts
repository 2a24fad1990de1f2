import type { BackgroundCounts } from '../reload/save-result.ts';
import type { Edit } from './edit-kinds.ts';

export interface EditInput {
  readonly port: number;
  readonly path: string;
  readonly token: string;
  /** The file that is saved, absolute. */
  readonly file: string;
  readonly edit: Edit;
  /** Number of the last version that the file had before. */
  readonly after: number;
  /** How long saves go on. */
  readonly seconds: number;
}

export interface EditResult {
  /** From the end of each write to the first answer that shows it. Milliseconds. */
  readonly latencies: readonly number[];
  /** Number of the last version saved. */
  readonly last: number;
  readonly background: BackgroundCounts;
}
