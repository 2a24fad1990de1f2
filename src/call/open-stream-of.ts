import type { CallOutcome } from './call-request.ts';

/** What of an outcome is still to be read; the call runs on until it has ended. */
export function openStreamOf(outcome: CallOutcome): { readonly ended: Promise<void> } | undefined {
  if (!outcome.ok || outcome.kind === 'value') return undefined;
  return outcome.kind === 'stream' ? outcome.stream : outcome.response.body;
}
