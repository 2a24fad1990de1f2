import type { MultipartPart, NamedValue, RequestBody } from '../../model/request.ts';
import { literal, literals } from '../literal.ts';
import { parsed, splitForm } from '../parsed-body.ts';
import { percentEncode } from '../read-node.ts';
import type { CurlOption } from './read-options.ts';

interface CurlNote {
  what: string;
  reason: string;
}

const fileReason = 'files of the machine are not read: upload the file, and choose it';

/** The data of `-d` and its like, each as it would be sent. */
export function readData(
  options: readonly CurlOption[],
  notes: CurlNote[],
): { name: string; text: string }[] {
  return options.flatMap(({ name, value }) => {
    if (!/^(?:data(?:-raw|-ascii|-binary|-urlencode)?|json)$/.test(name)) return [];
    if (name === 'data-urlencode') return [{ name, text: urlEncoded(value, notes) }];
    if (value.startsWith('@') && name !== 'data-raw') {
      notes.push({ what: `--${name} ${value}`, reason: fileReason });
      return [{ name, text: '' }];
    }
    // Only `--data-binary`, `--data-raw` and `--json` keep the ends of lines.
    return [
      { name, text: name === 'data' || name === 'data-ascii' ? value.replaceAll(/[\r\n]/g, '') : value },
    ];
  });
}

/** `content`, `=content`, `name=content`. */
function urlEncoded(value: string, notes: CurlNote[]): string {
  const found = /^([^=@]*)(=|@)(.*)$/s.exec(value);
  if (found === null) return percentEncode(value);
  const [, name = '', sign, content = ''] = found;
  if (sign === '@') notes.push({ what: `--data-urlencode ${value}`, reason: fileReason });
  const encoded = sign === '@' ? '' : percentEncode(content);
  return name === '' ? encoded : `${name}=${encoded}`;
}

/** The body; a `Content-Type` header that its type says already is taken out of `headers`. */
export function readCurlBody(
  options: readonly CurlOption[],
  headers: NamedValue[],
  notes: CurlNote[],
): RequestBody {
  const forms = options.filter(({ name }) => name === 'form' || name === 'form-string');
  if (forms.length > 0) {
    takeType(headers, /^multipart\/form-data/i);
    return { type: 'multipart', parts: forms.flatMap((option) => toPart(option, notes)) };
  }
  const upload = options.find(({ name }) => name === 'upload-file');
  if (upload !== undefined) notes.push({ what: `--upload-file ${upload.value}`, reason: fileReason });
  if (options.some(({ name }) => name === 'get' || name === 'head')) return { type: 'none' };
  const data = readData(options, notes);
  if (data.length === 0) return { type: 'none' };
  const json = data.some(({ name }) => name === 'json');
  const text = data.map((part) => part.text).join(json ? '' : '&');
  const given = headers.find(({ name }) => name.toLowerCase() === 'content-type')?.value;
  const type = given ?? (json ? 'application/json' : 'application/x-www-form-urlencoded');
  if (/^application\/x-www-form-urlencoded\b/i.test(type)) return form(text, headers, given);
  const value = /[/+]json\b/i.test(type) ? parsed(text) : undefined;
  if (value !== undefined) {
    takeType(headers, /^application\/json(?:;\s*charset=utf-8)?$/i);
    return { type: 'json', value: literals(value) };
  }
  if (given !== undefined) takeType(headers, /^/);
  return { type: 'text', text: literal(text), contentType: type };
}

/** Fields, where they would be sent as they came; else the text. */
function form(text: string, headers: NamedValue[], given: string | undefined): RequestBody {
  const looksLikeJson = given === undefined && /^\s*[[{]/.test(text);
  takeType(headers, /^/);
  const isForm = !looksLikeJson && text.split('&').every((pair) => /^[^=\s]+=/.test(pair) || pair === '');
  if (!isForm)
    return { type: 'text', text: literal(text), contentType: given ?? 'application/x-www-form-urlencoded' };
  return {
    type: 'form',
    fields: splitForm(text).map(({ name, value }) => ({ name, value: literal(value) })),
  };
}

function takeType(headers: NamedValue[], pattern: RegExp): void {
  const index = headers.findIndex(
    ({ name, value }) => name.toLowerCase() === 'content-type' && pattern.test(value),
  );
  if (index >= 0) headers.splice(index, 1);
}

/** `name=value`, `name=@file;type=…;filename=…`, `name=<file`. */
function toPart({ name: option, value }: CurlOption, notes: CurlNote[]): MultipartPart[] {
  const equals = value.indexOf('=');
  if (equals <= 0) return [];
  const name = value.slice(0, equals);
  const content = value.slice(equals + 1);
  if (option === 'form-string') return [{ name, value: literal(content) }];
  const [first = '', ...attributes] = content.split(/;(?=(?:type|filename|headers|encoder)=)/);
  const attribute = (key: string): string | undefined =>
    attributes
      .find((one) => one.startsWith(`${key}=`))
      ?.slice(key.length + 1)
      .replaceAll(/^"|"$/g, '');
  const contentType = attribute('type');
  const typed = contentType === undefined ? {} : { contentType };
  if (/^[@<]/.test(first)) {
    notes.push({ what: `-F ${value}`, reason: `${fileReason} for this part, and enable the part` });
    const fileName = attribute('filename') ?? first.slice(1).replaceAll('"', '').split(/[\\/]/).pop() ?? '';
    return [{ name, value: '', enabled: false, ...(fileName === '' ? {} : { fileName }), ...typed }];
  }
  return [{ name, value: literal(first.replaceAll(/^"|"$/g, '')), ...typed }];
}
