import type { Node, SourceFile } from './checker.ts';

export interface Place {
  readonly file: string;
  /** 1-based, like the column. */
  readonly line: number;
  readonly column: number;
}

/** Of something that has no source. */
export const nowhere: Place = { file: '', line: 1, column: 1 };

export function placeOf(node: Node): Place {
  const source = node.getSourceFile();
  return placeAt(source, node.getStart(source));
}

/** `offset`: in UTF-16 code units from the start of the file. */
export function placeAt(source: SourceFile, offset: number): Place {
  const { line, character } = source.getLineAndCharacterOfPosition(offset);
  return { file: source.fileName, line: line + 1, column: character + 1 };
}
