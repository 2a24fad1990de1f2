import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startServer, type TestServer } from '../support/start-server.ts';

const head = `import { apiFunction, onDispose, onLoad } from 'api-deploy';\n`;
const tail = (version: number): string => `export const version = apiFunction((): number => ${version});\n`;

let server: TestServer;
beforeAll(async () => {
  server = await startServer({
    env: { BLOCK_TIMEOUT: '1 s', LOAD_TIMEOUT: '1 s' },
    files: { 'm.ts': head + tail(1), 'beside.ts': head + tail(7) },
  });
});
afterAll(() => server.stop());

const files: Readonly<Record<string, readonly [text: string, line: number | undefined]>> = {
  'a loop at the top': ['const n = 1;\nfor (;;) {}\n', 3],
  'a loop in a function that the top calls': ['function spin() {\n  for (;;) {}\n}\nspin();\n', 3],
  'a regular expression at the top': ["\n/^(a+)+$/.test('a'.repeat(60) + 'b');\n", 3],
  'a static block': ['export class A {\n  static {\n    for (;;) {}\n  }\n}\n', 4],
  'a decorator': [
    'const spin = (target: unknown): void => {\n  for (;;) {}\n};\n@spin\nexport class A {}\n',
    3,
  ],
  'a reviver of JSON.parse': ["JSON.parse('[1]', () => {\n  for (;;) {}\n});\n", 3],
  'an onLoad hook': ['onLoad(() => {\n  for (;;) {}\n});\n', 3],
  'an onLoad hook that loops after an await': [
    'onLoad(async () => {\n  await Promise.resolve();\n  for (;;) {}\n});\n',
    undefined,
  ],
};

it('what a file leaves behind may loop: the reload goes on', async () => {
  await server.write('m.ts', `${head}void Promise.resolve().then(() => {\n  for (;;) {}\n});\n${tail(2)}`);
  await server.until('/m/version', ({ json }) => json.data === 2);
  await server.write('m.ts', head + tail(1));
  await server.until('/m/version', ({ json }) => json.data === 1);
  expect(JSON.stringify(await server.logLines())).toMatch(/code outside every call blocked .*m\.ts:\d/);
});

it.each(Object.entries(files))('%s: the last good version serves on', async (_, [text, line]) => {
  await server.write('m.ts', head + text + tail(2));
  const failed = await server.until('/', ({ json }) => json.data.modules.some(failing));
  const { error } = failed.json.data.modules.find(failing) as { error: Record<string, unknown> };
  expect(error).toMatchObject({ file: 'apis/m.ts', ...(line === undefined ? {} : { line }) });
  expect(error['cause']).toMatch(/loadTimeout/);
  expect((await server.call('/m/version')).json.data).toBe(1);
  expect((await server.call('/beside/version')).json.data).toBe(7);
  await server.write('m.ts', head + tail(1));
  await server.until('/', ({ json }) => !json.data.modules.some(failing));
});

const failing = ({ error }: { error?: unknown }): boolean => error !== undefined;

it('a package that loops while it is loaded fails whoever imports it, and nothing else', async () => {
  const dir = join(server.dir, 'node_modules/spins');
  await mkdir(dir, { recursive: true });
  await writeFile(
    join(dir, 'package.json'),
    '{"name":"spins","version":"1.0.0","type":"module","main":"index.js"}',
  );
  await writeFile(join(dir, 'index.js'), 'for (;;) {}\n');
  await server.write('p.ts', `${head}import 'spins';\n${tail(1)}`);
  const failed = await server.until('/', ({ json }) => json.data.modules.some(failing));
  const { error } = failed.json.data.modules.find(failing) as { error: Record<string, unknown> };
  expect(error).toMatchObject({ file: 'apis/p.ts', line: 2 });
  expect(error['cause']).toMatch(/package 'spins': did not load within 1 s/);
  expect((await server.call('/m/version')).json.data).toBe(1);
  expect(JSON.stringify(await server.logLines())).toMatch(/node_modules\/spins\/index\.js:1/);
  await server.remove('p.ts');
  await server.until('/', ({ json }) => !json.data.modules.some(failing));
});

it('an onDispose hook that loops holds up the reload for a while, and is logged', async () => {
  await server.write('m.ts', `${head}onDispose(() => {\n  for (;;) {}\n});\n${tail(3)}`);
  await server.until('/m/version', ({ json }) => json.data === 3);
  await server.write('m.ts', head + tail(4));
  await server.until('/m/version', ({ json }) => json.data === 4);
  await server.write('m.ts', head + tail(5));
  await server.until('/m/version', ({ json }) => json.data === 5);
  const lines = (await server.logLines()).filter(({ message }) =>
    /^onDispose of .*m\.ts failed/.test(String(message)),
  );
  expect(lines).toHaveLength(1);
});

it('a helper that loops does not serve half to the next file that imports it', async () => {
  await server.write('_h.ts', 'for (;;) {}\nexport const value = 1;\n');
  const text = `${head}import { value } from './_h.ts';\nexport const get = apiFunction((): number => value);\n`;
  await server.write('x.ts', text);
  await server.write('y.ts', text);
  const answer = await server.admin('/api/reload');
  const failures = (await server.get('/')).json.data.modules.filter(failing) as { name: string }[];
  expect(answer.status).toBe(200);
  expect(failures.map(({ name }) => name).sort()).toEqual(['x', 'y']);
});
