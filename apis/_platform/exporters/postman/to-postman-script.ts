import type { Assertion, Extraction, Operator } from '../../model/checks.ts';
import type { Json } from '../../model/json.ts';

/** Checks and extractions as lines of a Postman test script; what it has no words for becomes a comment. */
export function toPostmanScript(
  assertions: readonly Assertion[],
  extractions: readonly Extraction[],
): string[] {
  return [...assertions.flatMap(toTest), ...extractions.flatMap(toSetter)];
}

function toTest(assertion: Assertion): string[] {
  if (assertion.enabled === false) return [];
  const line = assertion.on === 'call' ? undefined : expectation(assertion);
  const name = assertion.name ?? describe(assertion);
  if (line === undefined) return [`// not exported: ${JSON.stringify(assertion)}`];
  return [`pm.test(${quote(name)}, function () {`, `    ${line}`, '});'];
}

function describe(assertion: Assertion): string {
  if (assertion.on === 'call') return assertion.call;
  const about =
    assertion.on === 'jsonPath'
      ? assertion.path
      : assertion.on === 'header'
        ? assertion.header
        : assertion.on;
  return `${about} ${assertion.operator}${assertion.expected === undefined ? '' : ` ${JSON.stringify(assertion.expected)}`}`.slice(
    0,
    200,
  );
}

const words: Partial<Record<Operator, string>> = {
  equals: 'to.eql',
  notEquals: 'to.not.eql',
  contains: 'to.include',
  notContains: 'to.not.include',
  in: 'to.be.oneOf',
  length: 'to.have.lengthOf',
  greater: 'to.be.above',
  greaterOrEqual: 'to.be.at.least',
  less: 'to.be.below',
  lessOrEqual: 'to.be.at.most',
};

function expectation(assertion: Exclude<Assertion, { on: 'call' }>): string | undefined {
  const { operator, expected } = assertion;
  if (assertion.on === 'status' && operator === 'equals')
    return `pm.response.to.have.status(${valueOf(expected)});`;
  if (assertion.on === 'header' && (operator === 'exists' || operator === 'notExists')) {
    return `pm.response.to.${operator === 'exists' ? '' : 'not.'}have.header(${quote(assertion.header)});`;
  }
  if (operator === 'schema') {
    return assertion.on === 'jsonPath' && assertion.path === '$'
      ? `pm.response.to.have.jsonSchema(${valueOf(expected)});`
      : undefined;
  }
  const about = subjectOf(assertion);
  if (about === undefined) return undefined;
  switch (operator) {
    case 'exists':
      return `pm.expect(${about}).to.exist;`;
    case 'notExists':
      return `pm.expect(${about}).to.be.undefined;`;
    case 'type':
      return typeof expected === 'string' && expected !== 'integer'
        ? `pm.expect(${about}).to.be.a(${quote(expected)});`
        : undefined;
    case 'matches':
      return typeof expected === 'string' && !expected.includes('{{') && isPattern(expected)
        ? `pm.expect(${about}).to.match(${new RegExp(expected, 'u').toString()});`
        : undefined;
    default: {
      const word = words[operator];
      return word === undefined ? undefined : `pm.expect(${about}).${word}(${valueOf(expected)});`;
    }
  }
}

function subjectOf(assertion: Exclude<Assertion, { on: 'call' }>): string | undefined {
  switch (assertion.on) {
    case 'status':
      return 'pm.response.code';
    case 'time':
      return 'pm.response.responseTime';
    case 'size':
      return 'pm.response.responseSize';
    case 'body':
      return 'pm.response.text()';
    case 'header':
      return `pm.response.headers.get(${quote(assertion.header)})`;
    case 'jsonPath':
      return jsonSubject(assertion.path);
    case 'certificateDays':
      return undefined;
    default: {
      const never: never = assertion;
      return never;
    }
  }
}

/** A way to one node as JavaScript; a query for several nodes has none. */
function jsonSubject(path: string): string | undefined {
  const parts = /^\$((?:\.[A-Za-z_]\w*|\[\d+\]|\['(?:[^'\\]|\\.)*'\])*)$/.exec(path)?.[1];
  return parts === undefined ? undefined : `pm.response.json()${parts}`;
}

function toSetter({ name, from, path = '', scope, enabled }: Extraction): string[] {
  if (enabled === false) return [];
  const value = {
    jsonPath: jsonSubject(path),
    regex: undefined,
    header: `pm.response.headers.get(${quote(path)})`,
    cookie: `pm.cookies.get(${quote(path)})`,
    status: 'pm.response.code',
    body: 'pm.response.text()',
  }[from];
  if (value === undefined) return [`// not exported: ${JSON.stringify({ name, from, path })}`];
  const holder = scope === 'environment' ? 'environment' : 'collectionVariables';
  return [`pm.${holder}.set(${quote(name)}, ${value});`];
}

/** A value as JavaScript; a variable alone is read when the test runs. */
function valueOf(value: Json | undefined): string {
  const name = typeof value === 'string' ? /^\{\{([^{}|$]+)\}\}$/.exec(value)?.[1] : undefined;
  return name === undefined ? JSON.stringify(value ?? null) : `pm.variables.get(${quote(name.trim())})`;
}

function quote(text: string): string {
  return JSON.stringify(text);
}

function isPattern(text: string): boolean {
  try {
    return new RegExp(text, 'u').source !== '';
  } catch {
    return false;
  }
}
