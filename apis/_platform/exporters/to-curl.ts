import { asText, percentEncode } from '../importers/read-node.ts';
import type { Json } from '../model/json.ts';
import type { Auth, NamedValue, RequestBody, RequestSpec } from '../model/request.ts';

export interface CurlOptions {
  /** Values for `{{name}}`; names that are missing stay as they are. */
  variables?: ReadonlyMap<string, Json>;
}

/** A request as one curl command for bash. Files are named by their ids, since they are stored elsewhere. */
export function toCurl(
  request: RequestSpec,
  { variables = new Map<string, Json>() }: CurlOptions = {},
): string {
  const fill = (text: string): string => filled(text, variables);
  const auth = authArguments(request.auth);
  const body = bodyArguments(request.body);
  const headers = enabled(request.headers).map(({ name, value }) => `${name}: ${fill(value)}`);
  const hasType = request.headers.some(({ name }) => name.toLowerCase() === 'content-type');
  const contentType = body.contentType === undefined || hasType ? [] : [`Content-Type: ${body.contentType}`];
  const url = toUrl(request, auth.query, fill);
  const implied = body.words.length === 0 ? 'GET' : 'POST';
  const method =
    request.method === implied ? [] : request.method === 'HEAD' ? ['--head'] : ['-X', request.method];
  const { redirects, tls, proxy, timeouts } = request.settings ?? {};
  const words = [
    ...method,
    url,
    ...[...headers, ...contentType, ...auth.headers.map(fill)].flatMap((header) => ['-H', header]),
    ...auth.words.map(fill),
    ...body.words.map(fill),
    ...(redirects === 0 ? [] : ['-L']),
    ...(tls?.insecure === true ? ['-k'] : []),
    ...(proxy === undefined ? [] : ['-x', proxy]),
    ...(timeouts?.total === undefined ? [] : ['-m', String(timeouts.total / 1000)]),
    '--compressed',
  ];
  return ['curl', ...joined(words)].join(' \\\n  ');
}

/** An option and its value share a line. */
function joined(words: string[]): string[] {
  const lines: string[] = [];
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? '';
    const takesValue = /^(?:-[XHuFxm]|--(?:data-raw|data-urlencode|data-binary|aws-sigv4|form-string))$/.test(
      word,
    );
    lines.push(
      takesValue ? `${word} ${quote(words[++index] ?? '')}` : word.startsWith('-') ? word : quote(word),
    );
  }
  return lines;
}

function toUrl(
  { url, pathParams, params }: RequestSpec,
  more: NamedValue[],
  fill: (text: string) => string,
): string {
  const absolute = /^(?:[a-z][a-z0-9+.-]*:\/\/|\{\{)/i.test(url)
    ? url
    : `{{baseUrl}}/${url.replace(/^\//, '')}`;
  let filledPath = absolute;
  for (const { name, value } of enabled(pathParams)) {
    const encoded = encode(fill(value));
    filledPath = filledPath
      .replaceAll(new RegExp(`(?<!\\{)\\{${escapePattern(name)}\\}(?!\\})`, 'g'), () => encoded)
      .replaceAll(new RegExp(`(?<=/):${escapePattern(name)}(?=[/?#]|$)`, 'g'), () => encoded);
  }
  const query = [...enabled(params), ...more].map(
    ({ name, value }) => `${encode(fill(name))}=${encode(fill(value))}`,
  );
  const base = fill(filledPath);
  return query.length === 0 ? base : `${base}${base.includes('?') ? '&' : '?'}${query.join('&')}`;
}

function bodyArguments(body: RequestBody): { words: string[]; contentType?: string } {
  switch (body.type) {
    case 'none':
      return { words: [] };
    case 'json':
      return { words: ['--data-raw', JSON.stringify(body.value)], contentType: 'application/json' };
    case 'text':
      return {
        words: ['--data-raw', body.text],
        ...(body.contentType === undefined ? {} : { contentType: body.contentType }),
      };
    case 'form':
      return {
        words: enabled(body.fields).flatMap(({ name, value }) => ['--data-urlencode', `${name}=${value}`]),
      };
    case 'multipart':
      return { words: enabled(body.parts).flatMap(partArguments) };
    case 'graphql': {
      const { query, variables, operationName } = body;
      const sent = {
        query,
        ...(variables === undefined ? {} : { variables }),
        ...(operationName === undefined ? {} : { operationName }),
      };
      return { words: ['--data-raw', JSON.stringify(sent)], contentType: 'application/json' };
    }
    case 'binary':
      return {
        words: ['--data-binary', `@file-${body.file}`],
        contentType: body.contentType ?? 'application/octet-stream',
      };
    default: {
      const never: never = body;
      return never;
    }
  }
}

function partArguments(part: {
  name: string;
  value?: string;
  file?: number;
  fileName?: string;
  contentType?: string;
}): string[] {
  const type = part.contentType === undefined ? '' : `;type=${part.contentType}`;
  if (part.file !== undefined) return ['-F', `${part.name}=@${part.fileName ?? `file-${part.file}`}${type}`];
  if (type !== '') return ['-F', `${part.name}=${part.value ?? ''}${type}`];
  return ['--form-string', `${part.name}=${part.value ?? ''}`];
}

interface AuthArguments {
  words: string[];
  headers: string[];
  query: NamedValue[];
}

function authArguments(auth: Auth): AuthArguments {
  const none: AuthArguments = { words: [], headers: [], query: [] };
  switch (auth.type) {
    case 'inherit':
    case 'none':
      return none;
    case 'basic':
      return { ...none, words: ['-u', `${auth.username}:${auth.password}`] };
    case 'digest':
      return { ...none, words: ['--digest', '-u', `${auth.username}:${auth.password}`] };
    case 'bearer':
      return { ...none, headers: [`Authorization: Bearer ${auth.token}`] };
    case 'apiKey':
      if (auth.in === 'query') return { ...none, query: [{ name: auth.name, value: auth.value }] };
      return {
        ...none,
        headers: [
          auth.in === 'cookie' ? `Cookie: ${auth.name}=${auth.value}` : `${auth.name}: ${auth.value}`,
        ],
      };
    case 'oauth2':
      return { ...none, headers: ['Authorization: Bearer {{accessToken}}'] };
    case 'awsSigV4':
      return {
        ...none,
        words: [
          '--aws-sigv4',
          `aws:amz:${auth.region}:${auth.service}`,
          '-u',
          `${auth.accessKeyId}:${auth.secretAccessKey}`,
        ],
      };
    default: {
      const never: never = auth;
      return never;
    }
  }
}

function filled(text: string, variables: ReadonlyMap<string, Json>, depth = 0): string {
  if (depth > 10 || !text.includes('{{')) return text;
  return text.replaceAll(/\{\{\s*([^{}|]+?)\s*\}\}/g, (whole, name: string) => {
    const value = variables.get(name);
    return value === undefined ? whole : filled(asText(value), variables, depth + 1);
  });
}

function enabled<T extends { enabled?: boolean }>(list: readonly T[]): T[] {
  return list.filter((one) => one.enabled !== false);
}

function encode(text: string): string {
  return text
    .split(/(\{\{[^{}]*\}\})/)
    .map((part) => (part.startsWith('{{') ? part : percentEncode(part)))
    .join('');
}

function escapePattern(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}

/** A word of bash. */
function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
