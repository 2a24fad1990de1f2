import { JSONPathEnvironment, type JSONPathQuery } from 'json-p3';
import type { Json } from '../model/json.ts';
import { withinPatience } from './bounded-time.ts';
import { ValueError } from './value-error.ts';

// Bodies are parsed JSON, whose depth the parser has bounded already.
const environment = new JSONPathEnvironment({ maxRecursionDepth: 1_000_000 });

export interface JsonPath {
  /** Whether it asks for one node at most: `$.a.b[0]`. */
  singular: boolean;
  /** Values of all nodes that were found. */
  find(document: Json): Json[];
}

/**
 * Reads a JSONPath (RFC 9535).
 *
 * @throws ValueError JSON_PATH_INVALID
 */
export function compileJsonPath(path: string): JsonPath {
  let query: JSONPathQuery;
  try {
    query = environment.compile(path);
  } catch (error) {
    throw new ValueError('JSON_PATH_INVALID', `"${path}" is no JSONPath: ${(error as Error).message}`);
  }
  const find = (document: Json) => query.query(document).values() as Json[];
  // Its regular expressions may backtrack.
  const matches = /\b(?:match|search)\s*\(/.test(path);
  return {
    singular: query.singularQuery(),
    find: (document) =>
      matches ? withinPatience(`The JSONPath ${path}`, () => find(document)) : find(document),
  };
}
