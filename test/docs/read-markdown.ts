import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../support/start-server.ts';

/** One fenced block. */
export interface CodeBlock {
  /** `sh`, `ts`, `json`, `text`. */
  readonly language: string;
  readonly code: string;
}

export interface Heading {
  readonly level: number;
  readonly text: string;
}

export interface Table {
  readonly head: readonly string[];
  /** Cells as written, with `\|` read as `|`. */
  readonly rows: readonly (readonly string[])[];
}

/** A document of the repository, by its path from the root. */
export function readDocument(path: string): string {
  return readFileSync(join(projectRoot, path), 'utf8');
}

export function codeBlocks(text: string): CodeBlock[] {
  return [...text.matchAll(/^```(\w*)\n([^]*?)^```$/gm)].map(([, language = '', code = '']) => ({
    language,
    code,
  }));
}

/** The text without its fenced blocks. */
export function proseOf(text: string): string {
  return text.replace(/^```\w*\n[^]*?^```$/gm, '');
}

export function headings(text: string): Heading[] {
  return [...proseOf(text).matchAll(/^(#+) (.+)$/gm)].map(([, marks = '', title = '']) => ({
    level: marks.length,
    text: title,
  }));
}

export function tables(text: string): Table[] {
  return [...proseOf(text).matchAll(/^\|.*\|\n\|(?: --- \|)+\n(?:\|.*\|\n)*/gm)].map(([table]) => {
    const [head = [], , ...rows] = table.trimEnd().split('\n').map(cellsOf);
    return { head, rows };
  });
}

/** The part between the markers of a generated table. */
export function generatedTable(text: string, name: string): string {
  const found = new RegExp(`<!-- ${name}:begin -->\n\n([^]*?)\n\n<!-- ${name}:end -->`).exec(text);
  if (found?.[1] === undefined) throw new Error(`there is no generated table '${name}'`);
  return found[1];
}

function cellsOf(row: string): string[] {
  return row
    .slice(2, -2)
    .split(' | ')
    .map((cell) => cell.replaceAll('\\|', '|'));
}
