import { LineCounter, parseDocument as parseYaml } from 'yaml';
import type { Json } from '../model/json.ts';
import { importError } from './import-error.ts';
import type { ImportFile } from './importer.ts';

/** Aliases that a YAML document may resolve to: real ones share parameters and schemas, bombs multiply. */
const maxAliases = 100_000;
const maxDepth = 200;

/**
 * A JSON or YAML document as plain JSON values.
 *
 * @throws ImportError with line and column
 */
export function parseDocument(file: ImportFile): Json {
  const text = file.text.replace(/^\uFEFF/, '');
  if (text.trim() === '') throw importError('the document is empty', { file: file.name });
  if (looksLikeJson(text)) {
    try {
      return check(JSON.parse(text) as Json, file.name);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      // YAML flow style begins with the same characters; a file that says that it is JSON is wrong JSON.
      if (/\.json$/i.test(file.name))
        throw importError(`not valid JSON: ${error.message}`, place(file, error));
      return yaml(text, file.name, error);
    }
  }
  return yaml(text, file.name);
}

function yaml(text: string, name: string, jsonError?: SyntaxError): Json {
  const lines = new LineCounter();
  let value: unknown;
  try {
    const document = parseYaml(text, {
      lineCounter: lines,
      uniqueKeys: false,
      logLevel: 'silent',
      merge: true,
    });
    const problem = document.errors[0];
    if (problem !== undefined) {
      const start = lines.linePos(problem.pos[0]);
      const message = problem.message.split('\n', 1)[0]?.replace(/ at line \d+, column \d+:?$/, '') ?? '';
      throw importError(
        jsonError === undefined
          ? `not valid YAML: ${message}`
          : `neither JSON (${jsonError.message}) nor YAML (${message})`,
        { file: name, line: start.line, column: start.col },
      );
    }
    value = document.toJS({ maxAliasCount: maxAliases });
  } catch (error) {
    if (error instanceof ReferenceError || error instanceof RangeError || error instanceof TypeError) {
      throw importError(`not readable as YAML: ${error.message}`, { file: name });
    }
    throw error;
  }
  return check(value as Json, name);
}

/** What JSON cannot say (dates, NaN, very deep nesting) has no place in what follows. */
function check(value: Json, file: string): Json {
  const seen = new Set<object>();
  const stack: { value: unknown; depth: number }[] = [{ value, depth: 0 }];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    if (typeof next.value !== 'object' || next.value === null || seen.has(next.value)) continue;
    if (next.depth > maxDepth) {
      throw importError(`nested more than ${maxDepth} levels deep; no API description is`, { file });
    }
    seen.add(next.value);
    const holder = next.value as Record<string, unknown>;
    if (!Array.isArray(holder)) delete holder['__proto__'];
    for (const [key, child] of Object.entries(holder)) {
      if (typeof child === 'bigint') holder[key] = Number(child);
      else if (typeof child === 'number' && !Number.isFinite(child)) holder[key] = null;
      else if (child instanceof Date) holder[key] = child.toISOString();
      else stack.push({ value: child, depth: next.depth + 1 });
    }
  }
  return value;
}

export function looksLikeJson(text: string): boolean {
  return /^\s*[[{]/.test(text.slice(0, 1000));
}

/** Where V8 stopped, when its message says so. */
function place(file: ImportFile, error: SyntaxError): { file: string; line?: number; column?: number } {
  const offset = /position (\d+)/.exec(error.message)?.[1];
  if (offset === undefined) return { file: file.name };
  const before = file.text.slice(0, Number(offset));
  return {
    file: file.name,
    line: before.split('\n').length,
    column: before.length - before.lastIndexOf('\n'),
  };
}
