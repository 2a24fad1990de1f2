import type { ServedEndpoint } from 'api-deploy';
import type { CatalogEntryFields } from '../model/catalog-entry.ts';
import type { Assertion } from '../model/checks.ts';
import type { Json } from '../model/json.ts';
import { escapeTemplate } from '../values/template.ts';
import type { FuzzFailure } from './fuzz-report.ts';

/** The tag of entries that fuzzing made. */
export const fuzzTag = 'fuzz';

/** A failure as a catalog entry: sent again, it fails until the function is mended. */
export function failureEntry(
  { path, output }: Pick<ServedEndpoint, 'path' | 'output'>,
  failure: FuzzFailure,
  seed: number,
): CatalogEntryFields {
  return {
    name: nameOf(path, failure),
    description: describe(failure, seed),
    method: 'POST',
    url: `{{baseUrl}}${path}`,
    body: { type: 'json', value: { body: withPlainBraces(failure.body) } },
    tags: [fuzzTag, failure.kind],
    assertions: assertionsFor(failure, output as Json | undefined),
  };
}

const longestName = 200;

function nameOf(path: string, { kind, problem }: FuzzFailure): string {
  const given = problem === undefined ? 'valid' : 'invalid';
  const what = {
    serverError: `is an error of the server with ${given} arguments`,
    wrongResult: 'gives a result that its signature excludes',
    acceptedInvalid: 'accepts invalid arguments',
  }[kind];
  const text = `fuzz: ${what}`;
  return `${path.slice(0, longestName - text.length - 1)} ${text}`;
}

function describe({ message, mutation }: FuzzFailure, seed: number): string {
  const how = mutation === undefined ? '' : ` The arguments were valid but for one change: ${mutation}.`;
  return `Found by fuzzing with the seed ${seed}: ${message}.${how}`;
}

function assertionsFor({ kind, problem }: FuzzFailure, output: Json | undefined): Assertion[] {
  const noServerError: Assertion = { on: 'status', operator: 'less', expected: 500 };
  if (problem !== undefined)
    return [{ on: 'status', operator: 'greaterOrEqual', expected: 400 }, noServerError];
  if (kind !== 'wrongResult' || output === undefined) return [noServerError];
  return [
    { on: 'status', operator: 'equals', expected: 200 },
    { on: 'jsonPath', path: '$.data', operator: 'schema', expected: withPlainBraces(output) },
  ];
}

/** Text with `{{` in it would be looked up as a variable. */
function withPlainBraces<T extends Json>(value: T): T {
  return escaped(value) as T;
}

function escaped(value: Json): Json {
  if (typeof value === 'string') return escapeTemplate(value);
  if (Array.isArray(value)) return value.map(escaped);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, escaped(one)]));
}
