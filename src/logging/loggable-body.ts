import { redactValue } from './redact-value.ts';
import type { Scrub } from './secret-scrubber.ts';

/** Ends a body that was cut. */
export const cutMarker = '… [cut]';

/**
 * A body or an answer as it goes into a line: redacted, and as the value itself while its JSON has at
 * most `max` characters; else the first `max` characters of that JSON as a text, and the marker.
 */
export function loggableBody(body: unknown, max: number, scrub: Scrub): unknown {
  const { value, complete } = redactValue(body, { budget: max, scrub });
  const json = JSON.stringify(value);
  if (json === undefined) return undefined;
  return complete && json.length <= max ? value : json.slice(0, max) + cutMarker;
}
