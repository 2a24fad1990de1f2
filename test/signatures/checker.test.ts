import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { createCheckerProject, signatureOf, type CheckerProject } from './checker-project.ts';

const projects: CheckerProject[] = [];
async function start(...args: Parameters<typeof createCheckerProject>): Promise<CheckerProject> {
  const project = await createCheckerProject(...args);
  projects.push(project);
  return project;
}
afterEach(async () => {
  await Promise.all(projects.splice(0).map((project) => project.end()));
});

const api = "import { apiFunction } from 'api-deploy';\n";
const shapeOf = async (project: CheckerProject, file: string): Promise<unknown> => {
  const result = await project.derive([file]);
  return signatureOf(result.get(project.path(file))!.functions['f']).parameters[0]!.shape;
};

describe('exports', () => {
  it('takes marked functions only, through every kind of export', async () => {
    const project = await start();
    await project.write(
      '_lib/more.ts',
      `${api}export const more = apiFunction((a: string) => a); export const helper = () => 1;`,
    );
    const { functions } = await project.save(
      'all.ts',
      `${api}import { more as again } from './_lib/more.ts';
export * from './_lib/more.ts';
export { more as other } from './_lib/more.ts';
export { again };
export class Thing {}
export type T = string;
export const constant = 3;
export function plain() { return 1; }
export const f: () => number = apiFunction(() => 1);
export default apiFunction((b: number) => b);
`,
    );
    expect(Object.keys(functions).toSorted()).toEqual(['again', 'default', 'more', 'other']);
  });

  it('takes named exports whose type hides the mark', async () => {
    const project = await start();
    const text = `${api}export const f: (a: string) => number = apiFunction((a: string) => a.length);\nexport const g = 1;`;
    const { functions } = await project.save('hidden.ts', text, ['f', 'g']);
    expect(signatureOf(functions['f']).parameters[0]).toMatchObject({ name: 'a', shape: { kind: 'string' } });
    expect(functions['g']).toMatchObject({ problem: { message: "'g' is not a function" } });
  });

  const nothing = { functions: {}, dependencies: [], warnings: [], typeErrors: [] };
  it('gives nothing for files without exports, with syntax errors, or that are not there', async () => {
    const project = await start();
    expect(await project.save('empty.ts', '')).toEqual({ ...nothing, bodies: [] });
    expect(
      (await project.save('broken.ts', `${api}export const f = apiFunction((a: string => a;`)).dependencies,
    ).toEqual([]);
    expect((await project.derive(['gone.ts'])).get(project.path('gone.ts'))).toEqual(nothing);
  });
});

describe('type errors', () => {
  it('come when asked for, syntax first, with places and reasons', async () => {
    const project = await start();
    const text = `${api}interface A { a: { b: string } }
export const f = apiFunction((): A => ({ a: { b: 1 } }));
const wrong: number = 'x';
export const g = apiFunction(() => missing);
export const h = 1 +;
`;
    await project.save('a.ts', text);
    expect((await project.derive(['a.ts'])).get(project.path('a.ts'))!.typeErrors).toEqual([]);
    const checked = await project.derive(['a.ts'], { typeErrors: true });
    const { typeErrors, functions } = checked.get(project.path('a.ts'))!;
    expect(Object.keys(functions)).toEqual(['f', 'g']);
    expect(typeErrors.every(({ file }) => file === project.path('a.ts'))).toBe(true);
    expect(typeErrors.map(({ line, column, message }) => `${line}:${column} ${message}`)).toEqual([
      '6:21 TS1109: Expression expected.',
      "3:47 TS2322: Type 'number' is not assignable to type 'string'.",
      "4:7 TS2322: Type 'string' is not assignable to type 'number'.",
      "5:36 TS2304: Cannot find name 'missing'.",
    ]);
  });
});

