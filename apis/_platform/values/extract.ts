import type { Extraction } from '../model/checks.ts';
import type { Json } from '../model/json.ts';
import type { VariableScope } from '../model/result.ts';
import type { Answer } from './answer.ts';
import { compileValue, type CompiledValue, renderCompiled } from './compiled-value.ts';
import { compileJsonPath, type JsonPath } from './json-path.ts';
import { compilePattern, type Pattern } from './pattern.ts';
import type { Resolver } from './resolver.ts';
import { ValueError } from './value-error.ts';

export interface CompiledExtraction {
  name: string;
  scope: VariableScope;
  /** What a message calls its source. */
  source: string;
  find: (answer: Answer, cookie: CookieLookup) => Json | undefined | { problem: string };
  other: CompiledValue | undefined;
}

/** A cookie that is kept for the answer's address, when the answer itself did not set it. */
export type CookieLookup = (name: string) => string | undefined;

/** What an extraction gave: a value, or why there is none. */
export type Extracted = { value: Json } | { message: string };

/** @throws ValueError for a JSONPath or pattern that cannot be read */
export function compileExtraction(extraction: Extraction, scope: VariableScope): CompiledExtraction {
  const { name, from, path } = extraction;
  return {
    name,
    scope: extraction.scope ?? scope,
    source: path === undefined ? from : `${from} ${path}`,
    find: compileFind(extraction),
    other:
      extraction.default === undefined
        ? undefined
        : compileValue(extraction.default, `default of extraction "${name}"`),
  };
}

export function extract(
  extraction: CompiledExtraction,
  answer: Answer,
  { cookie, resolver }: { cookie: CookieLookup; resolver: Resolver },
): Extracted {
  let message: string;
  try {
    const found = extraction.find(answer, cookie);
    if (isProblem(found)) message = found.problem;
    else if (found === undefined) message = 'nothing was found';
    else return { value: found };
    if (extraction.other) return { value: renderCompiled(extraction.other, resolver) };
  } catch (error) {
    message = error instanceof ValueError ? error.message : `it could not be done: ${String(error)}`;
  }
  return { message: `${extraction.source}: ${message}` };
}

const problemMark = Symbol('problem');

function problem(text: string): { problem: string } {
  return Object.assign({ problem: text }, { [problemMark]: true });
}

function isProblem(found: Json | undefined | { problem: string }): found is { problem: string } {
  return typeof found === 'object' && found !== null && problemMark in found;
}

function compileFind({ name, from, path }: Extraction): CompiledExtraction['find'] {
  switch (from) {
    case 'status':
      return (answer) => answer.status;
    case 'body':
      return (answer) => answer.text;
    case 'header': {
      const header = need(path, name, 'the name of a header');
      return (answer) => answer.header(header);
    }
    case 'cookie': {
      const cookie = need(path, name, 'the name of a cookie');
      return (answer, lookup) => cookieOf(answer, cookie) ?? lookup(cookie);
    }
    case 'regex':
      return findMatch(compilePattern(need(path, name, 'a regular expression')));
    case 'jsonPath':
      return findNodes(compileJsonPath(need(path, name, 'a JSONPath')));
    default: {
      const check: never = from;
      return check;
    }
  }
}

function findMatch(pattern: Pattern): CompiledExtraction['find'] {
  return (answer) => {
    const match = pattern.exec(answer.text);
    return match ? (match[1] ?? match[0]) : undefined;
  };
}

function findNodes(query: JsonPath): CompiledExtraction['find'] {
  return (answer) => {
    const { json } = answer;
    if ('problem' in json) return problem(json.problem);
    const nodes = query.find(json.value);
    if (query.singular) return nodes[0];
    return nodes.length === 0 ? undefined : nodes;
  };
}

/** The last one set by that name, as a browser keeps it. */
function cookieOf(answer: Answer, name: string): string | undefined {
  let value: string | undefined;
  for (const line of answer.headerValues('set-cookie')) {
    const [pair = ''] = line.split(';', 1);
    const at = pair.indexOf('=');
    if (at > 0 && pair.slice(0, at).trim() === name) value = pair.slice(at + 1).trim();
  }
  return value;
}

function need(path: string | undefined, name: string, what: string): string {
  if (path === undefined || path === '') {
    throw new ValueError('VALUE_INVALID', `The extraction "${name}" needs ${what} as its path.`);
  }
  return path;
}
