import type { Auth, NamedValue, RequestSettings } from '../../model/request.ts';
import type { ImportedEntry, NotConverted } from '../importer.ts';
import { literal } from '../literal.ts';
import { decoded, splitForm } from '../parsed-body.ts';
import { shorten } from '../read-node.ts';
import { readCurlBody, readData } from './curl-body.ts';
import { readOptions, type CurlOption } from './read-options.ts';

export type Note = Omit<NotConverted, 'where'>;

/** @throws Error when the command has no URL that can be used */
export function readCommand(
  words: readonly string[],
  where: string,
): { entry: ImportedEntry; notes: Note[] } {
  const { options, unknown } = readOptions(words);
  const notes: Note[] = unknown.map((name) => ({
    what: name,
    reason: 'the option says nothing that a request keeps',
  }));
  const all = (...names: string[]): string[] =>
    options.filter(({ name }) => names.includes(name)).map(({ value }) => value);
  const last = (name: string): string | undefined => all(name).at(-1);
  const has = (name: string): boolean => options.some((option) => option.name === name);
  const urls = all('url');
  const [first] = urls;
  if (first === undefined) throw new Error('the command has no URL');
  if (urls.length > 1)
    notes.push({
      what: urls.slice(1).join(' '),
      reason: 'one command is one request: the first URL is taken',
    });
  const url = readUrl(first);
  const headers = readHeaders(options);
  const body = readCurlBody(options, headers, notes);
  const data = has('get') ? readData(options, notes).map(({ text }) => text) : [];
  const query = [...data, ...all('url-query').map((text) => text.replace(/^\+/, ''))].flatMap((text) =>
    splitForm(text),
  );
  const method = last('request') ?? defaultMethod(has, body.type !== 'none');
  const settings = readSettings(options, notes);
  return {
    notes,
    entry: {
      where,
      name: shorten(`${method.toUpperCase()} ${url.path}`, 200),
      description: '',
      tags: [],
      request: {
        method: method.toUpperCase().slice(0, 20) || 'GET',
        url: literal(url.base),
        pathParams: [],
        params: [...url.params, ...query].map(({ name, value }) => ({ name, value: literal(value) })),
        headers,
        body,
        auth: readAuth(options, url.user, notes),
        ...(settings === undefined ? {} : { settings }),
      },
      assertions: [],
      extractions: [],
    },
  };
}

function defaultMethod(has: (name: string) => boolean, hasBody: boolean): string {
  if (has('head')) return 'HEAD';
  if (has('upload-file')) return 'PUT';
  return hasBody ? 'POST' : 'GET';
}

interface CurlUrl {
  base: string;
  path: string;
  params: NamedValue[];
  /** `name:password` before the host. */
  user: string | undefined;
}

function readUrl(text: string): CurlUrl {
  const given = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  if (!URL.canParse(given)) throw new Error(`expected a URL, got '${shorten(text, 200)}'`);
  const url = new URL(given);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new Error(`requests are sent with http and https alone, got '${url.protocol}'`);
  }
  const user = url.username === '' ? undefined : `${decoded(url.username)}:${decoded(url.password)}`;
  const params = [...url.searchParams]
    .map(([name, value]) => ({ name, value }))
    .filter(({ name }) => name !== '');
  return { base: `${url.origin}${url.pathname}`, path: url.pathname, params, user };
}

/** Headers that say how a message travels are made anew when it is sent. */
const made = new Set(['host', 'content-length', 'connection', 'accept-encoding', 'transfer-encoding']);

function readHeaders(options: readonly CurlOption[]): NamedValue[] {
  const headers: NamedValue[] = [];
  for (const { name, value } of options) {
    if (name === 'header') {
      const found = /^([^:;]+)(?::\s*(.*)|;)$/s.exec(value);
      // `Name:` without a value takes a header away that curl would send.
      if (found === null || (found[2] === '' && !value.endsWith(';'))) continue;
      if (!made.has((found[1] ?? '').trim().toLowerCase())) {
        headers.push({ name: (found[1] ?? '').trim(), value: literal((found[2] ?? '').trim()) });
      }
    } else if (name === 'user-agent') headers.push({ name: 'User-Agent', value: literal(value) });
    else if (name === 'referer')
      headers.push({ name: 'Referer', value: literal(value.replace(/;auto$/, '')) });
    else if (name === 'cookie' && value.includes('='))
      headers.push({ name: 'Cookie', value: literal(value) });
    else if (name === 'json') {
      if (!headers.some((header) => header.name.toLowerCase() === 'accept'))
        headers.push({ name: 'Accept', value: 'application/json' });
    }
  }
  return headers;
}

function readAuth(options: readonly CurlOption[], userOfUrl: string | undefined, notes: Note[]): Auth {
  const value = (name: string): string | undefined =>
    options.findLast((option) => option.name === name)?.value;
  const bearer = value('oauth2-bearer');
  if (bearer !== undefined) return { type: 'bearer', token: literal(bearer) };
  const user = value('user') ?? userOfUrl;
  const sigV4 = value('aws-sigv4');
  if (user === undefined) return { type: 'none' };
  const [username = '', password = ''] = user.split(/:(.*)/s).map((part) => literal(part));
  if (sigV4 !== undefined) {
    const [, , region = '', service = ''] = sigV4.split(':');
    if (region !== '' && service !== '') {
      return { type: 'awsSigV4', accessKeyId: username, secretAccessKey: password, region, service };
    }
    notes.push({ what: '--aws-sigv4', reason: 'region and service are needed: aws:amz:<region>:<service>' });
  }
  return { type: options.some(({ name }) => name === 'digest') ? 'digest' : 'basic', username, password };
}

function readSettings(options: readonly CurlOption[], notes: Note[]): RequestSettings | undefined {
  const value = (name: string): string | undefined =>
    options.findLast((option) => option.name === name)?.value;
  const has = (name: string): boolean => value(name) !== undefined;
  const milliseconds = (name: string): number | undefined => {
    const seconds = Number(value(name));
    return Number.isFinite(seconds) && seconds > 0 ? Math.round(seconds * 1000) : undefined;
  };
  const [total, connect] = [milliseconds('max-time'), milliseconds('connect-timeout')];
  const proxy = value('proxy');
  const most = Number(value('max-redirs') ?? 'x');
  const retries = Number(value('retry') ?? 'x');
  for (const name of ['cacert', 'cert', 'key']) {
    if (has(name))
      notes.push({
        what: `--${name} ${value(name)}`,
        reason: 'files of the machine are not read: paste the PEM text in the settings',
      });
  }
  const settings: RequestSettings = {
    ...(total === undefined && connect === undefined
      ? {}
      : {
          timeouts: {
            ...(connect === undefined ? {} : { connect }),
            ...(total === undefined ? {} : { total }),
          },
        }),
    ...(Number.isInteger(retries) && retries > 0 ? { retries: { count: Math.min(retries, 20) } } : {}),
    // curl follows redirects when it is told to.
    ...(has('location')
      ? Number.isInteger(most) && most >= 0
        ? { redirects: Math.min(most, 50) }
        : {}
      : { redirects: 0 }),
    ...(proxy === undefined ? {} : { proxy: /^\w+:\/\//.test(proxy) ? proxy : `http://${proxy}` }),
    ...(has('insecure') ? { tls: { insecure: true } } : {}),
    ...(has('http2') || has('http2-prior-knowledge') ? { httpVersion: '2' as const } : {}),
  };
  return Object.keys(settings).length === 0 ? undefined : settings;
}
