import type { FailureEnvelope } from '../contract/envelope.ts';
import type { Endpoint } from '../registry/snapshot.ts';

interface Problem {
  readonly path: string;
  readonly message: string;
}

/**
 * A failure as an agent reads it: code and message, then every problem of its arguments and the signature
 * that they must fit, or else the details as JSON.
 */
export function errorText(failure: FailureEnvelope, { signature }: Endpoint): string {
  const { code, error, details, requestId } = failure;
  const lines = [`${code}: ${error}`];
  if (code === 'VALIDATION_ERROR' && Array.isArray(details) && details.every(isProblem)) {
    lines.push(
      'Problems of the arguments:',
      ...details.map(({ path, message }) => `- ${path === '' ? 'arguments' : path}: ${message}`),
      `Signature: ${signature.text}`,
      "Repair the arguments after the tool's input schema and call it again.",
    );
  } else if (details !== undefined) {
    lines.push(`Details: ${toJson(details)}`);
  }
  if (requestId !== undefined) lines.push(`Request id in the log: ${requestId}`);
  return lines.join('\n');
}

function isProblem(value: unknown): value is Problem {
  if (typeof value !== 'object' || value === null) return false;
  const { path, message } = value as Partial<Problem>;
  return typeof path === 'string' && typeof message === 'string';
}

/** Details come from authors and may hold what JSON cannot. */
function toJson(details: unknown): string {
  try {
    return JSON.stringify(details) ?? 'null';
  } catch (error) {
    return `not shown: ${error instanceof Error ? error.message : 'they cannot be made into JSON'}`;
  }
}
