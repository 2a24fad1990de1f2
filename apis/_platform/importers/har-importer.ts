import type { Json } from '../model/json.ts';
import type { MultipartPart, NamedValue, RequestBody } from '../model/request.ts';
import { importError } from './import-error.ts';
import type { ImportedCollection, ImportedEntry, Importer } from './importer.ts';
import { literal, literals } from './literal.ts';
import { parseDocument } from './parse-document.ts';
import { parsed, splitForm } from './parsed-body.ts';
import { at, kindOf, listAt, shorten, textAt } from './read-node.ts';

/** HTTP archives (HAR 1.2) as browsers and proxies save them. */
export const harImporter: Importer = {
  name: 'HAR',
  detect(text, fileName) {
    const start = text.slice(0, 20_000);
    if (/^\s*\{\s*"log"\s*:\s*\{/.test(start) && /"(?:entries|creator|version)"\s*:/.test(start)) return 1;
    return /\.har$/i.test(fileName) ? 0.8 : 0;
  },
  read(input) {
    const root = parseDocument(input);
    const entries = at(at(root, 'log'), 'entries');
    if (!Array.isArray(entries)) {
      throw importError(`expected 'entries' to be a list of requests, got ${kindOf(entries)}`, {
        file: input.name,
        pointer: '/log/entries',
      });
    }
    const collection: ImportedCollection = {
      format: `HAR ${textAt(at(root, 'log'), 'version') ?? '1.2'}`,
      name: input.name.replace(/\.har$/i, ''),
      description: '',
      variables: [],
      environments: [],
      categories: [],
      entries: [],
      schemas: {},
      skipped: [],
      notConverted: [],
    };
    for (const [index, entry] of entries.entries()) {
      const where = `/log/entries/${index}`;
      try {
        collection.entries.push(readEntry(collection, entry, where));
      } catch (error) {
        const name = `${textAt(at(entry, 'request'), 'method') ?? ''} ${textAt(at(entry, 'request'), 'url') ?? ''}`;
        collection.skipped.push({
          where,
          name: shorten(name.trim() || where, 200),
          reason: error instanceof Error ? error.message : String(error),
        });
      }
    }
    return collection;
  },
};

/** What the sender of a request makes anew: of the connection, of cookies, of the body's length. */
const made = new Set([
  'host',
  'content-length',
  'connection',
  'proxy-connection',
  'keep-alive',
  'transfer-encoding',
  'accept-encoding',
  'te',
  'upgrade',
]);

function readEntry(collection: ImportedCollection, entry: Json, where: string): ImportedEntry {
  const request = at(entry, 'request');
  const raw = textAt(request, 'url');
  if (raw === undefined || !URL.canParse(raw))
    throw new Error(`expected an absolute URL, got '${raw ?? 'nothing'}'`);
  const url = new URL(raw);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new Error(`requests are sent with http and https alone, got '${url.protocol}'`);
  }
  const method = (textAt(request, 'method') ?? 'GET').toUpperCase();
  const headers = listAt(request, 'headers')
    .map((one) => ({ name: textAt(one, 'name') ?? '', value: literal(textAt(one, 'value') ?? '') }))
    .filter(({ name }) => name !== '' && !name.startsWith(':') && !made.has(name.toLowerCase()));
  const params = [...url.searchParams].map(([name, value]): NamedValue => ({ name, value: literal(value) }));
  const status = at(at(entry, 'response'), 'status');
  const isAnswered = typeof status === 'number' && status >= 100;
  return {
    where,
    name: shorten(`${method} ${url.pathname}`, 200),
    description: textAt(entry, 'comment') ?? '',
    tags: [],
    request: {
      method,
      url: literal(`${url.origin}${url.pathname}`),
      pathParams: [],
      params: params.filter(({ name }) => name !== ''),
      headers,
      body: readBody(at(request, 'postData'), (what, reason) =>
        collection.notConverted.push({ where, what, reason }),
      ),
      auth: { type: 'none' },
    },
    // What was recorded is what is expected of a repetition.
    assertions: isAnswered ? [{ on: 'status', operator: 'equals', expected: status }] : [],
    extractions: [],
  };
}

function readBody(data: Json | undefined, tell: (what: string, reason: string) => void): RequestBody {
  const contentType = textAt(data, 'mimeType') ?? '';
  const text = textAt(data, 'text') ?? '';
  const params = listAt(data, 'params');
  if (textAt(data, 'encoding') === 'base64') {
    tell('binary body', 'upload the file, and choose it as the body');
    return { type: 'none' };
  }
  if (/^multipart\/form-data/i.test(contentType) && params.length > 0) {
    return { type: 'multipart', parts: params.map((param) => toPart(param, tell)) };
  }
  if (/^application\/x-www-form-urlencoded/i.test(contentType)) {
    const fields = params
      .map((param) => ({ name: textAt(param, 'name') ?? '', value: textAt(param, 'value') ?? '' }))
      .filter(({ name }) => name !== '');
    // Browsers leave the percent codes in `params`; the text is what was sent.
    const sent = text === '' ? fields : splitForm(text);
    return { type: 'form', fields: sent.map(({ name, value }) => ({ name, value: literal(value) })) };
  }
  if (text === '') return { type: 'none' };
  const value = /[/+]json\b/i.test(contentType) ? parsed(text) : undefined;
  if (value !== undefined) return { type: 'json', value: literals(value) };
  return { type: 'text', text: literal(text), ...(contentType === '' ? {} : { contentType }) };
}

function toPart(param: Json, tell: (what: string, reason: string) => void): MultipartPart {
  const name = textAt(param, 'name') ?? '';
  const fileName = textAt(param, 'fileName');
  const contentType = textAt(param, 'contentType');
  const typed = contentType === undefined || contentType === '' ? {} : { contentType };
  if (fileName === undefined || fileName === '')
    return { name, value: literal(textAt(param, 'value') ?? ''), ...typed };
  tell(`file '${name}' of a form`, 'upload the file, choose it for this part, and enable the part');
  return { name, value: '', enabled: false, fileName, ...typed };
}
