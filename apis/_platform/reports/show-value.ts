import type { Json } from '../model/json.ts';

/** A value as one line of JSON, cut after `limit` characters. */
export function showValue(value: Json, limit = 2000): string {
  const text = JSON.stringify(value);
  return text.length <= limit ? text : `${text.slice(0, limit)}… (${text.length} characters)`;
}
