import type { ServedEndpoint, ServiceCallResult } from 'api-deploy';
import { compileSchema, type Check } from './schema/compile-schema.ts';
import type { FuzzAnswer, FuzzFailureKind } from './fuzz-report.ts';

export type Verdict =
  | { readonly outcome: 'fine' }
  /** Valid arguments were refused by the validator: its rules are finer than JSON Schema can say. */
  | { readonly outcome: 'refused'; readonly message: string }
  | {
      readonly outcome: 'failed';
      readonly kind: FuzzFailureKind;
      readonly message: string;
      readonly answer: FuzzAnswer;
    }
  /** The answer is not the function's own; nothing more can be learnt now. */
  | { readonly outcome: 'hopeless'; readonly message: string };

export interface Judge {
  valid(answer: ServiceCallResult): Verdict;
  /** `problem`: what the schema says of the arguments. */
  invalid(answer: ServiceCallResult, problem: string): Verdict;
}

/** Answers of the runtime that say nothing of the function. */
const notOfTheFunction: ReadonlySet<string> = new Set([
  'RATE_LIMITED',
  'OVERLOADED',
  'SHUTTING_DOWN',
  'QUARANTINED',
  'FORBIDDEN',
  'ENDPOINT_NOT_FOUND',
]);

/**
 * Judges what a function answers. The result of a stream, or of a function that makes the whole answer itself, is not
 * looked at.
 *
 * @throws SchemaError when the schema of its result cannot be used
 */
export function createJudge({ output, returns }: Pick<ServedEndpoint, 'output' | 'returns'>): Judge {
  const checkResult = output === undefined || returns !== 'value' ? undefined : compileSchema(output);
  /** Of such a function, `service.call` refuses the answer once there is one. */
  const isAccepted = (answer: ServiceCallResult): boolean =>
    answer.success || (returns !== 'value' && answer.status === 400 && answer.code === 'INVALID_REQUEST');
  return {
    valid(answer) {
      if (isAccepted(answer)) return answer.success ? judgeResult(answer.data, checkResult) : fine;
      if (answer.success) return fine;
      if (answer.code === 'VALIDATION_ERROR')
        return { outcome: 'refused', message: describeProblems(answer) };
      return judgeError(answer, 'valid arguments');
    },
    invalid(answer, problem) {
      if (isAccepted(answer))
        return failed('acceptedInvalid', `invalid arguments were accepted: ${problem}`, toFuzzAnswer(answer));
      return answer.success ? fine : judgeError(answer, 'invalid arguments');
    },
  };
}

const fine: Verdict = { outcome: 'fine' };

function failed(kind: FuzzFailureKind, message: string, answer: FuzzAnswer): Verdict {
  return { outcome: 'failed', kind, message, answer };
}

type Failure = Extract<ServiceCallResult, { success: false }>;

function judgeResult(data: unknown, check: Check | undefined): Verdict {
  const problem = check?.(data);
  if (problem === undefined) return fine;
  return failed(
    'wrongResult',
    `the result is not as the signature says: ${problem}`,
    toFuzzAnswer({ success: true, data }),
  );
}

function judgeError(answer: Failure, what: string): Verdict {
  if (notOfTheFunction.has(answer.code))
    return { outcome: 'hopeless', message: `answered ${answer.status} ${answer.code}: ${answer.error}` };
  if (answer.status < 500) return fine;
  return failed(
    'serverError',
    `${what} were answered ${answer.status} ${answer.code}: ${answer.error}`,
    toFuzzAnswer(answer),
  );
}

/** Characters of a result that a report shows. */
const shownData = 2000;

function toFuzzAnswer(answer: ServiceCallResult): FuzzAnswer {
  if (!answer.success) return { status: answer.status, code: answer.code, error: answer.error };
  return { status: 200, data: (JSON.stringify(answer.data) ?? 'null').slice(0, shownData) };
}

function describeProblems({ error, details }: Failure): string {
  if (!Array.isArray(details)) return error;
  const [first] = details as readonly { readonly path?: unknown; readonly message?: unknown }[];
  return first === undefined ? error : `${String(first.path)}: ${String(first.message)}`;
}
