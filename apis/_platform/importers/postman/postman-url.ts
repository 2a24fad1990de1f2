import type { Json } from '../../model/json.ts';
import type { NamedValue } from '../../model/request.ts';
import { splitForm } from '../parsed-body.ts';
import { asText, at, isObject, listAt, shorten, textAt } from '../read-node.ts';

export interface ReadUrl {
  url: string;
  pathParams: NamedValue[];
  params: NamedValue[];
}

/** A URL as text, or taken apart as Postman does. */
export function readPostmanUrl(value: Json | undefined): ReadUrl {
  const raw = typeof value === 'string' ? value : (textAt(value, 'raw') ?? assembled(value));
  const [withQuery = ''] = raw.split('#', 1);
  const question = indexOutsideTemplates(withQuery, '?');
  const url = question < 0 ? withQuery : withQuery.slice(0, question);
  const listed = at(value, 'query');
  const params = Array.isArray(listed)
    ? toNamedValues(listed)
    : question < 0
      ? []
      : splitForm(withQuery.slice(question + 1));
  return { url: withScheme(url.trim()), pathParams: toNamedValues(listAt(value, 'variable')), params };
}

/** `{key, value, disabled, description}` in our words; what has no name is left out. */
export function toNamedValues(list: Json[]): NamedValue[] {
  return list.flatMap((one): NamedValue[] => {
    const name = textAt(one, 'key') ?? textAt(one, 'name') ?? textAt(one, 'id') ?? '';
    if (name === '') return [];
    const given = at(one, 'description');
    const description = isObject(given) ? textAt(given, 'content') : textAt(one, 'description');
    return [
      {
        name: shorten(name, 1000),
        value: asText(at(one, 'value') ?? ''),
        ...(at(one, 'disabled') === true || at(one, 'enabled') === false ? { enabled: false } : {}),
        ...(description === undefined || description === ''
          ? {}
          : { description: shorten(description, 2000) }),
      },
    ];
  });
}

function assembled(value: Json | undefined): string {
  if (!isObject(value)) return '';
  const joined = (key: string, separator: string): string => {
    const part = at(value, key);
    if (!Array.isArray(part)) return textAt(value, key) ?? '';
    return part.map((one) => textAt(one, 'value') ?? asText(one)).join(separator);
  };
  const protocol = textAt(value, 'protocol');
  const port = textAt(value, 'port');
  const path = joined('path', '/').replace(/^\//, '');
  const host = `${protocol === undefined ? '' : `${protocol}://`}${joined('host', '.')}`;
  return `${host}${port === undefined ? '' : `:${port}`}${path === '' ? '' : `/${path}`}`;
}

/** Postman takes `http` where a URL begins with a host. */
function withScheme(url: string): string {
  if (url === '' || /^(?:[a-z][a-z0-9+.-]*:\/\/|\{\{|\/)/i.test(url)) return url;
  return `http://${url}`;
}

function indexOutsideTemplates(text: string, character: string): number {
  return text.replaceAll(/\{\{[^{}]*\}\}/g, (whole) => 'x'.repeat(whole.length)).indexOf(character);
}
