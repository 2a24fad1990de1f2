import type { Assertion, Extraction } from '../model/checks.ts';
import type { Json } from '../model/json.ts';
import type { RequestSpec } from '../model/request.ts';
import type { Condition } from '../model/scenario.ts';
import { readExpected, unreadableAssertion, unreadableExtraction } from '../values/read-check.ts';
import { findReferences, type References } from '../values/references.ts';
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
    problems.push(...unreadableAssertion(assertion).map(({ error }) => error));
  }
  for (const extraction of extractions.filter(isEnabled)) {
    if (extraction.default !== undefined) {
      findReferences(extraction.default, `extraction ${extraction.name}`, found);
    }
    problems.push(...unreadableExtraction(extraction).map(({ error }) => error));
  }
  return { asked: found.asked, problems: [...problems, ...found.problems] };
}

/** What a condition compares with and cannot be used: a pattern, a list, a type, a schema. */
export function conditionProblems({ operator, right }: Condition): Problem[] {
  return attempt(() => readExpected(operator, right));
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
