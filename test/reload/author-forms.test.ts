import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startServer, withoutRequests, type TestServer } from '../support/start-server.ts';

const header = `import { apiFunction } from 'api-deploy';\n`;

const files: Record<string, string> = {
  '_lib/plain.ts': `export const plain = 'plain'; export default 'default of plain';`,
  '_lib/js-ending.ts': `export const viaJs = 'js ending';`,
  '_lib/folder/index.ts': `export const fromIndex = 'index';`,
  '_lib/data.json': `{"answer": 42, "nested": {"list": [1, 2]}}`,
  '_lib/only-types.ts': `export interface Only { n: number } export class Used { static readonly tag = 'class'; }`,
  '_lib/old.cjs': `module.exports = { old: 'commonjs', double: (n) => n * 2 };`,
  '_lib/lazy.ts': `import { onLoad } from 'api-deploy'; export let ready = false; onLoad(async () => { ready = true; });`,
  '_lib/computed.ts': `export const computed = 'computed';`,
  '_lib/wrapped.ts': `${header}export const shared = apiFunction((n: number) => n + 1); export const alsoShared = apiFunction(() => 'also');`,
  'imports.ts': `${header}
import fallback, { plain } from './_lib/plain';
import { viaJs } from './_lib/js-ending.js';
import { fromIndex } from './_lib/folder';
import data from './_lib/data.json' with { type: 'json' };
import type { Only } from './_lib/only-types.ts';
import { Used } from './_lib/only-types.ts';
import { old, double } from './_lib/old.cjs';
import { aliased } from '@lib/plain';
import { basename } from 'node:path';
import * as fs from 'fs';
export const all = apiFunction((only: Only) => ({
  fallback, plain, viaJs, fromIndex, data, n: only.n, tag: Used.tag, old: double(4) + old, aliased,
  base: basename('/x/y.txt'), fs: typeof fs.readFileSync,
}));
export const lazily = apiFunction(async () => {
  const { ready } = await import('./_lib/lazy.ts');
  const name = 'comp' + 'uted';
  const { computed } = await import(\`./_lib/\${name}.ts\`);
  const { default: json } = await import('./_lib/data.json', { with: { type: 'json' } });
  const os = await import('node:os');
  return { ready, computed, answer: json.answer, os: typeof os.cpus };
});
`,
  'packages.ts': `${header}
import common, { named } from 'a-commonjs-package';
import { made } from 'a-compiled-package';
import esm, { later } from 'an-esm-package';
import { z } from 'zod';
export const all = apiFunction(() => ({ common: common.named, named, made, esm, later, zod: z.string().parse('z') }));
`,
  'meta.ts': `${header}
export const meta = apiFunction(() => [import.meta.url, import.meta.dirname, import.meta.filename, __filename === import.meta.filename]);
`,
  'syntax.ts': `${header}
enum Colour { Red = 'red', Green = 'green' }
enum Level { Low, High }
const seen: string[] = [];
function track(_value: unknown, context: ClassMethodDecoratorContext) { seen.push(String(context.name)); }
export class Shape { @track area() { return 2; } }
export const constant = 7;
class Resource { static open = 0; constructor() { Resource.open++; } [Symbol.dispose]() { Resource.open--; } }
export const colours = apiFunction((colour: Colour, level: Level = Level.High) => ({ colour, level, seen }));
export const using_ = apiFunction(() => { { using r = new Resource(); void r; } return Resource.open; });
export default apiFunction((a: number, b = 2) => a * b);
`,
  'module.mts': `${header}export const mts = apiFunction(() => 'mts');`,
  'circular-a.ts': `${header}
import { b } from './circular-b.ts';
export const a = () => 'a';
export const both = apiFunction(() => a() + b());
`,
  'circular-b.ts': `${header}
import { a } from './circular-a.ts';
export const b = () => 'b';
export const both = apiFunction(() => b() + a());
`,
  'reexports.ts': `export { shared, alsoShared as renamed } from './_lib/wrapped.ts';`,
  'star.ts': `export * from './_lib/wrapped.ts';`,
  'calls-other.ts': `${header}
import { all } from './packages.ts';
export const direct = apiFunction(() => all().named);
`,
  'context.ts': `import { apiFunction, type CallContext } from 'api-deploy';
export const first = apiFunction((ctx: CallContext, name: string) => [name, ctx.endpoint, ctx.principal.roles, ctx.requestId, ctx.generation > 0, ctx.signal.aborted]);
export const last = apiFunction((name: string, c: CallContext) => [name, c.endpoint]);
export const destructured = apiFunction(({ id, tags = ['none'] }: { id: number; tags?: string[] }, ctx: CallContext) => [id, tags, ctx.endpoint]);
export const rest = apiFunction((first: string, ...others: number[]) => [first, others]);
`,
};