describe('changes', () => {
  it('lists dependencies, through type-only imports and cycles, and imports that are not there yet', async () => {
    const project = await start();
    await project.write('_lib/types.ts', "import type { B } from './deeper/b';\nexport interface A { b: B }");
    await project.write(
      '_lib/deeper/b.ts',
      "import type { A } from '../types.js';\nexport type B = { a?: A };\nexport type Q = import('../query').Query;",
    );
    await project.write('_lib/query.d.ts', 'export interface Query { q: string }');
    await project.write('_lib/globals.d.ts', 'declare interface Everywhere { e: number }');
    await project.write('_lib/data.json', '{"a":1}');
    const text = `/// <reference path="./_lib/globals.d.ts" />\n${api}import type { A } from './_lib/types.ts';\nimport type { Later } from './_lib/later';
import data from './_lib/data.json' with { type: 'json' };\nimport fs from 'node:fs';\nimport { z } from 'zod';\nvoid [data, fs, z];
export const f = apiFunction((a: Everywhere) => a); export type X = [A, Later];`;
    const { dependencies } = await project.save('a.ts', text);
    const names = dependencies.map((file) => path.relative(project.root, file)).toSorted();
    expect(names).toEqual([
      '_lib/data.json',
      '_lib/deeper/b.ts',
      '_lib/globals.d.ts',
      '_lib/later.d.ts',
      '_lib/later.mts',
      '_lib/later.ts',
      '_lib/later/index.ts',
      '_lib/query.d.ts',
      '_lib/types.ts',
    ]);
  });

  it('derives anew after a type in an imported file changed, was added or removed', async () => {
    const project = await start();
    const before = 'export type A = string;';
    await project.write('_lib/types.ts', before);
    await project.save(
      'a.ts',
      `${api}import type { A } from './_lib/types.ts';\nexport const f = apiFunction((a: A) => a);`,
    );
    expect(await shapeOf(project, 'a.ts')).toEqual({ kind: 'string' });
    await project.derive(['a.ts'], { changed: { '_lib/types.ts': 'export type A = number;' } });
    expect(await shapeOf(project, 'a.ts')).toEqual({ kind: 'number' });
    await project.derive(['a.ts'], { removed: ['_lib/types.ts'] });
    expect((await project.derive(['a.ts'])).get(project.path('a.ts'))!.functions['f']).toMatchObject({
      problem: { line: 3, column: 31 },
    });
    await project.derive(['a.ts'], { changed: { '_lib/types.ts': 'export type A = boolean;' } });
    expect(await shapeOf(project, 'a.ts')).toEqual({ kind: 'boolean' });
  });

  it('takes files that come and go, and the given text before the disk', async () => {
    const project = await start();
    await project.save('a.ts', `${api}export const f = apiFunction((a: string) => a);`);
    await project.save('b.ts', `${api}import { f } from './a.ts';\nexport { f };`);
    expect(await shapeOf(project, 'b.ts')).toEqual({ kind: 'string' });
    await project.derive(['b.ts'], { removed: ['a.ts'] });
    expect((await project.derive(['b.ts'])).get(project.path('b.ts'))!.functions).toEqual({});
    await project.derive(['a.ts'], {
      changed: { 'a.ts': `${api}export const f = apiFunction((a: number) => a);` },
    });
    expect(await shapeOf(project, 'b.ts')).toEqual({ kind: 'number' });
    expect(await readFile(project.path('a.ts'), 'utf8')).toContain('a: string');
  });

  it('gives each of many requests its own answer', async () => {
    const project = await start();
    const types = ['string', 'number', 'boolean', 'null'];
    const answers = await Promise.all(
      types.map((type) =>
        project.derive(['a.ts'], {
          changed: { 'a.ts': `${api}export const f = apiFunction((a: ${type}) => a);` },
        }),
      ),
    );
    expect(
      answers.map(
        (answer) => signatureOf(answer.get(project.path('a.ts'))!.functions['f']).parameters[0]!.shape.kind,
      ),
    ).toEqual(types);
  });
});

