import { chmod, mkdir, rename, rm, symlink, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer, type Answer, type TestServer } from '../support/start-server.ts';
import { callSteadily, type SteadyCalls } from '../support/steady-calls.ts';

const header = `import { apiFunction } from 'api-deploy';\n`;
const says = (text: string) => `${header}export const say = apiFunction(() => '${text}');\n`;
const answers = (data: unknown) => (answer: Answer) => answer.json?.data === data;
const isRoot = process.getuid?.() === 0;

interface Failure {
  readonly file: string;
  readonly line?: number;
  readonly cause: string;
  readonly since: string;
}

function failureOf(state: Answer, module: string): Failure | undefined {
  return state.json.data.modules.find(({ name }: { name: string }) => name === module)?.error;
}

interface Kind {
  readonly name: string;
  readonly module?: string;
  readonly file?: string;
  readonly line?: number;
  readonly cause: RegExp;
  readonly break: (path: (name: string) => string) => Promise<unknown>;
  readonly mend: (path: (name: string) => string) => Promise<unknown>;
  readonly skip?: boolean;
}

/** `m.ts` is good again, whatever stands in its place. */
const mendM: Kind['mend'] = async (path) => {
  await rm(path('m.ts'), { recursive: true, force: true });
  await writeFile(path('m.ts'), says('good'));
};
const saveM = (text: string): Pick<Kind, 'break' | 'mend'> => ({
  break: (path) => writeFile(path('m.ts'), text),
  mend: mendM,
});
/** A file beside it that can never be served. */
const badName = (file: string): Pick<Kind, 'module' | 'file' | 'break' | 'mend'> => ({
  module: file.replace(/\.ts$/, ''),
  file: `apis/${file}`,
  async break(path) {
    await mkdir(join(path(file), '..'), { recursive: true });
    await writeFile(path(file), says('never'));
  },
  mend: (path) => rm(path(file)),
});

const kinds: readonly Kind[] = [
  {
    name: '__proto__ as the name of a function',
    ...saveM(`${header}const f = apiFunction(() => 1);\nexport { f as __proto__ };\n`),
    cause: /'__proto__' cannot be an endpoint's name/,
  },
  {
    name: 'constructor as the name of a function',
    ...saveM(`${header}const f = apiFunction(() => 1);\nexport { f as constructor };\n`),
    cause: /'constructor' cannot be an endpoint's name/,
  },
  {
    name: 'a function named in Unicode',
    ...saveM(`${header}export const größe = apiFunction(() => 1);\n`),
    cause: /'größe' cannot be part of an endpoint's path: expected/,
  },
  {
    name: 'the same function twice',
    ...saveM(`${says('once')}export const say = apiFunction(() => 'twice');\n`),
    line: 3,
    cause: /"say" has already been declared|Multiple exports/,
  },
  {
    name: 'a file over maxFileSize',
    // In one step: its beginning alone, written in parts, would be a good file.
    async break(path) {
      await writeFile(path('_large.tmp'), `${says('large')}// ${'x'.repeat(2 ** 20)}\n`);
      await rename(path('_large.tmp'), path('m.ts'));
    },
    mend: mendM,
    cause: /has 10\d{5} bytes; expected 1048576 at most \(maxFileSize\)/,
  },
  {
    name: 'a link in a circle',
    async break(path) {
      await symlink('m.ts', path('_circle.ts'));
      await unlink(path('m.ts'));
      await symlink('_circle.ts', path('m.ts'));
    },
    async mend(path) {
      await rm(path('_circle.ts'));
      await mendM(path);
    },
    cause: /cannot be read: ELOOP/,
  },
  {
    name: 'a file that may not be read',
    // Whoever is root may read everything: there is nothing to be refused.
    skip: isRoot,
    break: (path) => chmod(path('m.ts'), 0),
    mend: (path) => chmod(path('m.ts'), 0o644),
    cause: /cannot be read: EACCES/,
  },
  {
    name: 'a circle of imports that needs what is not there yet',
    async break(path) {
      await writeFile(path('_circle.ts'), `import { base } from './m.ts';\nexport const more = base + 1;\n`);
      await writeFile(
        path('m.ts'),
        `import { more } from './_circle.ts';\nexport const base = 1;\n${says('circle')}console.log(more);\n`,
      );
    },
    async mend(path) {
      await mendM(path);
      await rm(path('_circle.ts'));
    },
    cause: /Cannot access 'base' before initialization/,
  },
  { name: 'a reserved name', ...badName('docs.ts'), cause: /'\/docs' is reserved for the runtime; rename/ },
  { name: 'a reserved folder', ...badName('api/x.ts'), cause: /'\/api' is reserved/ },
  { name: 'a name with dots', ...badName('with.dots.ts'), cause: /'with\.dots' cannot be part of/ },
  { name: 'a name in Unicode', ...badName('größe.ts'), cause: /'größe' cannot be part of/ },
  { name: 'a malformed name', ...badName('1st.ts'), cause: /'1st' cannot be part of/ },
  {
    name: 'a second file for the same name',
    ...badName('m.mts'),
    module: 'm',
    cause: /'\/m' is served by .*m\.ts already; rename one of the two files/,
  },
];

