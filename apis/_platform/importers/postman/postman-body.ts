import type { Json } from '../../model/json.ts';
import type { MultipartPart, RequestBody } from '../../model/request.ts';
import { parsed } from '../parsed-body.ts';
import { asText, at, listAt, textAt } from '../read-node.ts';
import { toNamedValues } from './postman-url.ts';

const typeOfLanguage: Record<string, string> = {
  json: 'application/json',
  xml: 'application/xml',
  html: 'text/html',
  javascript: 'application/javascript',
};

/** The `body` of a request; `tell` hears of what needs a person. */
export function readPostmanBody(
  body: Json | undefined,
  contentType: string | undefined,
  tell: (what: string, reason: string) => void,
): RequestBody {
  if (at(body, 'disabled') === true) return { type: 'none' };
  switch (textAt(body, 'mode')) {
    case 'raw':
      return rawBody(
        textAt(body, 'raw') ?? '',
        textAt(at(at(body, 'options'), 'raw'), 'language'),
        contentType,
      );
    case 'urlencoded': {
      const fields = at(body, 'urlencoded');
      if (typeof fields === 'string')
        return { type: 'text', text: fields, contentType: 'application/x-www-form-urlencoded' };
      return { type: 'form', fields: toNamedValues(listAt(body, 'urlencoded')) };
    }
    case 'formdata':
      return { type: 'multipart', parts: listAt(body, 'formdata').flatMap((part) => toPart(part, tell)) };
    case 'graphql':
      return graphql(at(body, 'graphql'));
    case 'file':
      tell('file as body', 'upload the file, and choose it as the body');
      return { type: 'none' };
    default:
      return { type: 'none' };
  }
}

function rawBody(raw: string, language: string | undefined, contentType: string | undefined): RequestBody {
  if (raw === '') return { type: 'none' };
  const isJson = language === 'json' || (contentType !== undefined && /[/+]json\b/i.test(contentType));
  // With `{{name}}` outside quotes it is no JSON yet: it stays text.
  const value = isJson || contentType === undefined ? parsed(raw) : undefined;
  if (value !== undefined && (isJson || language === undefined)) return { type: 'json', value };
  const type = contentType ?? (language === undefined ? undefined : typeOfLanguage[language]);
  return { type: 'text', text: raw, ...(type === undefined ? {} : { contentType: type }) };
}

function toPart(part: Json, tell: (what: string, reason: string) => void): MultipartPart[] {
  const name = textAt(part, 'key') ?? '';
  if (name === '') return [];
  const contentType = textAt(part, 'contentType');
  const typed = contentType === undefined || contentType === '' ? {} : { contentType };
  if (textAt(part, 'type') === 'file') {
    const source = at(part, 'src');
    const path = asText(Array.isArray(source) ? source[0] : (source ?? ''));
    const fileName = path.split(/[\\/]/).pop() ?? '';
    tell(`file '${name}' of a form`, 'upload the file, choose it for this part, and enable the part');
    return [{ name, value: '', enabled: false, ...(fileName === '' ? {} : { fileName }), ...typed }];
  }
  const disabled = at(part, 'disabled') === true ? { enabled: false } : {};
  return [{ name, value: asText(at(part, 'value') ?? ''), ...disabled, ...typed }];
}

function graphql(value: Json | undefined): RequestBody {
  const variables = at(value, 'variables');
  const asJson = typeof variables === 'string' ? parsed(variables) : variables;
  const operationName = textAt(value, 'operationName');
  return {
    type: 'graphql',
    query: textAt(value, 'query') ?? '',
    ...(asJson === undefined || asJson === null ? {} : { variables: asJson }),
    ...(operationName === undefined || operationName === '' ? {} : { operationName }),
  };
}