describe('settings', () => {
  it("keeps the user's tsconfig: paths, global declarations, decorators", async () => {
    const project = await start({ folder: 'app/apis' });
    const config = path.join(project.root, '..', 'tsconfig.json');
    await project.write(
      '../tsconfig.json',
      `{ // a comment
      "compilerOptions": { "strict": false, "module": "commonjs", "experimentalDecorators": true, "paths": { "@lib/*": ["./lib/*"] } }, "include": ["."] }`,
    );
    await project.write('../lib/money.ts', 'export type Money = { cents: number };');
    await project.write('../env.d.ts', 'declare type Everywhere = "e" | null;');
    const second = await createSecond(project.root, config);
    const text = `${api}import type { Money } from '@lib/money';\nexport const f = apiFunction((a: Money, b: Everywhere) => [a, b]);`;
    const { functions, dependencies } = await second.save('a.ts', text);
    const { definitions } = signatureOf(functions['f']);
    expect(Object.entries(definitions).map(([name, { shape }]) => [name, shape.kind])).toEqual([
      ['Money', 'object'],
      ['Everywhere', 'union'],
    ]);
    expect(dependencies.map((file) => path.basename(file)).toSorted()).toEqual(['env.d.ts', 'money.ts']);
  });

  it('works with a tsconfig that is broken or missing', async () => {
    const project = await start();
    await project.write('tsconfig.json', '{ "compilerOptions": { "paths": ');
    for (const name of ['tsconfig.json', 'none.json']) {
      const second = await createSecond(project.root, project.path(name));
      const { functions } = await second.save(
        'a.ts',
        `${api}export const f = apiFunction((a?: string) => a);`,
      );
      expect(signatureOf(functions['f']).parameters[0]!.shape).toEqual({ kind: 'string' });
    }
  });

  async function createSecond(root: string, tsconfigFile: string): Promise<CheckerProject> {
    return start({ root, tsconfigFile });
  }
});

describe('the process', () => {
  it('is replaced when it dies', async () => {
    const project = await start();
    await project.save('a.ts', `${api}export const f = apiFunction((a: string) => a);`);
    for (let n = 0; n < 3; n += 1) {
      const [pid] = await checkerProcesses(project.root);
      process.kill(pid!, 'SIGKILL');
      if (n === 1) await sleep(100);
      expect(await shapeOf(project, 'a.ts')).toEqual({ kind: 'string' });
    }
  });

  it('is ended at the deadline, and the next request starts anew with all it was told', async () => {
    const project = await start({ deadline: 5 });
    await project.derive(['a.ts'], {
      changed: { 'a.ts': `${api}export const f = apiFunction((a: string) => a);` },
    });
    const [pid] = await checkerProcesses(project.root);
    process.kill(pid!, 'SIGSTOP');
    await expect(project.derive(['a.ts'])).rejects.toThrow('took longer than 5 s');
    expect(await shapeOf(project, 'a.ts')).toEqual({ kind: 'string' });
    expect(await checkerProcesses(project.root)).not.toContain(pid);
  });

  it('ends when nobody asks, and the next request starts anew with all it was told', async () => {
    const project = await start({ idle: 0.2 });
    await project.derive(['a.ts'], {
      changed: { 'a.ts': `${api}export const f = apiFunction((a: string) => a);` },
    });
    await vanished(project.root);
    expect(await shapeOf(project, 'a.ts')).toEqual({ kind: 'string' });
  });

  it('ends with close, also in the middle of a request', async () => {
    const project = await start();
    await project.save('a.ts', `${api}export const f = apiFunction((a: string) => a);`);
    const [pid, ...others] = await checkerProcesses(project.root);
    expect(others).toEqual([]);
    // So that the request is surely still under way.
    process.kill(pid!, 'SIGSTOP');
    const running = project.derive(['a.ts'], { changed: { 'a.ts': `${api}export const f = 1;` } });
    const outcome = running.catch((error: unknown) => error);
    await sleep(1);
    await Promise.all([project.checker.close(), project.checker.close()]);
    expect(String(await outcome)).toMatch(/the signature checker (was|is) closed/);
    await vanished(project.root);
    await expect(project.derive(['a.ts'])).rejects.toThrow('the signature checker is closed');
  });
});

/** Checker processes that were started for this folder. */
async function checkerProcesses(root: string): Promise<number[]> {
  const found: number[] = [];
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const command = await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '');
    if (command.includes('--api') && command.split('\0').includes(root)) found.push(Number(name));
  }
  return found;
}

async function vanished(root: string): Promise<void> {
  while ((await checkerProcesses(root)).length > 0) await sleep(20);
}
