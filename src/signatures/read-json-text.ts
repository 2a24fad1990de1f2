import type { JsonValue } from '../contract/signature.ts';

/**
 * What the text of `@default` or `@example` may mean, the likeliest first: JSON, also in a code block or
 * backticks; text in single quotes; the text as it is.
 */
export function readJsonText(text: string): readonly JsonValue[] {
  const bare = /^```\w*\n([\s\S]*?)\n?```$/.exec(text)?.[1] ?? /^`([^`]*)`$/.exec(text)?.[1] ?? text;
  const readings: JsonValue[] = [];
  try {
    readings.push(JSON.parse(bare) as JsonValue);
  } catch {
    const quoted = /^'([^'\\]*)'$/.exec(bare)?.[1];
    if (quoted !== undefined) readings.push(quoted);
  }
  return bare === '' ? readings : [...readings, bare];
}
