import { ApiError } from '../contract/api-error.ts';
import { withoutInherited } from '../contract/without-inherited.ts';
import type { Endpoint } from '../registry/snapshot.ts';
import type { CallRequest } from './call-request.ts';
import { toProblems } from '../signatures/to-problems.ts';

/**
 * The body as the function takes it.
 *
 * @throws ApiError VALIDATION_ERROR with every problem in `details`
 */
export function validateBody({
  endpoint,
  body,
  plain = false,
}: Pick<CallRequest, 'body' | 'endpoint' | 'plain'>): Record<string, unknown> {
  const input = body === undefined ? {} : body;
  if (plain) return input as Record<string, unknown>;
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    const got = input === null ? 'null' : Array.isArray(input) ? 'array' : typeof input;
    const message = `expected an object with the parameters of '${endpoint.path}', got '${got}'`;
    throw validationError(endpoint, [{ path: '', message, code: 'invalid_type' }]);
  }
  const sent = withoutInherited(input);
  const parsed = endpoint.input.safeParse(sent);
  if (!parsed.success) throw validationError(endpoint, toProblems(parsed.error, sent));
  return parsed.data;
}

interface Problem {
  readonly path: string;
  readonly message: string;
  readonly code: string;
}

function validationError(endpoint: Endpoint, problems: readonly Problem[]): ApiError {
  const [first] = problems;
  const place = first === undefined || first.path === '' ? 'body' : first.path;
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more, see details)` : '';
  const text = first === undefined ? `does not fit '${endpoint.path}'` : first.message;
  return new ApiError('VALIDATION_ERROR', `${place}: ${text}${more}`, { details: problems });
}
