import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import type { Auth } from '../../../apis/_platform/model/request.ts';
import { awsAuthorization } from '../../../apis/_platform/transport/auth/aws-sig-v4.ts';
import { digestAuthorization, readDigestChallenge } from '../../../apis/_platform/transport/auth/digest.ts';
import { bodyJson, bodyText, openTransport, send, sentHeader } from './support/send.ts';
import { closeAll, readAll, serveHttp } from './support/servers.ts';

afterEach(closeAll);

type UsedAuth = Exclude<Auth, { type: 'inherit' }>;

async function echoHeaders(): Promise<Awaited<ReturnType<typeof serveHttp>>> {
  return serveHttp((request, answer) => answer.end(JSON.stringify({ url: request.url, ...request.headers })));
}

describe('credentials that are sent as they are', () => {
  it.each<[UsedAuth, Record<string, string>]>([
    [
      { type: 'basic', username: 'Aladdin', password: 'öpen:sesame' },
      { authorization: `Basic ${Buffer.from('Aladdin:öpen:sesame').toString('base64')}` },
    ],
    [{ type: 'bearer', token: 'abc.def' }, { authorization: 'Bearer abc.def' }],
    [{ type: 'apiKey', in: 'header', name: 'X-Key', value: 's3cret' }, { 'x-key': 's3cret' }],
    [
      { type: 'apiKey', in: 'query', name: 'the key', value: 's3cret&' },
      { url: '/a?b=1&the%20key=s3cret%26' },
    ],
    [{ type: 'apiKey', in: 'cookie', name: 'key', value: 's3cret' }, { cookie: 'own=1; key=s3cret' }],
    [{ type: 'none' }, {}],
  ])('%o', async (auth, expected) => {
    const server = await echoHeaders();
    const exchange = await send(openTransport(), {
      url: `${server.url}/a?b=1`,
      auth,
      headers: [['Cookie', 'own=1']],
    });
    expect(bodyJson(exchange)).toMatchObject(expected);
    // What is kept shows no secret.
    const shown = JSON.stringify(exchange.request);
    for (const secret of [
      's3cret',
      'abc.def',
      'sesame',
      Buffer.from('Aladdin:öpen:sesame').toString('base64'),
    ])
      expect(shown).not.toContain(secret);
    if (auth.type !== 'none') expect(shown).toContain('***');
  });

  it('in the address are basic authentication', async () => {
    const server = await echoHeaders();
    const exchange = await send(openTransport(), { url: server.url.replace('//', '//us%40er:pa%3Ass@') });
    expect(bodyJson(exchange).authorization).toBe(`Basic ${Buffer.from('us@er:pa:ss').toString('base64')}`);
    expect(JSON.stringify(exchange.request)).not.toMatch(/pa.{1,3}ss/);
  });

  it('leave a header alone that the tester wrote', async () => {
    const server = await echoHeaders();
    const exchange = await send(openTransport(), {
      url: server.url,
      headers: [['Authorization', 'Custom 1']],
      auth: { type: 'bearer', token: 'x' },
    });
    expect(bodyJson(exchange).authorization).toBe('Custom 1');
  });
});

