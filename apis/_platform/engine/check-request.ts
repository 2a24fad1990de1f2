import type { Assertion, Extraction } from '../model/checks.ts';
import type { Json } from '../model/json.ts';
import type { RequestSpec } from '../model/request.ts';
import { compileExtraction } from '../values/extract.ts';
import { SchemaCompiler } from '../values/json-schema.ts';
import { jsonTypes } from '../values/operators.ts';
import { compilePattern } from '../values/pattern.ts';
import { findReferences, type References } from '../values/references.ts';
import { compileSubject } from '../values/subject.ts';
import { ValueError } from '../values/value-error.ts';
import { compileUrl, isEnabled } from './compile-url.ts';
import type { ScenarioLookups } from './scenario-problem.ts';

interface Problem {
  code: string;
  message: string;
}

/** What a request asks for, and what in it cannot be read. */
export function requestProblems(spec: RequestSpec): References {
  const { method, url, pathParams, params, headers, body, auth, settings = {} } = spec;
  const sent = {
    method,
    url,
    'path parameters': values(pathParams),
    'query parameters': values(params),
    headers: values(headers),
    body: sentBody(body),
    auth,
    settings,
  };
  const found: References = { asked: [], problems: [] };
  for (const [where, value] of Object.entries(sent)) findReferences(value as Json, where, found);
  if (!/^(?:[a-z][a-z\d+.-]*:\/\/|\{\{)/i.test(url)) {
    found.asked.push({ names: ['baseUrl'], text: 'baseUrl', where: 'url, which is relative' });
  }
  // A text that cannot be read has its problem already.
  if (found.problems.length === 0) found.problems.push(...attempt(() => missingParams(spec)));
  return found;
}

function missingParams(spec: RequestSpec): void {
  const [name] = compileUrl(spec).missing;
  if (name === undefined) return;
  throw new ValueError('UNKNOWN_VARIABLE', `The path parameter {${name}} in url has no value.`);
}

/** What the assertions and extractions of a step ask for, and what in them cannot be used. */
export function checkProblems(
  { assertions = [], extractions = [] }: { assertions?: Assertion[]; extractions?: Extraction[] },
  { endpoint }: Pick<ScenarioLookups, 'endpoint'>,
): { asked: References['asked']; problems: Problem[] } {
  const found: References = { asked: [], problems: [] };
  const problems: Problem[] = [];
  for (const assertion of assertions.filter(isEnabled)) {
    const where = `assertion ${assertion.name ?? assertion.on}`;
    if (assertion.on === 'call') {
      findReferences(assertion.arguments ?? {}, where, found);
      if (endpoint && !endpoint(assertion.call)) {
        problems.push({
          code: 'UNKNOWN_REFERENCE',
          message: `There is no function ${assertion.call} (in ${where}).`,
        });
      }
      continue;
    }
    if (assertion.expected !== undefined) findReferences(assertion.expected, where, found);
    problems.push(...attempt(() => tryAssertion(assertion)));
  }
  for (const extraction of extractions.filter(isEnabled)) {
    if (extraction.default !== undefined) {
      findReferences(extraction.default, `extraction ${extraction.name}`, found);
    }
    problems.push(...attempt(() => void compileExtraction({ ...extraction, default: null }, 'scenario')));
  }
  return { asked: found.asked, problems: [...problems, ...found.problems] };
}

/** Reads what can be read before there is an answer. @throws ValueError */
function tryAssertion(assertion: Exclude<Assertion, { on: 'call' }>): void {
  compileSubject(assertion);
  const { operator, expected } = assertion;
  if (expected === undefined) {
    if (operator === 'exists' || operator === 'notExists') return;
    throw new ValueError('VALUE_INVALID', `The operator ${operator} needs an expected value.`);
  }
  if (JSON.stringify(expected).includes('{{')) return;
  if (operator === 'matches')
    compilePattern(typeof expected === 'string' ? expected : JSON.stringify(expected));
  if (operator === 'schema') new SchemaCompiler().compile(expected);
  if (operator === 'in' && !Array.isArray(expected)) {
    throw new ValueError('VALUE_INVALID', `The operator in needs a list, got ${JSON.stringify(expected)}.`);
  }
  if (operator === 'type' && !jsonTypes.some((type) => type === expected)) {
    throw new ValueError(
      'VALUE_INVALID',
      `The operator type needs one of ${jsonTypes.join(', ')}, got ${JSON.stringify(expected)}.`,
    );
  }
}

function attempt(work: () => void): ValueError[] {
  try {
    work();
    return [];
  } catch (error) {
    if (error instanceof ValueError) return [error];
    throw error;
  }
}

function sentBody(body: RequestSpec['body']): Json {
  if (body.type === 'form') return values(body.fields);
  if (body.type === 'multipart')
    return body.parts.filter(isEnabled).map((part) => [part.name, part.value ?? '']);
  return body;
}

function values(list: { name: string; value: string; enabled?: boolean }[]): Json {
  return list.filter(isEnabled).map(({ name, value }) => [name, value]);
}
