import type { Edited } from './page.ts';
import type { DatasetRow } from './run-plan.ts';

export interface DatasetFields {
  /** @minLength 1 @maxLength 200 @pattern \S */
  name: string;
  /** @maxLength 10000 */
  description?: string;
}

export interface Dataset extends Edited, Required<DatasetFields> {
  projectId: number;
  /** Names of the columns, in the order in which they first appear. */
  columns: string[];
  rowCount: number;
}

/** A dataset's rows as they were read from a text. */
export interface ReadDataset {
  columns: string[];
  rows: DatasetRow[];
}