describe('digest', () => {
  // RFC 7616, 3.9.1.
  const rfc = (algorithm: string): string =>
    `Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=${algorithm}, nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"`;

  it.each([
    ['MD5', '8ca523f5e9506fed4657c9700eebdbec'],
    ['SHA-256', '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1'],
  ])('gives the answers of RFC 7616 for %s', (algorithm, response) => {
    const challenge = readDigestChallenge([rfc(algorithm)]);
    expect(challenge).toMatchObject({ algorithm, qop: 'auth', stale: false });
    const value = digestAuthorization({
      challenge: challenge!,
      username: 'Mufasa',
      password: 'Circle of Life',
      method: 'GET',
      uri: '/dir/index.html',
      count: 1,
      cnonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ',
    });
    expect(value).toContain(`response="${response}"`);
    expect(value).toContain('nc=00000001');
  });

  it('chooses the strongest challenge that it can answer', () => {
    expect(readDigestChallenge([rfc('MD5'), rfc('SHA-256'), 'Basic realm="x"'])?.algorithm).toBe('SHA-256');
    expect(readDigestChallenge([`Basic realm="a, b", ${rfc('MD5-sess')}`])?.algorithm).toBe('MD5-sess');
    expect(readDigestChallenge([rfc('SHA-512-256')])).toBeUndefined();
    expect(readDigestChallenge([rfc('MD5').replace('auth, auth-int', 'auth-int')])).toBeUndefined();
    expect(readDigestChallenge(['Digest nonce="n", realm="r"'])).toMatchObject({
      algorithm: 'MD5',
      qop: undefined,
    });
  });

  interface DigestServerOptions {
    algorithm: string;
    qop?: boolean;
    /** Requests that a nonce serves. */
    nonceLife?: number;
  }

  async function digestServer({ algorithm, qop = true, nonceLife = Infinity }: DigestServerOptions): Promise<{
    url: string;
    statuses: number[];
  }> {
    const statuses: number[] = [];
    let nonce = 0;
    const counts = new Set<string>();
    const h = (text: string): string =>
      createHash(algorithm.startsWith('MD5') ? 'md5' : 'sha256')
        .update(text)
        .digest('hex');
    const right = (request: IncomingMessage, given: Map<string, string>): boolean => {
      const base = h('user:the "realm":pass');
      const secret = algorithm.endsWith('-sess') ? h(`${base}:${nonce}:${given.get('cnonce')}`) : base;
      const subject = h(`${request.method}:${request.url}`);
      const parts = qop
        ? [secret, nonce, given.get('nc'), given.get('cnonce'), 'auth', subject]
        : [secret, nonce, subject];
      return given.get('response') === h(parts.join(':')) && given.get('uri') === request.url;
    };
    const challenge = (answer: ServerResponse, stale: boolean): void => {
      nonce += 1;
      counts.clear();
      answer.writeHead(401, {
        'www-authenticate': `Digest realm="the \\"realm\\"", nonce="${nonce}", algorithm=${algorithm}${qop ? ', qop="auth"' : ''}${stale ? ', stale=true' : ''}`,
      });
      answer.end();
    };
    const { url } = await serveHttp(async (request, answer) => {
      const body = await readAll(request);
      answer.once('finish', () => statuses.push(answer.statusCode));
      const given = new Map(
        [
          ...(request.headers.authorization ?? '').matchAll(/([\w-]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))/g),
        ].map(([, name, quoted, plain]) => [name ?? '', quoted ?? plain ?? ''] as const),
      );
      if (given.size === 0) return challenge(answer, false);
      if (given.get('nonce') !== String(nonce)) return challenge(answer, true);
      const count = given.get('nc') ?? String(counts.size);
      if (counts.size >= nonceLife) return challenge(answer, true);
      if (counts.has(count) || !right(request, given)) {
        answer.writeHead(401, {
          'www-authenticate': `Digest realm="the \\"realm\\"", nonce="${nonce}", algorithm=${algorithm}${qop ? ', qop="auth"' : ''}`,
        });
        return answer.end();
      }
      counts.add(count);
      answer.end(`ok ${body.length}`);
    });
    return { url, statuses };
  }

  it.each<DigestServerOptions>([
    { algorithm: 'MD5' },
    { algorithm: 'MD5-sess' },
    { algorithm: 'SHA-256' },
    { algorithm: 'SHA-256-sess' },
    { algorithm: 'MD5', qop: false },
  ])('$algorithm, qop $qop: answers the challenge once and uses the nonce again', async (options) => {
    const server = await digestServer(options);
    const transport = openTransport();
    const auth = { type: 'digest', username: 'user', password: 'pass' } as const;
    for (let count = 0; count < 3; count += 1) {
      const exchange = await send(transport, {
        method: 'POST',
        url: `${server.url}/path?q=1,2`,
        auth,
        body: { type: 'text', text: 'abc' },
      });
      expect(bodyText(exchange)).toBe('ok 3');
      expect(exchange.attempts).toBe(1);
      expect(sentHeader(exchange, 'authorization')).toContain('response="***"');
    }
    expect(server.statuses).toEqual([401, 200, 200, 200]);
  });

  it('takes a new nonce when the old one is stale', async () => {
    const server = await digestServer({ algorithm: 'SHA-256', nonceLife: 2 });
    const transport = openTransport();
    const auth = { type: 'digest', username: 'user', password: 'pass' } as const;
    for (let count = 0; count < 4; count += 1)
      expect((await send(transport, { url: server.url, auth })).response?.status).toBe(200);
    expect(server.statuses).toEqual([401, 200, 200, 401, 200, 200]);
  });

  it('gives the 401 when the password is wrong', async () => {
    const server = await digestServer({ algorithm: 'MD5' });
    const transport = openTransport();
    const exchange = await send(transport, {
      url: server.url,
      auth: { type: 'digest', username: 'user', password: 'wrong' },
    });
    expect(exchange.response?.status).toBe(401);
    expect(exchange.error).toBeUndefined();
    expect(server.statuses.length).toBeLessThanOrEqual(3);
  });
});

