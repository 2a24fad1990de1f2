import type {
  AssertionResult,
  ExtractionResult,
  RequestResult,
  ResultStatus,
  VariableScope,
} from '../model/result.ts';
import type { CookieJar, Exchange } from '../model/transport.ts';
import { Answer } from '../values/answer.ts';
import { extract } from '../values/extract.ts';
import type { Resolver } from '../values/resolver.ts';
import type { Variable, Variables } from '../values/variable.ts';
import type { CompiledChecks } from './compile-request.ts';
import type { Run } from './run.ts';

/** A variable that an answer gave. */
export interface ExtractedVariable {
  name: string;
  scope: VariableScope;
  variable: Variable;
}

/** What one request or call came to; its result is masked and may be stored. */
export interface Outcome {
  result: RequestResult;
  extracted: ExtractedVariable[];
}

export interface Judged {
  status: ResultStatus;
  assertions: AssertionResult[];
  extractions: ExtractionResult[];
  extracted: ExtractedVariable[];
}

export interface JudgeOptions {
  resolver: Resolver;
  /** Gets what is extracted, so that assertions can speak of it. */
  nearest: Variables;
  jar: CookieJar | undefined;
  signal: AbortSignal;
}

/** Letters of an extracted value that a result keeps; a longer one is only used, and taken again after a crash. */
const storedLength = 65_536;

/** Extracts first, so that assertions may use what was extracted; then asserts. */
export async function judgeExchange(
  run: Run,
  [checks, exchange]: readonly [CompiledChecks, Exchange],
  options: JudgeOptions,
): Promise<Judged> {
  const { resolver, jar, signal, nearest } = options;
  const answer = new Answer(exchange);
  const extractions: ExtractionResult[] = [];
  const extracted: ExtractedVariable[] = [];
  let status: ResultStatus = 'passed';
  const cookie = (name: string) => jar?.value(exchange.request.url, name);
  for (const extraction of checks.extractions) {
    const { name, scope } = extraction;
    const found = extract(extraction, answer, { cookie, resolver });
    if ('value' in found) {
      extracted.push({ name, scope, variable: { value: found.value } });
      nearest.set(name, { value: found.value });
      extractions.push({ name, scope, status: 'passed', ...stored(found.value) });
    } else {
      status = 'failed';
      extractions.push({ name, scope, status: 'failed', message: found.message });
    }
  }
  const assertions: AssertionResult[] = [];
  for (const assertion of checks.assertions) {
    const judged = assertion.evaluate(answer, {
      resolver,
      schemas: run.schemas,
      patterns: run.patterns,
      call: async (endpoint, body) => {
        const outcome = await run.parts.callFunction(endpoint, body, { signal });
        return outcome.success ? { data: outcome.data } : { code: outcome.code, error: outcome.error };
      },
    });
    const result = judged instanceof Promise ? await judged : judged;
    if (result.status === 'error') status = 'error';
    else if (result.status === 'failed' && status === 'passed') status = 'failed';
    assertions.push(result);
  }
  return { status, assertions, extractions, extracted };
}

function stored(
  value: ExtractedVariable['variable']['value'],
): Pick<ExtractionResult, 'value' | 'truncated'> {
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return { value };
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length <= storedLength ? { value } : { value: text.slice(0, storedLength), truncated: true };
}
