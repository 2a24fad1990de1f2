import type { Json } from '../../model/json.ts';
import type { RequestSettings } from '../../model/request.ts';
import type { ImportedVariable } from '../importer.ts';
import { asText, at, isObject, shorten, textAt } from '../read-node.ts';
import { withBuiltIns } from './dynamic-variables.ts';
import { toNamedValues } from './postman-url.ts';

/** `{key, value, type, disabled}` of collections and environments. */
export function readPostmanVariables(list: Json[]): ImportedVariable[] {
  const named = new Map<string, ImportedVariable>();
  for (const one of list) {
    const name = (textAt(one, 'key') ?? textAt(one, 'id') ?? '').trim();
    if (name === '') continue;
    named.set(name, {
      name: shorten(name, 200),
      value: withBuiltIns(at(one, 'value') ?? '', () => undefined),
      ...(textAt(one, 'type') === 'secret' ? { secret: true } : {}),
      ...(at(one, 'disabled') === true || at(one, 'enabled') === false ? { enabled: false } : {}),
    });
  }
  return [...named.values()];
}

/** Headers as a list, or as lines of text. */
export function headersOf(value: Json | undefined): ReturnType<typeof toNamedValues> {
  if (Array.isArray(value)) return toNamedValues(value);
  if (typeof value !== 'string') return [];
  const lines = value.split(/\r?\n/).map((line) => /^([^:]+):(.*)$/.exec(line));
  return lines.flatMap((line) =>
    line === null ? [] : [{ name: (line[1] ?? '').trim(), value: (line[2] ?? '').trim() }],
  );
}

export function settingsOf(value: Json | undefined): RequestSettings | undefined {
  const most = at(value, 'maxRedirects');
  const settings: RequestSettings = {
    ...(typeof most === 'number' && Number.isInteger(most) && most >= 0
      ? { redirects: Math.min(most, 50) }
      : {}),
    ...(at(value, 'followRedirects') === false ? { redirects: 0 } : {}),
    ...(at(value, 'strictSSL') === false ? { tls: { insecure: true } } : {}),
    ...(at(value, 'disableCookies') === true ? { cookies: false } : {}),
  };
  return Object.keys(settings).length === 0 ? undefined : settings;
}

export function descriptionOf(holder: Json | undefined): string {
  const description = at(holder, 'description');
  return isObject(description)
    ? asText(at(description, 'content') ?? '')
    : (textAt(holder, 'description') ?? '');
}
