import { mkdir, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { CallContext } from '../../src/contract/call-context.ts';
import type { Shape } from '../../src/contract/signature.ts';
import { uploadFolderPrefix } from '../../src/http/uploads/upload-folder.ts';
import { sweepUploads } from '../../src/http/uploads/sweep-uploads.ts';
import type { EndpointSource } from './make-endpoint.ts';
import { openConnection, type RawConnection } from './raw-connection.ts';
import {
  adminToken,
  businessToken,
  startApp,
  stopApp,
  type AppAnswer,
  type RunningApp,
} from './start-app.ts';

let app: RunningApp;
let unhandled: unknown[] = [];
const onUnhandled = (reason: unknown): void => void unhandled.push(reason);
const connections: RawConnection[] = [];
beforeEach(() => {
  unhandled = [];
  process.on('unhandledRejection', onUnhandled);
});
afterEach(async () => {
  for (const { socket } of connections.splice(0)) socket.destroy();
  await until(async () => (await folders()).length === 0);
  await stopApp(app);
  process.off('unhandledRejection', onUnhandled);
  expect(unhandled).toEqual([]);
});

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error('it never came to be');
    await pause(2);
  }
}

/** Folders with uploads of this process. */
async function folders(): Promise<string[]> {
  return (await readdir(tmpdir())).filter((name) => name.startsWith(uploadFolderPrefix()));
}

const file: Shape = { kind: 'file' };
const aFile = z.instanceof(File);

const describeFile = async (photo: File) => ({
  name: photo.name,
  type: photo.type,
  size: photo.size,
  text: photo.size < 1000 ? await photo.text() : '',
});

const one: EndpointSource = {
  fn: async (photo: File, caption = 'none') => ({ ...(await describeFile(photo)), caption }),
  parameters: { photo: aFile, caption: z.string().optional() },
  shapes: { photo: file },
};

function start(source: EndpointSource = one, config: Partial<RunningApp['config']> = {}): Promise<void> {
  const endpoints = {
    '/demo/up': source,
    '/demo/hi': { fn: (a: number) => a, parameters: { a: z.number() } },
  };
  return startApp({ endpoints, config }).then((running) => void (app = running));
}

type Field = readonly [name: string, value: string | Blob, fileName?: string];

function form(...fields: Field[]): FormData {
  const data = new FormData();
  for (const [name, value, fileName] of fields) {
    if (typeof value === 'string') data.append(name, value);
    else data.append(name, value, fileName);
  }
  return data;
}

function post(body: FormData, headers: Record<string, string> = {}, path = '/demo/up'): Promise<AppAnswer> {
  return app.get(path, { method: 'POST', headers, body });
}

const token: Field = ['token', businessToken];
const photo: Field = ['photo', new Blob(['pixels'], { type: 'image/png' }), 'a.png'];
const requestLines = () => app.logs.of('request').map((line) => line.fields);

const boundary = 'xYzZY';
/** A form as text, for what FormData would never send. */
function formText(...parts: string[]): string {
  return `${parts.map((part) => `--${boundary}\r\n${part}\r\n`).join('')}--${boundary}--\r\n`;
}

const disposition = (rest: string, value: string, type?: string): string =>
  `Content-Disposition: form-data; ${rest}\r\n${type === undefined ? '' : `Content-Type: ${type}\r\n`}\r\n${value}`;
const tokenPart = disposition('name="token"', businessToken);

function postText(
  body: string | Uint8Array,
  { type = `multipart/form-data; boundary=${boundary}`, headers = {} as Record<string, string> } = {},
): Promise<AppAnswer> {
  return app.get('/demo/up', {
    method: 'POST',
    headers: { 'content-type': type, ...headers },
    body: body as string,
  });
}

async function connect(): Promise<RawConnection> {
  const connection = await openConnection(app.port);
  connections.push(connection);
  return connection;
}

const head = (headers: string, path = '/demo/up'): string =>
  `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=${boundary}\r\n${headers}\r\n\r\n`;

