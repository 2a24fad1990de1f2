import { createHmac, hash } from 'node:crypto';

export interface AwsCredentials {
  accessKeyId: string;
  secretAccessKey: string;
  region: string;
  service: string;
}

export interface AwsRequest {
  method: string;
  /** As it is sent, percent-encoded. */
  path: string;
  /** Without `?`. */
  query: string;
  /** Those that are signed. */
  headers: readonly (readonly [name: string, value: string])[];
  /** Hex digits of the body's SHA-256. */
  payloadHash: string;
  /** `YYYYMMDDTHHMMSSZ`, as in `x-amz-date`. */
  date: string;
}

/** `YYYYMMDDTHHMMSSZ`. */
export function awsDate(date: Date): string {
  return date.toISOString().replace(/[-:]|\.\d{3}/g, '');
}

/** The value of `authorization` by AWS Signature Version 4. */
export function awsAuthorization(request: AwsRequest, credentials: AwsCredentials): string {
  const { accessKeyId, secretAccessKey, region, service } = credentials;
  const { headers, names } = canonicalHeaders(request.headers);
  const canonical = [
    request.method,
    canonicalPath(request.path, service),
    canonicalQuery(request.query),
    headers,
    '',
    names,
    request.payloadHash,
  ].join('\n');
  const day = request.date.slice(0, 8);
  const scope = `${day}/${region}/${service}/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', request.date, scope, hash('sha256', canonical)].join('\n');
  const key = [day, region, service, 'aws4_request'].reduce<Buffer | string>(
    (secret, part) => hmac(secret, part),
    `AWS4${secretAccessKey}`,
  );
  const signature = hmac(key, toSign).toString('hex');
  return `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`;
}

function canonicalHeaders(pairs: AwsRequest['headers']): { headers: string; names: string } {
  const values = new Map<string, string[]>();
  for (const [name, value] of pairs) {
    const key = name.toLowerCase();
    values.set(key, [...(values.get(key) ?? []), value.trim().replace(/ {2,}/g, ' ')]);
  }
  const names = [...values.keys()].sort();
  return {
    headers: names.map((name) => `${name}:${values.get(name)?.join(',')}`).join('\n'),
    names: names.join(';'),
  };
}

/** Every service but S3 wants the path that is sent encoded once more. */
function canonicalPath(path: string, service: string): string {
  if (service === 's3')
    return path
      .split('/')
      .map((part) => encoded(decoded(part)))
      .join('/');
  return path.split('/').map(encoded).join('/');
}

function canonicalQuery(query: string): string {
  if (query === '') return '';
  return query
    .split('&')
    .filter((part) => part !== '')
    .map((part) => {
      const at = part.indexOf('=');
      const [name, value] = at < 0 ? [part, ''] : [part.slice(0, at), part.slice(at + 1)];
      return [encoded(decoded(name)), encoded(decoded(value))] as const;
    })
    .sort(([a, x], [b, y]) => compare(a, b) || compare(x, y))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** RFC 3986: all but letters, digits and `-._~`. */
function encoded(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function hmac(key: Buffer | string, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