describe('OAuth2', () => {
  async function tokenServer(options: { expiresIn?: number; fail?: boolean } = {}): Promise<{
    url: string;
    asked: { form: Record<string, string>; authorization: string | undefined }[];
  }> {
    const asked: { form: Record<string, string>; authorization: string | undefined }[] = [];
    const { url } = await serveHttp(async (request, answer) => {
      if (request.url !== '/token') {
        answer.statusCode = request.headers.authorization === `Bearer token-${asked.length}` ? 200 : 401;
        return answer.end();
      }
      const form = Object.fromEntries(new URLSearchParams((await readAll(request)).toString()));
      asked.push({ form, authorization: request.headers.authorization });
      answer.setHeader('content-type', 'application/json');
      if (options.fail) {
        answer.statusCode = 400;
        return answer.end(JSON.stringify({ error: 'invalid_client', error_description: 'no such client' }));
      }
      return answer.end(
        JSON.stringify({
          access_token: `token-${asked.length}`,
          token_type: 'Bearer',
          expires_in: options.expiresIn,
        }),
      );
    });
    return { url, asked };
  }

  const client = { type: 'oauth2', clientId: 'the client', clientSecret: 'pä:ss' } as const;

  it('asks for one token for all requests of a run', async () => {
    const server = await tokenServer({ expiresIn: 3_600 });
    const transport = openTransport();
    const auth = {
      ...client,
      grant: 'clientCredentials',
      tokenUrl: `${server.url}/token`,
      scope: 'a b',
    } as const;
    const exchanges = await Promise.all([1, 2, 3].map(() => send(transport, { url: server.url, auth })));
    for (const exchange of exchanges) {
      expect(exchange.response?.status).toBe(200);
      expect(sentHeader(exchange, 'authorization')).toBe('Bearer ***');
    }
    expect(server.asked).toEqual([
      {
        form: { grant_type: 'client_credentials', scope: 'a b' },
        authorization: `Basic ${Buffer.from('the+client:p%C3%A4%3Ass').toString('base64')}`,
      },
    ]);
  });

  it('shows the client in the body if asked to, and sends a password', async () => {
    const server = await tokenServer();
    const exchange = await send(openTransport(), {
      url: server.url,
      auth: {
        ...client,
        grant: 'password',
        tokenUrl: `${server.url}/token`,
        clientAuth: 'body',
        username: 'me',
        password: 'secret',
      },
    });
    expect(exchange.response?.status).toBe(200);
    expect(server.asked[0]).toEqual({
      form: {
        grant_type: 'password',
        username: 'me',
        password: 'secret',
        client_id: 'the client',
        client_secret: 'pä:ss',
      },
      authorization: undefined,
    });
  });

  it('asks again when a token has expired', async () => {
    const server = await tokenServer({ expiresIn: 1 });
    const transport = openTransport();
    const auth = { ...client, grant: 'clientCredentials', tokenUrl: `${server.url}/token` } as const;
    expect((await send(transport, { url: server.url, auth })).response?.status).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect((await send(transport, { url: server.url, auth })).response?.status).toBe(200);
    expect(server.asked).toHaveLength(2);
  });

  it('asks again after a token was refused', async () => {
    const server = await tokenServer({ expiresIn: 3_600 });
    const transport = openTransport();
    const auth = { ...client, grant: 'clientCredentials', tokenUrl: `${server.url}/token` } as const;
    expect((await send(transport, { url: server.url, auth })).response?.status).toBe(200);
    // Only a third token will do.
    server.asked.push({ form: {}, authorization: undefined });
    expect((await send(transport, { url: server.url, auth })).response?.status).toBe(401);
    expect((await send(transport, { url: server.url, auth })).response?.status).toBe(200);
  });

  it('tells why there is no token', async () => {
    const server = await tokenServer({ fail: true });
    const auth = { ...client, grant: 'clientCredentials', tokenUrl: `${server.url}/token` } as const;
    const { error, request } = await send(openTransport(), { url: server.url, auth });
    expect(error).toMatchObject({
      code: 'OAUTH2_TOKEN_FAILED',
      message: expect.stringContaining('400 (invalid_client: no such client)'),
    });
    expect(request.url).toBe(`${server.url}/`);
  });

  it('asks through the same guard', async () => {
    const tokens = await tokenServer();
    const server = await echoHeaders();
    const transport = openTransport({ allowPrivate: false, allow: [`127.0.0.1:${server.port}`] });
    const auth = { ...client, grant: 'clientCredentials', tokenUrl: `${tokens.url}/token` } as const;
    const { error } = await send(transport, { url: server.url, auth });
    expect(error).toMatchObject({
      code: 'OAUTH2_TOKEN_FAILED',
      message: expect.stringContaining('not reached from here'),
    });
    expect(tokens.asked).toEqual([]);
  });
});

