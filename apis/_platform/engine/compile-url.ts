import type { NamedValue, RequestSpec } from '../model/request.ts';
import { parseExpression } from '../values/expression.ts';
import type { Resolver } from '../values/resolver.ts';
import { compileText, renderText, type Template } from '../values/template.ts';
import { urlEncode } from '../values/url-encode.ts';
import { ValueError } from '../values/value-error.ts';

type Text = string | Template;
type Piece = { raw: Text } | { encoded: Text } | { missing: string };

export interface CompiledUrl {
  /** Whether every rendering gives the same. */
  constant: boolean;
  /** Names of path parameters without a value; rendering throws. */
  missing: string[];
  render(resolver: Resolver): string;
}

const baseUrl = parseExpression('baseUrl');
const absolute = /^[a-z][a-z\d+.-]*:\/\//i;
// What stands in {{ }} is left alone; :name counts only at the beginning of a segment, so that ports do not.
const placeholder = /\{\{.*?\}\}|\{([^{}]+)\}|(?<=\/):([A-Za-z_][\w-]*)/gs;

/** Takes path parameters and query apart once. @throws ValueError */
export function compileUrl({
  url,
  pathParams,
  params,
}: Pick<RequestSpec, 'url' | 'pathParams' | 'params'>): CompiledUrl {
  const [whole = ''] = url.split('#', 1);
  const queryAt = endOfPath(whole);
  const pieces = [
    ...compilePath(whole.slice(0, queryAt), pathParams.filter(isEnabled)),
    ...compileQuery(whole.slice(queryAt), params.filter(isEnabled)),
  ];
  const constant =
    absolute.test(url) && pieces.every((piece) => !('missing' in piece) && typeof textOf(piece) === 'string');
  return {
    constant,
    missing: pieces.flatMap((piece) => ('missing' in piece ? [piece.missing] : [])),
    render: (resolver) => complete(pieces.map((piece) => render(piece, resolver)).join(''), resolver),
  };
}

/** The first `?` outside `{{ }}`. */
function endOfPath(url: string): number {
  const hidden = url.replaceAll(/\{\{.*?\}\}/gs, (text) => '_'.repeat(text.length));
  const at = hidden.indexOf('?');
  return at === -1 ? url.length : at;
}

function compilePath(path: string, params: NamedValue[]): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  for (const match of path.matchAll(placeholder)) {
    const name = match[1] ?? match[2];
    if (name === undefined) continue;
    const param = params.find((one) => one.name === name);
    if (!param && match[2] !== undefined) continue;
    pieces.push({ raw: compileText(path.slice(from, match.index), 'url') });
    pieces.push(param ? { encoded: compileText(param.value, `path parameter ${name}`) } : { missing: name });
    from = match.index + match[0].length;
  }
  pieces.push({ raw: compileText(path.slice(from), 'url') });
  return pieces;
}

function compileQuery(query: string, params: NamedValue[]): Piece[] {
  const pieces: Piece[] = query === '' ? [] : [{ raw: compileText(query, 'url') }];
  let separator = query === '' ? '?' : query.endsWith('?') || query.endsWith('&') ? '' : '&';
  for (const { name, value } of params) {
    pieces.push(
      { raw: separator },
      { encoded: compileText(name, `name of query parameter ${name}`) },
      { raw: '=' },
      { encoded: compileText(value, `query parameter ${name}`) },
    );
    separator = '&';
  }
  return pieces;
}

function render(piece: Piece, resolver: Resolver): string {
  if ('raw' in piece) return renderText(piece.raw, resolver);
  if ('encoded' in piece) return urlEncode(renderText(piece.encoded, resolver));
  throw new ValueError(
    'UNKNOWN_VARIABLE',
    `The path parameter {${piece.missing}} in url has no value; add it to the path parameters, or write {{${piece.missing}}} for a variable.`,
  );
}

function complete(text: string, resolver: Resolver): string {
  let url = text;
  if (!absolute.test(url)) {
    if (!resolver.has('baseUrl')) {
      throw new ValueError(
        'UNKNOWN_VARIABLE',
        `The url "${text}" is not absolute, and there is no variable "baseUrl" to begin it with; write http:// or https:// before it, or set baseUrl.`,
      );
    }
    const base = renderText({ where: 'url', parts: [baseUrl] }, resolver);
    url = url === '' ? base : `${base.replace(/\/+$/, '')}${/^[/?]/.test(url) ? '' : '/'}${url}`;
  }
  if (!URL.canParse(url)) throw new ValueError('VALUE_INVALID', `"${url}" is no URL.`);
  return url;
}

function textOf(piece: Piece): Text | undefined {
  if ('raw' in piece) return piece.raw;
  return 'encoded' in piece ? piece.encoded : undefined;
}

export function isEnabled(item: { enabled?: boolean }): boolean {
  return item.enabled !== false;
}