describe('a form', () => {
  test('brings token, body and a file', async () => {
    await start();
    const answer = await post(form(token, ['body', '{"caption":"at sea"}'], photo));
    expect(answer.json).toEqual({
      success: true,
      data: { name: 'a.png', type: 'image/png', size: 6, text: 'pixels', caption: 'at sea' },
      endpoint: '/demo/up',
    });
    expect(await folders()).toEqual([]);
    expect(requestLines()).toMatchObject([
      {
        status: 200,
        principal: expect.stringMatching(/^business:/),
        body: { caption: 'at sea', photo: { name: 'a.png', type: 'image/png', size: 6 } },
      },
    ]);
    expect(JSON.stringify(app.logs.lines)).not.toContain(businessToken);
  });

  test('the token may come as a header, last, or be an admin’s', async () => {
    await start();
    expect((await post(form(photo), { authorization: `Bearer ${businessToken}` })).status).toBe(200);
    expect((await post(form(photo, token))).status).toBe(200);
    expect((await post(form(['token', adminToken], photo))).status).toBe(200);
  });

  test('several parts of one name are a list, in their order', async () => {
    await start({
      fn: (photos: File[]) => Promise.all(photos.map((each) => each.text())),
      parameters: { photos: z.array(aFile) },
      shapes: { photos: { kind: 'array', element: file } },
    });
    const parts = Array.from({ length: 20 }, (_, n): Field => ['photos', new Blob([`no. ${n}`]), `${n}`]);
    const answer = await post(form(token, ...parts));
    expect(answer.json['data']).toEqual(Array.from({ length: 20 }, (_, n) => `no. ${n}`));
    expect((await post(form(token, parts[0]!))).json['data']).toEqual(['no. 0']);
    expect((await post(form(token))).json).toMatchObject({
      code: 'VALIDATION_ERROR',
      details: [{ path: 'photos' }],
    });
  });

  test('files may be deeper, of named types and unions; dots lead there', async () => {
    await start({
      fn: (user: { name: string; avatar: File; pages?: File[] }) => ({
        name: user.name,
        avatar: user.avatar.name,
        pages: user.pages?.length,
      }),
      parameters: { user: z.object({ name: z.string(), avatar: aFile, pages: z.array(aFile).optional() }) },
      shapes: { user: { kind: 'ref', name: 'User' } },
      definitions: {
        User: {
          shape: {
            kind: 'object',
            properties: [
              { name: 'name', shape: { kind: 'string' }, optional: false },
              {
                name: 'avatar',
                shape: { kind: 'union', members: [file, { kind: 'null' }] },
                optional: false,
              },
              { name: 'pages', shape: { kind: 'array', element: file }, optional: true },
              { name: 'friend', shape: { kind: 'ref', name: 'User' }, optional: true },
            ],
          },
        },
      },
    });
    const answer = await post(
      form(
        token,
        ['body', '{"user":{"name":"Ada"}}'],
        ['user.avatar', new Blob(['x']), 'a.png'],
        ['user.pages', new Blob(['1']), '1'],
        ['user.pages', new Blob(['2']), '2'],
      ),
    );
    expect(answer.json['data']).toEqual({ name: 'Ada', avatar: 'a.png', pages: 2 });
    const wrong = await post(form(token, ['user.nobody', new Blob(['x']), 'a.png']));
    expect(wrong.json).toMatchObject({ code: 'VALIDATION_ERROR' });
  });

  test('parameters may be named as the parts of the envelope', async () => {
    await start({
      fn: (body: File, token: string) => ({ body: body.name, token }),
      parameters: { body: aFile, token: z.string() },
      shapes: { body: file },
    });
    const answer = await post(form(token, ['body', '{"token":"mine"}'], ['body', new Blob(['x']), 'b.bin']));
    expect(answer.json['data']).toEqual({ body: 'b.bin', token: 'mine' });
  });

  test('a file without a name is named for its part; names keep their letters and lose their folders', async () => {
    await start();
    const named = (rest: string) => postText(formText(tokenPart, disposition(rest, 'x', 'image/png')));
    expect((await named('name="photo"')).json['data']).toMatchObject({ name: 'photo', type: 'image/png' });
    expect((await named('name="photo"; filename="../../etc/passwd"')).json['data'].name).toBe('passwd');
    expect((await post(form(token, ['photo', new Blob(['x']), '海 ü.png']))).json['data'].name).toBe(
      '海 ü.png',
    );
  });

  test('a field in which nothing was chosen counts as left out', async () => {
    await start({
      ...one,
      parameters: { photo: aFile.optional() },
      fn: (photo?: File) => photo === undefined,
    });
    const empty = disposition('name="photo"; filename=""', '', 'application/octet-stream');
    expect((await postText(formText(tokenPart, empty))).json).toMatchObject({ data: true });
    expect((await post(form(token, ['photo', new Blob([]), 'empty.txt']))).json).toMatchObject({
      data: false,
    });
  });

  test('JSON works as long as no file is needed', async () => {
    await start({
      ...one,
      parameters: { photo: aFile.optional(), caption: z.string() },
      fn: (_?: File, c?: string) => c,
    });
    expect((await app.call('/demo/up', { caption: 'hi' })).json).toMatchObject({ data: 'hi' });
    expect((await app.call('/demo/up', { caption: 'hi', photo: 'x' })).json).toMatchObject({
      code: 'VALIDATION_ERROR',
      details: [{ path: 'photo' }],
    });
  });
});

