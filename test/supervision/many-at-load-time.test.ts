import { afterAll, beforeAll, expect, it } from 'vitest';
import { startServer, type TestServer } from '../support/start-server.ts';

const head = `import { apiFunction } from 'api-deploy';\nconst seen = globalThis as { evaluated?: string[] };\n`;
const moduleOf = (name: string, top = ''): string =>
  `${head}(seen.evaluated ??= []).push('${name}');\n${top}export const evaluated = apiFunction((): string[] => seen.evaluated ?? []);\n`;

/** Quick ones around those that fail: all of them are loaded under few time limits. */
const good = Array.from({ length: 120 }, (_, index) => `m${index}`);
const loops = ['m30a', 'm30b', 'm99a'];
const throws = 'm60a';

let server: TestServer;
beforeAll(async () => {
  server = await startServer({
    env: { LOAD_TIMEOUT: '1 s' },
    files: Object.fromEntries([
      ...good.map((name) => [`${name}.ts`, moduleOf(name)]),
      ...loops.map((name) => [`${name}.ts`, moduleOf(name, 'for (;;) {}\n')]),
      [`${throws}.ts`, moduleOf(throws, "throw new Error('no luck today');\n")],
      ['bad name.ts', moduleOf('bad name')],
    ]),
  });
});
afterAll(() => server.stop());

interface Listed {
  readonly error?: { readonly file: string; readonly line?: number; readonly cause: string };
}

it('of many modules, those fail that loop or throw, each with its own cause and line; all others serve', async () => {
  const { modules } = (await server.until('/', () => true)).json.data as { modules: Listed[] };
  const failed = modules.flatMap(({ error }) => (error === undefined ? [] : [error]));
  const found = failed.map(({ file, line, cause }) => [file, line, /within 1 s|luck|name/.exec(cause)?.[0]]);
  const expected = [
    ['apis/bad name.ts', undefined, 'name'],
    ...loops.map((name) => [`apis/${name}.ts`, 4, 'within 1 s']),
    [`apis/${throws}.ts`, 4, 'luck'],
  ];
  expect(new Set(found)).toEqual(new Set(expected));
  expect(found).toHaveLength(expected.length);
  expect(modules.filter(({ error }) => error === undefined)).toHaveLength(good.length);
});

it('each was evaluated once, apart from the one whose name cannot be served', async () => {
  const { data } = (await server.call('/m7/evaluated')).json as { data: string[] };
  expect(data.toSorted()).toEqual([...good, ...loops, throws].sort());
});