let server: TestServer;
beforeAll(async () => {
  server = await startServer({
    files,
    projectFiles: {
      'tsconfig.json': JSON.stringify({
        compilerOptions: { strict: true, paths: { '@lib/*': ['./aliased/*'] } },
      }),
      'aliased/plain.ts': `export const aliased = 'through paths';`,
      'node_modules/a-commonjs-package/package.json': JSON.stringify({
        name: 'a-commonjs-package',
        main: 'main.js',
        types: 'main.d.ts',
      }),
      'node_modules/a-commonjs-package/main.js': `exports.named = 'from commonjs';`,
      'node_modules/a-commonjs-package/main.d.ts': `export const named: string; declare const all: { named: string }; export default all;`,
      'node_modules/a-compiled-package/package.json': JSON.stringify({
        name: 'a-compiled-package',
        main: 'main.js',
        types: 'main.d.ts',
      }),
      'node_modules/a-compiled-package/main.js': `Object.defineProperty(exports, '__esModule', { value: true }); exports.made = 'compiled from an ES module';`,
      'node_modules/a-compiled-package/main.d.ts': `export const made: string;`,
      'node_modules/an-esm-package/package.json': JSON.stringify({
        name: 'an-esm-package',
        type: 'module',
        exports: { types: './main.d.ts', default: './main.js' },
      }),
      'node_modules/an-esm-package/main.js': `export const later = await Promise.resolve('after await'); export default 'esm only';`,
      'node_modules/an-esm-package/main.d.ts': `export const later: string; declare const esm: string; export default esm;`,
    },
  });
});
afterAll(() => server.stop());

async function data(path: string, body?: unknown): Promise<unknown> {
  const { json } = await server.call(path, body);
  expect(json, `${path}\n${withoutRequests(server.output())}`).toMatchObject({ success: true });
  return json.data;
}

it('local imports: endings, folders, JSON, CommonJS, paths, types', async () => {
  expect(await data('/imports/all', { only: { n: 5 } })).toEqual({
    fallback: 'default of plain',
    plain: 'plain',
    viaJs: 'js ending',
    fromIndex: 'index',
    data: { answer: 42, nested: { list: [1, 2] } },
    n: 5,
    tag: 'class',
    old: '8commonjs',
    aliased: 'through paths',
    base: 'y.txt',
    fs: 'function',
  });
});

it('dynamic imports, literal and computed; onLoad of what is loaded late has run', async () => {
  expect(await data('/imports/lazily')).toEqual({
    ready: true,
    computed: 'computed',
    answer: 42,
    os: 'function',
  });
});

it('a file imported by a computed name is reloaded like any other', async () => {
  await data('/imports/lazily');
  await server.write('_lib/computed.ts', `export const computed = 'changed';`);
  await server.until('/imports/lazily', ({ json }) => json.data.computed === 'changed');
});

it('packages: CommonJS, ESM-only with top-level await, and the runtime’s own', async () => {
  expect(await data('/packages/all')).toEqual({
    common: 'from commonjs',
    named: 'from commonjs',
    made: 'compiled from an ES module',
    esm: 'esm only',
    later: 'after await',
    zod: 'z',
  });
});

it('import.meta', async () => {
  const file = join(server.dir, 'apis/meta.ts');
  expect(await data('/meta/meta')).toEqual([`file://${file}`, join(server.dir, 'apis'), file, true]);
});

it('enums, decorators, using, classes and constants beside functions, a default export, .mts', async () => {
  expect(await data('/syntax/colours', { colour: 'red' })).toEqual({
    colour: 'red',
    level: 1,
    seen: ['area'],
  });
  expect((await server.call('/syntax/colours', { colour: 'blue' })).status).toBe(422);
  expect((await server.call('/syntax/colours', { colour: 'red', level: 2 })).status).toBe(422);
  expect(await data('/syntax/using_')).toBe(0);
  expect(await data('/syntax/default', { a: 4 })).toBe(8);
  expect((await server.call('/syntax/constant')).status).toBe(404);
  expect(await data('/module/mts')).toBe('mts');
});

it('circular imports', async () => {
  expect(await data('/circular-a/both')).toBe('ab');
  expect(await data('/circular-b/both')).toBe('ba');
});

it('functions of helpers, re-exported, and functions that call each other', async () => {
  expect(await data('/reexports/shared', { n: 1 })).toBe(2);
  expect(await data('/reexports/renamed')).toBe('also');
  expect(await data('/star/shared', { n: 2 })).toBe(3);
  expect(await data('/calls-other/direct')).toBe('from commonjs');
  expect((await server.call('/_lib/wrapped/shared', { n: 1 })).status).toBe(404);
});

it('the call context is injected, wherever it stands, and is no part of the body', async () => {
  const [name, endpoint, roles, requestId, generation, aborted] = (await data('/context/first', {
    name: 'n',
  })) as unknown[];
  expect([name, endpoint, roles, generation, aborted]).toEqual([
    'n',
    '/context/first',
    ['business'],
    true,
    false,
  ]);
  expect(requestId).toEqual(expect.any(String));
  expect(await data('/context/last', { name: 'n' })).toEqual(['n', '/context/last']);
  expect(await data('/context/destructured', { id: 1 })).toEqual([1, ['none'], '/context/destructured']);
  expect(await data('/context/rest', { first: 'f', others: [1, 2] })).toEqual(['f', [1, 2]]);
  expect((await server.call('/context/last', { name: 'n', ctx: {} })).status).toBe(422);
});

it('a package that is installed later is found at the next save', async () => {
  const module = `${header}import { late } from 'late-package';\nexport const say = apiFunction(() => late);\n`;
  await server.write('needs-late.ts', module);
  await server.until('/needs-late/say', ({ json }) => /late-package/.test(json.error));
  const folder = join(server.dir, 'node_modules/late-package');
  await mkdir(folder, { recursive: true });
  await writeFile(
    join(folder, 'package.json'),
    JSON.stringify({
      name: 'late-package',
      type: 'module',
      exports: { types: './m.d.ts', default: './m.js' },
    }),
  );
  await writeFile(join(folder, 'm.js'), `export const late = 'installed';`);
  await writeFile(join(folder, 'm.d.ts'), `export const late: string;`);
  await server.write('needs-late.ts', `${module}\n`);
  await server.until('/needs-late/say', ({ json }) => json.data === 'installed');
});
