import { createHash, createHmac } from 'node:crypto';
import type { Json } from '../model/json.ts';
import { suggestion } from './closest-name.ts';
import { toText } from './template.ts';
import { urlEncode } from './url-encode.ts';
import { ValueError } from './value-error.ts';

type Filter = (value: Json, args: Json[]) => Json;

const encodings = ['hex', 'base64', 'base64url'] as const;

/** What `{{name | filter:argument}}` knows. Hashes give hex digits, or the encoding named by their last argument. */
export const filters: ReadonlyMap<string, Filter> = new Map<string, Filter>([
  ['base64', (value) => Buffer.from(toText(value)).toString('base64')],
  ['base64Url', (value) => Buffer.from(toText(value)).toString('base64url')],
  ['base64Decode', decodeBase64],
  ['hex', (value) => Buffer.from(toText(value)).toString('hex')],
  ['md5', (value, [encoding]) => hash('md5', value, encoding)],
  ['sha1', (value, [encoding]) => hash('sha1', value, encoding)],
  ['sha256', (value, [encoding]) => hash('sha256', value, encoding)],
  ['sha512', (value, [encoding]) => hash('sha512', value, encoding)],
  ['hmacMd5', (value, [key, encoding]) => hmac('md5', value, [key, encoding])],
  ['hmacSha1', (value, [key, encoding]) => hmac('sha1', value, [key, encoding])],
  ['hmacSha256', (value, [key, encoding]) => hmac('sha256', value, [key, encoding])],
  ['hmacSha512', (value, [key, encoding]) => hmac('sha512', value, [key, encoding])],
  ['urlEncode', (value) => urlEncode(toText(value))],
  ['urlDecode', decodeUrl],
  ['json', (value) => JSON.stringify(value)],
  ['parseJson', parseJson],
  ['string', (value) => toText(value)],
  ['number', toNumber],
  ['upper', (value) => toText(value).toUpperCase()],
  ['lower', (value) => toText(value).toLowerCase()],
  ['trim', (value) => toText(value).trim()],
  // An unknown name was taken care of before; here it is about null.
  [
    'default',
    (value, [other]) => (value === null ? need(other, 'default', 'the value to take instead') : value),
  ],
]);

export function applyFilter(name: string, value: Json, args: Json[]): Json {
  const filter = filters.get(name);
  if (!filter) throw unknownFilter(name);
  return filter(value, args);
}

export function unknownFilter(name: string): ValueError {
  return new ValueError(
    'TEMPLATE_INVALID',
    `There is no filter "${name}".${suggestion(name, filters.keys())} Filters: ${[...filters.keys()].join(', ')}.`,
  );
}

function hash(algorithm: string, value: Json, encoding: Json | undefined): string {
  return createHash(algorithm).update(toText(value)).digest(readEncoding(encoding));
}

function hmac(algorithm: string, value: Json, [key, encoding]: (Json | undefined)[]): string {
  const secret = toText(need(key, 'hmac', 'a key, as hmacSha256:apiKey'));
  return createHmac(algorithm, secret).update(toText(value)).digest(readEncoding(encoding));
}

function readEncoding(encoding: Json | undefined): (typeof encodings)[number] {
  if (encoding === undefined) return 'hex';
  const known = encodings.find((name) => name === encoding);
  if (!known) throw failed(`the encoding is one of ${encodings.join(', ')}, got ${JSON.stringify(encoding)}`);
  return known;
}

function decodeBase64(value: Json): string {
  const text = toText(value).trim();
  if (!/^[\w+/-]*={0,2}$/.test(text)) throw failed(`"${text.slice(0, 40)}" is no base64`);
  return Buffer.from(text, 'base64').toString('utf8');
}

function decodeUrl(value: Json): string {
  const text = toText(value);
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw failed(`"${text.slice(0, 40)}" is not URL-encoded`);
  }
}

function parseJson(value: Json): Json {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value) as Json;
  } catch {
    throw failed(`"${value.slice(0, 40)}" is no JSON`);
  }
}

function toNumber(value: Json): number {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isFinite(number)) {
    throw failed(`${JSON.stringify(value).slice(0, 40)} is no number`);
  }
  return number;
}

function need(value: Json | undefined, filter: string, what: string): Json {
  if (value === undefined) throw failed(`${filter} needs ${what}`);
  return value;
}

function failed(why: string): ValueError {
  return new ValueError('FILTER_FAILED', why);
}
