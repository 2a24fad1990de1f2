import type { Assertion } from '../model/checks.ts';
import type { Json } from '../model/json.ts';
import type { AssertionResult } from '../model/result.ts';
import type { Answer } from './answer.ts';
import { compileValue, renderCompiled } from './compiled-value.ts';
import { judge, type Judge, show } from './operators.ts';
import type { Resolver } from './resolver.ts';
import { shownValue } from './shown-value.ts';
import { compileSubject } from './subject.ts';
import { ValueError } from './value-error.ts';

/** How a function that judges ended. */
export type Verdict = { data: unknown } | { code: string; error: string };

export interface AssertionContext extends Judge {
  resolver: Resolver;
  /** Calls an own function as the judge; `answer` is what it gets as `response`. */
  call: (endpoint: string, body: { [name: string]: Json }) => Promise<Verdict>;
}

export interface CompiledAssertion {
  name: string;
  evaluate(answer: Answer, context: AssertionContext): AssertionResult | Promise<AssertionResult>;
}

/** Takes an assertion apart once. Never throws: one that cannot be read gives a result that is an `error`. */
export function compileAssertion(assertion: Assertion): CompiledAssertion {
  const name = assertion.name ?? describe(assertion);
  try {
    const evaluate = assertion.on === 'call' ? compileCall(assertion) : compileComparison(assertion);
    return {
      name,
      evaluate: (answer, context) => {
        try {
          const result = evaluate(answer, context);
          return result instanceof Promise
            ? result.then((fields) => ({ name, ...fields })).catch((error) => unjudged(name, error))
            : { name, ...result };
        } catch (error) {
          return unjudged(name, error);
        }
      },
    };
  } catch (error) {
    return { name, evaluate: () => unjudged(name, error) };
  }
}

type Judged = Omit<AssertionResult, 'name'>;

function compileComparison(
  assertion: Exclude<Assertion, { on: 'call' }>,
): (answer: Answer, context: AssertionContext) => Judged {
  const { operator } = assertion;
  const subject = compileSubject(assertion);
  const compiled =
    assertion.expected === undefined
      ? undefined
      : compileValue(assertion.expected, `the expected value of "${assertion.name ?? describe(assertion)}"`);
  return (answer, context) => {
    const written = compiled && renderCompiled(compiled, context.resolver);
    const found = subject.read(answer, { operator, expected: written });
    const side = written === undefined ? {} : { expected: shownValue(written) };
    if ('problem' in found) {
      return { status: 'failed', ...side, message: `${subject.label}: ${found.problem}` };
    }
    const reason = judge(operator, [found.value, found.expected], context);
    const actual = found.value === undefined ? {} : { actual: shownValue(found.value) };
    if (reason === undefined) return { status: 'passed', ...side, ...actual };
    return { status: 'failed', ...side, ...actual, message: `${subject.label}: ${reason}` };
  };
}

function compileCall(
  assertion: Extract<Assertion, { on: 'call' }>,
): (answer: Answer, context: AssertionContext) => Promise<Judged> {
  const endpoint = assertion.call;
  const args = compileValue(assertion.arguments ?? {}, `the arguments of ${endpoint}`);
  return async (answer, { resolver, call }) => {
    const given = renderCompiled(args, resolver) as { [name: string]: Json };
    const verdict = await call(endpoint, { response: asArgument(answer), ...given });
    if ('data' in verdict) return readVerdict(endpoint, verdict.data);
    const message = `${endpoint}: ${verdict.error} (${verdict.code})`;
    return { status: unanswered.has(verdict.code) ? 'error' : 'failed', expected: true, message };
  };
}

/** The judge did not get to judge. */
const unanswered = new Set([
  'ENDPOINT_NOT_FOUND',
  'VALIDATION_ERROR',
  'FORBIDDEN',
  'RATE_LIMITED',
  'OVERLOADED',
  'SHUTTING_DOWN',
  'QUARANTINED',
  'FUNCTION_TIMEOUT',
]);

function readVerdict(endpoint: string, data: unknown): Judged {
  if (data === true || data === undefined || data === null) {
    return { status: 'passed', expected: true, actual: true };
  }
  if (data === false) {
    return { status: 'failed', expected: true, actual: false, message: `${endpoint} says no` };
  }
  if (typeof data === 'object' && 'passed' in data && typeof data.passed === 'boolean') {
    if (data.passed) return { status: 'passed', expected: true, actual: true };
    const reason = 'message' in data && typeof data.message === 'string' ? data.message : 'says no';
    return { status: 'failed', expected: true, actual: false, message: `${endpoint}: ${reason}` };
  }
  const got = shownValue(data as Json);
  return {
    status: 'error',
    actual: got,
    message: `${endpoint} is to return true, false, nothing or {passed, message}, got ${show(got)}`,
  };
}

function asArgument(answer: Answer): Json {
  const headers: { [name: string]: Json } = {};
  for (const [name] of answer.headers) headers[name.toLowerCase()] = answer.header(name) ?? '';
  const { json } = answer;
  return {
    status: answer.status,
    headers,
    body: answer.text,
    json: 'value' in json ? json.value : null,
    time: answer.time,
  };
}

function unjudged(name: string, error: unknown): AssertionResult {
  if (error instanceof ValueError) return { name, status: 'error', message: error.message };
  // Such as a document that is too deep for a recursive schema.
  return { name, status: 'error', message: `The check could not be done: ${String(error)}` };
}

function describe(assertion: Assertion): string {
  if (assertion.on === 'call') return `call ${assertion.call}`;
  const subject =
    assertion.on === 'header'
      ? `header ${assertion.header}`
      : assertion.on === 'jsonPath'
        ? assertion.path
        : assertion.on;
  if (assertion.expected === undefined) return `${subject} ${assertion.operator}`;
  const expected = assertion.operator === 'schema' ? '' : ` ${show(assertion.expected)}`;
  return `${subject} ${assertion.operator}${expected}`.slice(0, 200);
}
