import type { Json } from '../model/json.ts';
import { isObject } from './read-node.ts';

/** A text of a format without templates, so that `{{` in it stays what it is. */
export function literal(text: string): string {
  return text.includes('{{') ? text.replaceAll(/\{(?=\{)/g, "{{'{'}}") : text;
}

/** All texts in a value, see `literal`. The same value where there is nothing to do. */
export function literals(value: Json): Json {
  if (typeof value === 'string') return literal(value);
  if (typeof value !== 'object' || value === null || !JSON.stringify(value).includes('{{')) return value;
  return walk(value);
}

function walk(value: Json): Json {
  if (typeof value === 'string') return literal(value);
  if (Array.isArray(value)) return value.map((item) => walk(item));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, walk(child)]));
}
