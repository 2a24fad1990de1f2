import type { Json } from '../model/json.ts';

export type JsonObject = { [key: string]: Json };

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The own property, or undefined; documents may hold names such as `constructor`. */
export function at(value: unknown, key: string): Json | undefined {
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

export function objectAt(value: unknown, key: string): JsonObject {
  const found = at(value, key);
  return isObject(found) ? found : {};
}

export function listAt(value: unknown, key: string): Json[] {
  const found = at(value, key);
  return Array.isArray(found) ? found : [];
}

/** A text; numbers and booleans, which YAML makes of unquoted texts, are one too. */
export function textAt(value: unknown, key: string): string | undefined {
  return toText(at(value, key));
}

export function toText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

/** A value as text: itself, or its JSON. */
export function asText(value: Json | undefined): string {
  return typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value);
}

/** One token of a JSON pointer. */
export function pointerToken(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}

/** At most `length` characters, the end shown as `…`; never half of a surrogate pair. */
export function shorten(text: string, length: number): string {
  if (text.length <= length) return text;
  return `${text.slice(0, length - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

/** Kind of a value, for messages. */
export function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  return Array.isArray(value) ? 'a list' : typeof value === 'object' ? 'an object' : typeof value;
}

/** As `encodeURIComponent`, also of half a surrogate pair. */
export function percentEncode(text: string): string {
  return encodeURIComponent(Buffer.from(text).toString());
}
