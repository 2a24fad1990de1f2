import { createHash } from 'node:crypto';
import { Pool } from 'undici';
import type {
  CookieJar,
  Exchange,
  PreparedRequest,
  SendOptions,
  Transport,
} from '../../../apis/_platform/model/transport.ts';

/** What the engine needs of a transport and no more: HTTP/1.1 to one server. */
export function plainTransport(origin: string): Transport {
  const pool = new Pool(origin, { connections: 50 });
  return {
    send: (request, options) => send(pool, request, options),
    close: () => pool.destroy(),
  };
}

async function send(pool: Pool, prepared: PreparedRequest, options: SendOptions): Promise<Exchange> {
  const { method, auth } = prepared;
  const url = new URL(prepared.url);
  const headers = [...prepared.headers];
  const cookies = options.jar?.cookieHeader(prepared.url);
  if (cookies) headers.push(['Cookie', cookies]);
  if (auth.type === 'bearer') headers.push(['Authorization', `Bearer ${auth.token}`]);
  if (auth.type === 'basic') {
    headers.push([
      'Authorization',
      `Basic ${Buffer.from(`${auth.username}:${auth.password}`).toString('base64')}`,
    ]);
  }
  const text = prepared.body?.type === 'text' ? prepared.body.text : undefined;
  const request = {
    method,
    url: prepared.url,
    headers,
    ...(text === undefined ? {} : { body: stored(text, options) }),
  };
  const began = performance.now();
  try {
    const answer = await pool.request({
      method: method as 'GET',
      path: url.pathname + url.search,
      headers: headers.flat(),
      signal: options.signal,
      ...(text === undefined ? {} : { body: text }),
    });
    const body = Buffer.from(await answer.body.arrayBuffer());
    const received = Object.entries(answer.headers).flatMap(([name, value]) =>
      [value ?? []].flat().map((one): [string, string] => [name, one]),
    );
    const setCookies = received.filter(([name]) => name === 'set-cookie').map(([, value]) => value);
    options.jar?.store(prepared.url, setCookies);
    return {
      request,
      response: {
        status: answer.statusCode,
        httpVersion: '1.1',
        headers: received,
        body: stored(body.toString(), options),
      },
      body,
      timings: { total: performance.now() - began },
      attempts: 1,
    };
  } catch (error) {
    return {
      request,
      timings: { total: performance.now() - began },
      error: { code: 'CONNECTION_FAILED', message: (error as Error).message },
      attempts: 1,
    };
  }
}

function stored(text: string, { keepBytes }: SendOptions) {
  return {
    size: Buffer.byteLength(text),
    sha256: createHash('sha256').update(text).digest('hex'),
    text: text.slice(0, keepBytes),
    truncated: text.length > keepBytes,
  };
}

/** Cookies by name, without domains. */
export function simpleJar(): CookieJar {
  const cookies = new Map<string, string>();
  return {
    cookieHeader: () =>
      cookies.size === 0 ? undefined : [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
    store: (_, lines) => {
      for (const line of lines) {
        const [name = '', value = ''] = (line.split(';')[0] ?? '').split('=');
        cookies.set(name, value);
      }
    },
    value: (_, name) => cookies.get(name),
  };
}