describe('what is wrong', () => {
  const bad = async (body: string | Uint8Array, options?: Parameters<typeof postText>[1]) => {
    const { status, json } = await postText(body, options);
    return { status, code: json['code'], error: json['error'] };
  };
  const photoPart = disposition('name="photo"; filename="a.png"', 'pixels');

  test('a form to a function without files', async () => {
    await start();
    expect(await post(form(token), {}, '/demo/hi')).toMatchObject({
      status: 415,
      json: { code: 'UNSUPPORTED_MEDIA_TYPE', error: expect.stringContaining("expected 'application/json'") },
    });
    expect(await bad('a=1', { type: 'application/x-www-form-urlencoded' })).toMatchObject({
      status: 415,
      error: expect.stringContaining("expected 'application/json' or 'multipart/form-data'"),
    });
    expect(await bad('x', { headers: { 'content-encoding': 'gzip' } })).toMatchObject({ status: 415 });
  });

  test.each([
    ['no boundary', 'multipart/form-data', /boundary=…', got 'multipart\/form-data'/],
    ['an empty boundary', 'multipart/form-data; boundary=""', /boundary=…/],
    ['a boundary of 71 characters', `multipart/form-data; boundary=${'b'.repeat(71)}`, /boundary=…/],
  ])('%s', async (_, type, error) => {
    await start();
    expect(await bad(formText(tokenPart), { type })).toMatchObject({
      status: 400,
      code: 'INVALID_REQUEST',
      error: expect.stringMatching(error),
    });
  });

  test.each([
    ['nothing', ''],
    ['another boundary', '--other\r\n\r\nx\r\n--other--\r\n'],
    ['an end in the middle of a file', `--${boundary}\r\n${tokenPart}\r\n--${boundary}\r\n${photoPart}`],
    ['an end in the middle of a head', `--${boundary}\r\n${tokenPart}\r\n--${boundary}\r\nContent-Dis`],
    ['an end in the middle of the token', `--${boundary}\r\n${tokenPart}`],
    ['no last boundary', `--${boundary}\r\n${tokenPart}\r\n--${boundary}\r\n${photoPart}\r\n--${boundary}`],
  ])('a truncated form: %s', async (_, text) => {
    await start();
    expect(await bad(text)).toMatchObject({ status: 400, code: 'INVALID_REQUEST', error: /ends too early/ });
    expect((await post(form(token, photo))).status).toBe(200);
  });

  test.each([
    [
      'a field that is no file',
      disposition('name="caption"', 'hi'),
      400,
      'INVALID_REQUEST',
      /got 'caption'; parameters that are no files go inside 'body'/,
    ],
    [
      'a part without a name',
      disposition('filename="x"', 'hi'),
      400,
      'INVALID_REQUEST',
      /a part has no name/,
    ],
    ['a second token', tokenPart, 400, 'INVALID_REQUEST', /'token' came twice/],
    ['a second file where one is taken', photoPart, 400, 'INVALID_REQUEST', /'photo': expected one value/],
    [
      'a value for the file in the body',
      disposition('name="body"', '{"photo":"x"}'),
      400,
      'INVALID_REQUEST',
      /'photo': expected one value/,
    ],
    [
      'a forbidden name',
      disposition('name="__proto__"; filename="x"', 'x'),
      400,
      'INVALID_REQUEST',
      /'__proto__' is not accepted/,
    ],
    [
      'a forbidden name further in',
      disposition('name="photo.constructor"; filename="x"', 'x'),
      400,
      'INVALID_REQUEST',
      /not accepted/,
    ],
    ['a body that is no JSON', disposition('name="body"', '{oops}'), 400, 'INVALID_JSON', /./],
    [
      'a body with a forbidden key',
      disposition('name="body"', '{"a":{"__proto__":1}}'),
      400,
      'INVALID_JSON',
      /'__proto__'/,
    ],
    [
      'a body nested too deep',
      disposition('name="body"', '['.repeat(65) + ']'.repeat(65)),
      400,
      'INVALID_JSON',
      /deeper than 64/,
    ],
    [
      'a body that is an array',
      disposition('name="body"', '[]'),
      422,
      'VALIDATION_ERROR',
      /expected an object/,
    ],
    [
      'a body that is too large',
      disposition('name="body"', `"${'x'.repeat(2000)}"`),
      413,
      'PAYLOAD_TOO_LARGE',
      /'bodyLimit'/,
    ],
    ['an unknown file', disposition('name="picture"; filename="x"', 'x'), 422, 'VALIDATION_ERROR', /picture/],
  ])('%s', async (_, part, status, code, error) => {
    await start(one, { bodyLimit: 1000 });
    const answer = await bad(formText(tokenPart, photoPart, part));
    expect(answer).toMatchObject({ status, code, error: expect.stringMatching(error) });
  });

  test('a body that is not UTF-8', async () => {
    await start();
    const text = formText(tokenPart, photoPart, disposition('name="body"', '{"caption":"@"}'));
    const bytes = Buffer.from(text);
    bytes[bytes.lastIndexOf('@')] = 0xff;
    expect(await bad(bytes)).toMatchObject({ code: 'INVALID_JSON', error: /UTF-8/ });
  });

  test('101 parts', async () => {
    await start();
    const parts = Array.from({ length: 100 }, () => disposition('name="photo"; filename="x"', ''));
    expect(await bad(formText(tokenPart, ...parts))).toMatchObject({ status: 413, error: /at most 100/ });
  });

  test('a missing or wrong token', async () => {
    await start();
    expect(await bad(formText(photoPart))).toMatchObject({ status: 401, code: 'MISSING_TOKEN' });
    expect(await bad(formText(disposition('name="token"', ''), photoPart))).toMatchObject({
      code: 'MISSING_TOKEN',
    });
    const wrong = disposition('name="token"', 'wrong-token-0123456789');
    expect(await bad(formText(wrong, photoPart))).toMatchObject({ status: 401, code: 'INVALID_TOKEN' });
    expect(await bad(formText(photoPart, wrong))).toMatchObject({ code: 'INVALID_TOKEN' });
    expect(await bad(formText(disposition('name="token"', 'x'.repeat(9000))))).toMatchObject({ status: 400 });
    expect(JSON.stringify(app.logs.lines)).not.toContain('wrong-token');
  });
});

describe('limits', () => {
  test('200 MB are refused before they are sent', async () => {
    await start();
    const connection = await connect();
    connection.send(head(`Authorization: Bearer ${businessToken}\r\nContent-Length: 200000000`));
    const answer = await connection.read();
    expect(answer.status).toBe(413);
    expect(JSON.parse(answer.text)).toMatchObject({
      code: 'PAYLOAD_TOO_LARGE',
      error: expect.stringContaining("expected at most 67108864 bytes, got '200000000'; 'uploadLimit'"),
    });
  });

  test('an upload without a length is refused as soon as it is too large', async () => {
    await start(one, { uploadLimit: 300_000 });
    const connection = await connect();
    connection.send(head('Transfer-Encoding: chunked'));
    const chunk = (text: string) => connection.send(`${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`);
    chunk(
      `--${boundary}\r\n${tokenPart}\r\n--${boundary}\r\n${disposition('name="photo"; filename="a"', '')}`,
    );
    for (let sent = 0; sent <= 300_000; sent += 50_000) chunk('x'.repeat(50_000));
    // It has not ended yet: the answer does not wait for it.
    expect((await connection.read()).status).toBe(413);
    await until(async () => (await folders()).length === 0);
  });

  test('exactly the limit is taken, and the body’s own limit does not count for files', async () => {
    const text = formText(tokenPart, disposition('name="photo"; filename="a"', 'x'.repeat(500_000)));
    await start(one, { uploadLimit: text.length, bodyLimit: 100 });
    expect((await postText(text)).json).toMatchObject({ data: { size: 500_000 } });
    app.config = { ...app.config, uploadLimit: text.length - 1 };
    expect((await postText(text)).status).toBe(413);
  });

  test('a wrong token is refused before the file comes', async () => {
    await start();
    const byHeader = await connect();
    byHeader.send(head('Authorization: Bearer wrong\r\nContent-Length: 20000000'));
    expect((await byHeader.read()).status).toBe(401);
    const byPart = await connect();
    byPart.send(
      `${head('Content-Length: 20000000')}--${boundary}\r\n${disposition('name="token"', 'wrong')}\r\n--${boundary}\r\n`,
    );
    expect((await byPart.read()).status).toBe(401);
  });

  test('a client that asks first is told to send, or not to', async () => {
    await start();
    const expecting = (authorization: string, length: number) =>
      head(`Authorization: Bearer ${authorization}\r\nExpect: 100-continue\r\nContent-Length: ${length}`);
    const refused = await connect();
    refused.send(expecting('wrong', 2_000_000));
    expect((await refused.read()).status).toBe(401);
    const text = formText(disposition('name="photo"; filename="a"', 'x'.repeat(2_000_000)));
    const accepted = await connect();
    accepted.send(expecting(businessToken, text.length));
    expect((await accepted.read()).status).toBe(100);
    accepted.send(text);
    expect(JSON.parse((await accepted.read()).text)).toMatchObject({ data: { size: 2_000_000 } });
  });

  test('of uploads whose token has not come yet, 16 at once write to the disk', async () => {
    await start();
    const waiting: RawConnection[] = [];
    for (let n = 0; n < 16; n++) {
      const connection = await connect();
      connection.send(
        `${head('Content-Length: 1000000')}--${boundary}\r\n${disposition('name="photo"; filename="a"', 'x')}`,
      );
      waiting.push(connection);
    }
    await until(async () => (await folders()).length === 16);
    expect((await post(form(photo, token))).json).toMatchObject({ code: 'OVERLOADED' });
    expect((await post(form(token, photo))).status).toBe(200);
    for (const { socket } of waiting) socket.destroy();
    await until(async () => (await folders()).length === 0);
    expect((await post(form(photo, token))).status).toBe(200);
  });
});

describe('the file', () => {
  test('lies on the disk, for its owner only, while the function runs', async () => {
    let seen: { dir: number; file: number } | undefined;
    await start({
      ...one,
      fn: async (photo: File) => {
        const [folder = ''] = await folders();
        const dir = join(tmpdir(), folder);
        const [name = ''] = await readdir(dir);
        seen = { dir: (await stat(dir)).mode & 0o777, file: (await stat(join(dir, name))).mode & 0o777 };
        const first = await photo.slice(0, 3).text();
        return first + (photo instanceof Blob);
      },
    });
    expect((await post(form(token, photo))).json['data']).toBe('pixtrue');
    expect(seen).toEqual({ dir: 0o700, file: 0o600 });
  });

  test('of 20 MB costs no such memory', async () => {
    let sum = 0;
    await start({
      ...one,
      fn: async (photo: File) => {
        for await (const chunk of photo.stream() as unknown as AsyncIterable<Uint8Array>) sum += chunk.length;
        return sum;
      },
    });
    const big = new Blob([Buffer.alloc(20_000_000, 1)]);
    expect((await post(form(token, ['photo', big, 'big']))).json['data']).toBe(20_000_000);
  });

  test.each([
    [
      'fails',
      () => {
        throw new Error('no');
      },
      500,
    ],
    ['passes its deadline', () => new Promise(() => {}), 504],
  ])('is removed when the function %s', async (_, fn, status) => {
    await start({ ...one, fn, options: { timeout: 0.1 } });
    expect((await post(form(token, photo))).status).toBe(status);
    expect(await folders()).toEqual([]);
  });

  test('is removed when the body does not fit', async () => {
    await start();
    expect((await post(form(token, photo, ['body', '{"caption":1}']))).status).toBe(422);
    expect(await folders()).toEqual([]);
  });

  test('is removed when the client leaves in the middle', async () => {
    await start();
    const connection = await connect();
    connection.send(
      `${head('Content-Length: 1000000')}--${boundary}\r\n${tokenPart}\r\n--${boundary}\r\n${disposition('name="photo"; filename="a"', 'x')}`,
    );
    await until(async () => (await folders()).length === 1);
    connection.socket.destroy();
    await until(async () => (await folders()).length === 0 && requestLines().length === 1);
    expect(requestLines()[0]).toMatchObject({ status: 499 });
    expect(app.logs.of('error')).toEqual([]);
    expect(app.endpoint('/demo/up').instance.inFlight).toBe(0);
  });

  test('stays while a stream is made of it', async () => {
    await start({
      ...one,
      fn: async function* (photo: File, _: string, ctx: CallContext) {
        yield photo.name;
        await pause(50);
        yield await photo.text();
        expect(ctx.requestId).toEqual(expect.any(String));
      },
      contextIndex: 2,
    });
    const answer = await fetch(`${app.url}/demo/up`, { method: 'POST', body: form(token, photo) });
    expect(await answer.text()).toContain('data: "pixels"');
    await until(async () => (await folders()).length === 0);
  });

  test('may be passed on as a Response', async () => {
    await start({ ...one, fn: (photo: File) => new Response(photo.stream()) });
    const answer = await fetch(`${app.url}/demo/up`, { method: 'POST', body: form(token, photo) });
    expect(await answer.text()).toBe('pixels');
    await until(async () => (await folders()).length === 0);
  });
});

test('leftovers of killed processes are removed at the start, those of others are not', async () => {
  const child = spawn(process.execPath, ['-e', '']);
  await once(child, 'exit');
  const host = hostname().replaceAll(/[^\w.]/g, '_');
  const dir = join(tmpdir(), `sweep-${process.pid}`);
  const names = {
    dead: `api-deploy-upload-${host}-${child.pid}-abcdef`,
    running: `api-deploy-upload-${host}-${process.ppid}-abcdef`,
    own: `api-deploy-upload-${host}-${process.pid}-abcdef`,
    ownBefore: `api-deploy-upload-${host}-${process.pid}-before`,
    away: `api-deploy-upload-elsewhere-1-abcdef`,
    awayOld: `api-deploy-upload-elsewhere-1-oldold`,
    other: `something-else`,
  };
  try {
    for (const name of Object.values(names)) {
      await mkdir(join(dir, name), { recursive: true });
      await writeFile(join(dir, name, '1'), 'x');
    }
    const old = new Date(Date.now() - 2 * 86_400_000);
    for (const name of [names.ownBefore, names.awayOld]) await utimes(join(dir, name), old, old);
    await sweepUploads(dir);
    expect((await readdir(dir)).sort()).toEqual([names.running, names.own, names.away, names.other].sort());
  } finally {
    await rm(dir, { recursive: true });
  }
  await start();
});
