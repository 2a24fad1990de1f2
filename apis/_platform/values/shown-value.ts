import type { Json } from '../model/json.ts';

/** Letters of a value that a result keeps. */
const shownLength = 1000;

/** A value as a result keeps it: whole when it is small, else the beginning of its text. */
export function shownValue(value: Json): Json {
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return value;
  if (typeof value === 'string') return cut(value);
  const text = JSON.stringify(value);
  return text.length <= shownLength ? value : cut(text);
}

function cut(text: string): string {
  return text.length <= shownLength ? text : `${text.slice(0, shownLength)}…`;
}
