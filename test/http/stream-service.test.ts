import { createHash, randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { businessToken, startServer, type TestServer } from '../support/start-server.ts';
import { openAnswer, parseEvents, parseLines, type OpenAnswer } from './read-stream.ts';

const files = {
  'feed.ts': `
import { apiFunction, type CallContext } from 'api-deploy';
let open = 0;
export const opened = apiFunction(() => open);
/** Counts. */
export const count = apiFunction(async function* (to: number, pause = 0) {
  for (let n = 1; n <= to; n++) {
    yield { n, at: new Date(0) };
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
});
export const endless = apiFunction(async function* (ctx: CallContext) {
  open++;
  try {
    for (let n = 0; !ctx.signal.aborted; n++) {
      yield \`version one, \${n}\`;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  } finally {
    open--;
  }
});
export const page = apiFunction((name: string) => new Response('<h1>' + name + '</h1>', {
  status: 203, headers: { 'content-type': 'text/html' },
}));
`,
  'files.ts': `
import { createHash } from 'node:crypto';
import { apiFunction } from 'api-deploy';
interface Album { title: string; cover: File; pages?: File[] }
export const digest = apiFunction(async (upload: File, label = 'none') => {
  const hash = createHash('sha256');
  for await (const chunk of upload.stream()) hash.update(chunk);
  return { name: upload.name, size: upload.size, digest: hash.digest('hex'), label };
});
export const album = apiFunction(async ({ title, cover, pages = [] }: Album) => ({
  title, cover: await cover.text(), pages: await Promise.all(pages.map((page) => page.text())),
}));
export const plain = apiFunction((n: number) => n);
`,
};

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ files, env: { UPLOAD_LIMIT: '30 MiB', SHUTDOWN_TIMEOUT: '2 s' } });
});
afterAll(async () => {
  if (server.process.exitCode === null) await server.stop();
});

function ask(path: string, body: unknown = {}, headers: Record<string, string> = {}): Promise<OpenAnswer> {
  return openAnswer(server.url + path, {
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ token: businessToken, body }),
  });
}

async function upload(path: string, parts: Readonly<Record<string, string | readonly Blob[]>>) {
  const form = new FormData();
  for (const [name, value] of Object.entries(parts)) {
    if (typeof value === 'string') form.append(name, value);
    else for (const blob of value) form.append(name, blob, 'file.bin');
  }
  const answer = await fetch(server.url + path, { method: 'POST', body: form });
  return { status: answer.status, json: (await answer.json()) as Record<string, any> };
}

const all = (answer: OpenAnswer): Promise<string> => answer.until(() => false);

test('an async generator is a stream of events, or of lines', async () => {
  const at = '1970-01-01T00:00:00.000Z';
  expect(parseEvents(await all(await ask('/feed/count', { to: 2 })))).toEqual([
    { event: 'data', data: { n: 1, at } },
    { event: 'data', data: { n: 2, at } },
    { event: 'done', data: {} },
  ]);
  const lines = await ask('/feed/count', { to: 1 }, { accept: 'application/x-ndjson' });
  expect(parseLines(await all(lines))).toEqual([{ data: { n: 1, at } }, { done: true }]);
  expect((await server.call('/feed/count', { to: 'x' })).status).toBe(422);
});

test('a stream stays with its generation across saves, and ends when its client leaves', async () => {
  const answer = await ask('/feed/endless');
  await answer.until((text) => text.includes('version one, 1'));
  const before = await server.generation();
  await server.write('feed.ts', files['feed.ts'].replace('version one', 'version two'));
  await server.until('/', ({ json }) => json.data.generation > before);
  const seen = await answer.until((text) => text.includes('version one, 40'));
  expect(seen).not.toContain('version two');
  const newer = await ask('/feed/endless');
  expect(await newer.until((text) => text.includes(', 1'))).toContain('version two, 0');
  expect((await server.call('/feed/opened')).json.data).toBe(1);
  await newer.leave();
  await server.until('/feed/opened', ({ json }) => json.data === 0);
  await answer.leave();
});

test('a Response passes through', async () => {
  const answer = await ask('/feed/page', { name: 'Ada' });
  expect([answer.status, answer.headers.get('content-type'), await all(answer)]).toEqual([
    203,
    'text/html',
    '<h1>Ada</h1>',
  ]);
});

test('files come in whole, and nothing of them stays', async () => {
  const bytes = randomBytes(20_000_000);
  const answer = await upload('/files/digest', {
    token: businessToken,
    body: '{"label":"big"}',
    upload: [new Blob([bytes])],
  });
  expect(answer.json['data']).toEqual({
    name: 'file.bin',
    size: bytes.length,
    digest: createHash('sha256').update(bytes).digest('hex'),
    label: 'big',
  });
  const album = await upload('/files/album', {
    token: businessToken,
    body: '{"title":"Sea"}',
    cover: [new Blob(['front'])],
    pages: [new Blob(['1']), new Blob(['2'])],
  });
  expect(album.json).toMatchObject({ data: { title: 'Sea', cover: 'front', pages: ['1', '2'] } });
  const own = `api-deploy-upload-${hostname().replaceAll(/[^\w.]/g, '_')}-${server.process.pid}-`;
  expect((await readdir(tmpdir())).filter((name) => name.startsWith(own))).toEqual([]);
});

test('what does not fit is refused', async () => {
  const token = businessToken;
  const tooLarge = await upload('/files/digest', { token, upload: [new Blob([Buffer.alloc(32 * 2 ** 20)])] })
    // The connection may be closed before the whole upload was sent; then there is no answer to read.
    .catch(() => ({ status: 413 }));
  expect(tooLarge.status).toBe(413);
  expect(await upload('/files/plain', { token, body: '{"n":1}' })).toMatchObject({ status: 415 });
  expect(await server.call('/files/digest', { upload: 'text' })).toMatchObject({ status: 422 });
  expect((await upload('/files/digest', { token })).json).toMatchObject({
    code: 'VALIDATION_ERROR',
    details: [{ path: 'upload' }],
  });
});

test('the log has one line per stream, with its items', async () => {
  await server.until('/feed/opened', ({ json }) => json.data === 0);
  let lines: Record<string, unknown>[] = [];
  // Request lines may wait up to 100 ms in memory.
  while (lines.length < 3) {
    lines = (await server.logLines()).filter((line) => line['endpoint'] === '/feed/count');
  }
  expect(lines).toMatchObject([
    { kind: 'request', status: 200, items: 2 },
    { kind: 'request', status: 200, items: 1 },
    { kind: 'request', status: 422 },
  ]);
  expect(JSON.stringify(lines)).not.toContain(businessToken);
});

test('a stop ends streams in time, and the process in order', async () => {
  const answer = await ask('/feed/endless');
  await answer.until((text) => text.includes('data'));
  const stopped = server.stop();
  expect(parseEvents(await all(answer)).at(-1)).toMatchObject({
    event: 'error',
    data: { code: 'SHUTTING_DOWN' },
  });
  expect(await stopped).toBe(0);
  expect(server.output()).not.toMatch(/ were cut|Warning/);
});