describe('a file that cannot be served', () => {
  let server: TestServer;
  let steady: SteadyCalls;
  const path = (name: string): string => join(server.dir, 'apis', name);
  beforeAll(async () => {
    server = await startServer({
      files: { 'm.ts': says('good'), 'other.ts': says('other'), 'deep/third.ts': says('third') },
    });
    steady = callSteadily(server, { '/other/say': 'other', '/deep/third/say': 'third' });
  });
  afterAll(async () => {
    await steady.stop();
    await server.stop();
  });

  it.for(kinds)('$name', async (kind, { skip }) => {
    if (kind.skip === true) skip('root may do anything, so nothing is refused');
    const { module = 'm', file = 'apis/m.ts', line, cause } = kind;
    await kind.break(path);
    const state = await server.until('/', (answer) => cause.test(failureOf(answer, module)?.cause ?? ''));
    const failure = failureOf(state, module);
    expect(failure).toMatchObject({
      file,
      since: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      age: expect.any(Number),
    });
    if (line !== undefined) expect(failure?.line).toBe(line);
    expect((await server.call('/m/say')).json.data).toBe('good');
    const told = { module, file, cause: failure?.cause, ...(line === undefined ? {} : { line }) };
    expect((await server.admin('/api/reload')).json.data.failed).toEqual([
      expect.objectContaining({ ...told, since: failure?.since, age: expect.any(Number) }),
    ]);
    expect((await server.get('/health')).json).toMatchObject({
      status: 'ok',
      failing: 1,
      failures: [{ ...told, since: failure?.since, age: expect.any(Number) }],
    });
    const logged = (await server.logLines()).filter(
      (entry) => entry['kind'] === 'error' && cause.test(String(entry['message'])),
    );
    expect(logged.at(-1)).toMatchObject({
      module,
      file,
      since: failure?.since,
      ...(line === undefined ? {} : { line }),
    });
    await kind.mend(path);
    await server.until('/health', ({ json }) => json.failing === 0);
    await server.until('/m/say', answers('good'));
    expect(steady.problems).toEqual([]);
  });

  it('from one reason why it cannot be read to another: the present one is told', async () => {
    await writeFile(path('_large.tmp'), 'x'.repeat(2 ** 20 + 1));
    await rename(path('_large.tmp'), path('m.ts'));
    await server.until('/', (answer) => /maxFileSize/.test(failureOf(answer, 'm')?.cause ?? ''));
    await symlink('m.ts', path('_self.tmp'));
    await rename(path('_self.tmp'), path('m.ts'));
    await server.until('/', (answer) => /ELOOP/.test(failureOf(answer, 'm')?.cause ?? ''));
    await mendM(path);
    await server.until('/health', ({ json }) => json.failing === 0);
    expect((await server.call('/m/say')).json.data).toBe('good');
  });

  it('without debug, /health and GET / keep the cause to themselves', async () => {
    const quiet = await startServer({
      files: { 'm.ts': `throw new Error('secret host');` },
      env: { DEBUG: 'false' },
    });
    try {
      const health = (await quiet.get('/health')).json;
      expect(health).toMatchObject({ failing: 1, failures: [{ module: 'm', file: 'apis/m.ts', line: 1 }] });
      expect(JSON.stringify([health, (await quiet.get('/')).json])).not.toContain('secret host');
    } finally {
      await quiet.stop();
    }
  });
});