describe('AWS Signature Version 4', () => {
  const empty = createHash('sha256').update('').digest('hex');
  const credentials = {
    accessKeyId: 'AKIDEXAMPLE',
    secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
    region: 'us-east-1',
    service: 'service',
  };
  const date = '20150830T123600Z';

  // The official test suite, and examples of the documentation of S3 and IAM.
  it.each<[name: string, request: Partial<Parameters<typeof awsAuthorization>[0]>, signature: string]>([
    ['get-vanilla', {}, '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31'],
    ['post-vanilla', { method: 'POST' }, '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b'],
    [
      'get-vanilla-query-order-key-case',
      { query: 'Param2=value2&Param1=value1' },
      'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500',
    ],
    [
      'get-header-key-duplicate',
      {
        headers: [
          ['Host', 'example.amazonaws.com'],
          ['My-Header1', 'value2'],
          ['My-Header1', 'value2'],
          ['My-Header1', 'value1'],
          ['X-Amz-Date', date],
        ],
      },
      'c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea',
    ],
  ])('%s', (_, request, signature) => {
    const value = awsAuthorization(
      {
        method: 'GET',
        path: '/',
        query: '',
        headers: [
          ['Host', 'example.amazonaws.com'],
          ['X-Amz-Date', date],
        ],
        payloadHash: empty,
        date,
        ...request,
      },
      credentials,
    );
    expect(value).toContain(
      'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, ',
    );
    expect(value).toContain(`Signature=${signature}`);
  });

  it('signs for S3 as its documentation does', () => {
    const value = awsAuthorization(
      {
        method: 'GET',
        path: '/test.txt',
        query: '',
        headers: [
          ['Host', 'examplebucket.s3.amazonaws.com'],
          ['Range', 'bytes=0-9'],
          ['x-amz-content-sha256', empty],
          ['x-amz-date', '20130524T000000Z'],
        ],
        payloadHash: empty,
        date: '20130524T000000Z',
      },
      {
        accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
        secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
        region: 'us-east-1',
        service: 's3',
      },
    );
    expect(value).toContain('SignedHeaders=host;range;x-amz-content-sha256;x-amz-date, ');
    expect(value).toContain('Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41');
  });

  it('signs what is sent', async () => {
    const server = await serveHttp(async (request, answer) => {
      const { headers } = request;
      const [path = '', query = ''] = (request.url ?? '').split('?');
      const signed = /SignedHeaders=([^,]+)/.exec(headers.authorization ?? '')?.[1]?.split(';') ?? [];
      const expected = awsAuthorization(
        {
          method: request.method ?? '',
          path,
          query,
          headers: signed.map((name) => [name, String(headers[name])] as const),
          payloadHash: createHash('sha256')
            .update(await readAll(request))
            .digest('hex'),
          date: String(headers['x-amz-date']),
        },
        credentials,
      );
      answer.end(JSON.stringify({ same: headers.authorization === expected, signed }));
    });
    const exchange = await send(openTransport(), {
      method: 'POST',
      url: `${server.url}/a%20b/c?z=1&a=%2F`,
      headers: [
        ['content-type', 'application/json'],
        ['X-Amz-Target', 'T'],
      ],
      body: { type: 'text', text: '{"a":"ü"}' },
      auth: { type: 'awsSigV4', ...credentials, sessionToken: 'session' },
    });
    expect(bodyJson(exchange)).toEqual({
      same: true,
      signed: ['content-type', 'host', 'x-amz-date', 'x-amz-security-token', 'x-amz-target'],
    });
    expect(sentHeader(exchange, 'authorization')).toMatch(/Signature=\*\*\*$/);
    expect(sentHeader(exchange, 'x-amz-security-token')).toBe('***');
  });
});
