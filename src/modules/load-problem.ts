import { codeFrame } from './code-frame.ts';

export interface LoadProblemPlace {
  /** Absolute path. */
  readonly file: string;
  readonly line?: number | undefined;
  /** 1-based. */
  readonly column?: number | undefined;
  readonly frame?: string | undefined;
  /** The import that could not be found, when that is the cause. */
  readonly missingImport?: string | undefined;
}

/** Why a file cannot be loaded, with the place that its author has to look at. */
export class LoadProblem extends Error {
  readonly place: LoadProblemPlace;

  constructor(cause: string, place: LoadProblemPlace, original?: unknown) {
    super(cause, original === undefined ? undefined : { cause: original });
    this.name = 'LoadProblem';
    this.place = place;
  }
}

/** The place of the first occurrence of `text` (an import's specifier, a name) in a source file. */
export function placeOf(text: string, source: string, file: string): LoadProblemPlace {
  const offset = source.search(new RegExp(`(['"\`])${escapeRegExp(text)}\\1`));
  if (offset === -1) return { file };
  const before = source.slice(0, offset).split('\n');
  const line = before.length;
  const column = (before.at(-1)?.length ?? 0) + 1;
  return { file, line, column, frame: codeFrame(source, line, column) };
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