describe('files in unusual places and at unusual times', () => {
  let server: TestServer;
  let steady: SteadyCalls;
  const path = (name: string): string => join(server.dir, 'apis', name);
  beforeAll(async () => {
    server = await startServer({ files: { 'm.ts': says('good'), 'other.ts': says('other') } });
    steady = callSteadily(server, { '/other/say': 'other' });
  });
  afterAll(async () => {
    await steady.stop();
    await server.stop();
  });

  it('links out of the folder are followed, to files and to folders', async () => {
    const outside = join(server.dir, 'outside');
    await mkdir(outside);
    await writeFile(join(outside, 'far.ts'), says('far 1'));
    await symlink('../outside/far.ts', path('linked.ts'));
    await server.until('/linked/say', answers('far 1'));
    await writeFile(join(outside, 'far.ts'), says('far 2'));
    await server.until('/linked/say', answers('far 2'));
    await symlink('../outside', path('area'));
    await server.until('/area/far/say', answers('far 2'));
    await unlink(path('linked.ts'));
    await unlink(path('area'));
    await server.until('/linked/say', ({ status }) => status === 404);
    await server.until('/area/far/say', ({ status }) => status === 404);
  });

  it('a folder linked into itself is read once, and fails nothing', async () => {
    await mkdir(path('deep'));
    await symlink('..', path('deep/again'));
    await server.write('deep/n.ts', says('deep'));
    await server.until('/deep/n/say', answers('deep'));
    expect((await server.admin('/api/reload')).json.data.failed).toEqual([]);
    await rm(path('deep'), { recursive: true });
    await server.until('/deep/n/say', ({ status }) => status === 404);
  });

  it('circular imports that need nothing of each other at load are served', async () => {
    await server.write('_b.ts', `import { a } from './round.ts';\nexport const b = (): string => 'b' + a;\n`);
    await server.write(
      'round.ts',
      `${header}import { b } from './_b.ts';\nexport const a = 'a';\nexport const say = apiFunction(() => b());\n`,
    );
    await server.until('/round/say', answers('ba'));
    await server.write('_b.ts', `import { a } from './round.ts';\nexport const b = (): string => 'B' + a;\n`);
    await server.until('/round/say', answers('Ba'));
  });

  it('a file that is deleted while it is read, over and over', async () => {
    const file = path('flicker.ts');
    const end = Date.now() + 1_500;
    const reloads: Promise<Answer>[] = [];
    for (let time = 0; Date.now() < end; time++) {
      await writeFile(file, says(`flicker ${time}`));
      if (time % 5 === 0) reloads.push(server.admin('/api/reload'));
      await sleep(time % 7);
      await rm(file);
    }
    for (const { status, json } of await Promise.all(reloads))
      expect([status, json.success]).toEqual([200, true]);
    await writeFile(file, says('here to stay'));
    await server.until('/flicker/say', answers('here to stay'));
    expect((await server.admin('/api/reload')).json.data.failed).toEqual([]);
  });

  it('a module that becomes a folder, and a file again', async () => {
    await rm(path('m.ts'));
    await mkdir(path('m.ts'));
    await server.until('/m/say', ({ status }) => status === 404);
    await rm(path('m.ts'), { recursive: true });
    await server.write('m.ts', says('a file again'));
    await server.until('/m/say', answers('a file again'));
  });

  it('nothing that was not touched ever failed', () => {
    expect(steady.answered).toBeGreaterThan(50);
    expect(steady.problems).toEqual([]);
  });
});

describe('many files at once', () => {
  const names = Array.from({ length: 1_000 }, (_, at) => `area${at % 20}/m${at}.ts`);
  const pathOf = (name: string): string => `/${name.replace(/\.ts$/, '')}/say`;

  it(
    'a branch switch of 1,000 files: all serve the new version, and what it left alone goes on',
    { timeout: 180_000 },
    async () => {
      const server = await startServer({
        files: { ...Object.fromEntries(names.map((name) => [name, says('one')])), 'other.ts': says('other') },
        env: { TYPE_ERRORS: 'off' },
      });
      const steady = callSteadily(server, { '/other/say': 'other' });
      try {
        await Promise.all(
          names.map((name) => writeFile(join(server.dir, 'apis', name), says(`two ${name}`))),
        );
        for (const name of names) await server.until(pathOf(name), answers(`two ${name}`));

        await rename(join(server.dir, 'apis/area7'), join(server.dir, 'apis/renamed'));
        const moved = names.filter((name) => name.startsWith('area7/'));
        for (const name of moved)
          await server.until(pathOf(name.replace('area7', 'renamed')), answers(`two ${name}`));
        for (const name of moved) await server.until(pathOf(name), ({ status }) => status === 404);

        const folders = Array.from({ length: 20 }, (_, at) => (at === 7 ? 'renamed' : `area${at}`));
        await mkdir(join(server.dir, 'away'));
        for (const folder of folders)
          await rename(join(server.dir, 'apis', folder), join(server.dir, 'away', folder));
        await server.until('/', ({ json }) => json.data.modules.length === 1);
        for (const folder of folders)
          await rename(join(server.dir, 'away', folder), join(server.dir, 'apis', folder));
        await server.until('/', ({ json }) => json.data.modules.length === 1_001);
        for (const name of names.slice(0, 20)) {
          const now = name.replace('area7', 'renamed');
          await server.until(pathOf(now), answers(`two ${name}`));
        }
        expect((await server.get('/health')).json.failing).toBe(0);
        expect(steady.problems).toEqual([]);
      } finally {
        await steady.stop();
        await server.stop();
      }
    },
  );
});
