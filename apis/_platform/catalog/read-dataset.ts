import { ApiError } from 'api-deploy';
import type { ReadDataset } from '../model/dataset.ts';
import type { Json } from '../model/json.ts';
import type { DatasetRow } from '../model/run-plan.ts';
import { invalidCsv, parseCsv } from './parse-csv.ts';

export interface ReadOptions {
  format: 'csv' | 'json';
  /**
   * Whether `12`, `true` and `null` in CSV become a number, a boolean and null; `007` and what a number cannot hold
   * exactly stay text. Default: false, all values are text.
   */
  inferTypes?: boolean;
}

/** Columns that a dataset has at most. */
const mostColumns = 1000;

/**
 * Rows from a text: CSV with a first line of names, or JSON, a list of objects, also one object in each line.
 *
 * @throws ApiError DATASET_INVALID with the line or the row
 */
export function readDataset(text: string, { format, inferTypes = false }: ReadOptions): ReadDataset {
  const plain = text.replace(/^\uFEFF/, '');
  return format === 'csv' ? fromCsv(plain, inferTypes) : fromRows(parseRows(plain));
}

/** UTF-8, UTF-16 with its mark, or else GB 18030, in which spreadsheets in China are often saved. */
export function decodeText(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('gb18030').decode(bytes);
  }
}

/** @throws ApiError DATASET_INVALID */
export function fromRows(rows: readonly DatasetRow[]): ReadDataset {
  const columns = new Set<string>();
  for (const row of rows) for (const name of Object.keys(row)) columns.add(name);
  checkColumns([...columns], (problem) => invalid(problem));
  return { columns: [...columns], rows: [...rows] };
}

function fromCsv(text: string, inferTypes: boolean): ReadDataset {
  const [head, ...records] = parseCsv(text);
  if (head === undefined)
    throw invalid('expected a first line with the names of the columns, got an empty text');
  const columns = head.fields.map((name) => name.trim());
  checkColumns(columns, (problem) => invalidCsv(head.line, problem));
  const rows = records.map(({ line, fields }) => {
    if (fields.length > columns.length) {
      throw invalidCsv(
        line,
        `expected ${columns.length} values at most, as in the first line, got ${fields.length}`,
      );
    }
    const values = columns.map((name, index): [string, Json] => {
      const field = fields[index] ?? '';
      return [name, inferTypes ? inferred(field) : field];
    });
    return Object.fromEntries(values);
  });
  return { columns, rows };
}

function checkColumns(columns: readonly string[], refuse: (problem: string) => ApiError): void {
  if (columns.length > mostColumns)
    throw refuse(`expected ${mostColumns} columns at most, got ${columns.length}`);
  const seen = new Set<string>();
  for (const [index, name] of columns.entries()) {
    if (name.trim() === '') throw refuse(`column ${index + 1} has no name`);
    if (seen.has(name)) throw refuse(`the column '${name}' is there twice`);
    seen.add(name);
  }
}

function inferred(text: string): Json {
  if (text === 'true') return true;
  if (text === 'false') return false;
  if (text === 'null') return null;
  return /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/.test(text) && String(Number(text)) === text ? Number(text) : text;
}

function parseRows(text: string): DatasetRow[] {
  const given = parsedJson(text) ?? parsedLines(text);
  if (!Array.isArray(given)) throw invalid('expected a JSON list of objects, or one object in each line');
  return given.map((row, index) => {
    if (typeof row !== 'object' || row === null || Array.isArray(row)) {
      throw invalid(`row ${index + 1}: expected an object, got '${JSON.stringify(row).slice(0, 100)}'`);
    }
    return row;
  });
}

function parsedJson(text: string): Json | undefined {
  try {
    const value = JSON.parse(text) as Json;
    return Array.isArray(value) || !isObject(value) ? value : [value];
  } catch {
    return undefined;
  }
}

function isObject(value: Json): boolean {
  return typeof value === 'object' && value !== null;
}

function parsedLines(text: string): Json[] {
  const lines = text.split(/\r\n|\n|\r/);
  return lines.flatMap((line, index) => {
    if (line.trim() === '') return [];
    try {
      return [JSON.parse(line) as Json];
    } catch (error) {
      throw invalid(`JSON line ${index + 1}: ${(error as Error).message}`);
    }
  });
}

function invalid(problem: string): ApiError {
  return new ApiError('DATASET_INVALID', problem, { status: 422 });
}
