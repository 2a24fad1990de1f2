import type { Json } from '../model/json.ts';
import type { NamedValue } from '../model/request.ts';

/** An object or list of JSON; undefined for anything else, and where JavaScript would change its long numbers. */
export function parsed(raw: string): Json | undefined {
  try {
    const value = JSON.parse(raw) as Json;
    return typeof value === 'object' && value !== null && !hasLongNumber(raw) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Digits outside texts that a double cannot hold. */
function hasLongNumber(raw: string): boolean {
  return /[\d.]{16,}/.test(raw) && /[\d.]{16,}/.test(raw.replaceAll(/"(?:[^"\\]|\\.)*"/g, '""'));
}

/** `a=1&b=2`; percent codes are undone, since sending does them again. */
export function splitForm(text: string): NamedValue[] {
  return text
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const equals = pair.indexOf('=');
      const [name, value] = equals < 0 ? [pair, ''] : [pair.slice(0, equals), pair.slice(equals + 1)];
      return { name: decoded(name), value: decoded(value) };
    })
    .filter(({ name }) => name !== '');
}

/** Percent codes and `+` undone; a text that is not encoded stays. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}
