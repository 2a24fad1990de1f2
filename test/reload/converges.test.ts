import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { startServer, type TestServer } from '../support/start-server.ts';
import { callSteadily } from '../support/steady-calls.ts';

/** What happens is the same again with the same seed: `CONVERGE_SEED=… npx vitest run <this file>`. */
const seed = Number(process.env['CONVERGE_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const steps = Number(process.env['CONVERGE_STEPS'] ?? 120);

const modules = ['a', 'b', 'c', 'd', 'e', 'f', 'deep/g', 'deep/h', 'deep/er/i', 'j', 'k', 'l'] as const;
const helpers = ['_lib/one', '_lib/two', '_lib/three'] as const;

/** Mulberry32: small, and good enough to mix what happens. */
function createRandom(start: number): () => number {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const up = (name: string): string => '../'.repeat(name.split('/').length - 1) || './';

function goodModule(name: string, version: number): string {
  const [first = '', second = ''] = [helpers[version % 3], helpers[(version + 1) % 3]];
  return `import { apiFunction } from 'api-deploy';
import { text as first, type Size } from '${up(name)}${first}.ts';
import { text as second } from '${up(name)}${second}.ts';
export const say = apiFunction((size: Size = 's'): string => '${name} ${version} ' + first + second + size);
${version % 2 === 0 ? `export const even = apiFunction((count: number): number => count + ${version});\n` : ''}`;
}

const goodHelper = (name: string, version: number): string =>
  `export const text: string = '${name.slice(5)}${version} ';\nexport type Size = 's' | 'm${version % 3}';\n`;

const broken: readonly ((good: string) => string)[] = [
  (good) => good.slice(0, good.length / 2),
  (good) => `${good}\nexport const = 1;\n`,
  (good) => `${good}\nthrow new Error('broken on purpose');\n`,
  (good) => `import './nowhere.ts';\n${good}`,
  (good) => good.replace('text', 'txet'),
  (good) => `${good}\nexport const f = (await 1);\n`,
  () => '',
  (good) => `import { onLoad } from 'api-deploy';\nonLoad(() => { throw new Error('no'); });\n${good}`,
];

/** Writes, breaks, deletes, renames and restores, as a long day would; then everything is good. */
class Folder {
  readonly #apis: string;
  readonly #random: () => number;
  #version = 0;

  constructor(apis: string, random: () => number) {
    this.#apis = apis;
    this.#random = random;
  }

  async step(): Promise<void> {
    const name = this.#pick([...modules, ...helpers]);
    const file = this.#file(name);
    const good = this.#good(name);
    const action = this.#random();
    if (action < 0.35) await this.#write(file, good);
    else if (action < 0.65) await this.#write(file, this.#pick(broken)(good));
    else if (action < 0.75) await rm(file, { force: true });
    else if (action < 0.82) await this.#write(`${file}.tmp`, good).then(() => rename(`${file}.tmp`, file));
    else if (action < 0.88) await rename(file, this.#file(this.#pick(modules))).catch(() => {});
    else if (action < 0.94) await this.#write(file, '').then(() => this.#write(file, good));
    else
      await Promise.all(modules.slice(0, 6).map((each) => this.#write(this.#file(each), this.#good(each))));
    if (this.#random() < 0.6) await sleep(Math.floor(this.#random() * 80));
  }

  async mend(): Promise<void> {
    for (const name of [...modules, ...helpers]) await this.#write(this.#file(name), this.#good(name));
  }

  #good(name: string): string {
    const version = this.#version++;
    return name.startsWith('_') ? goodHelper(name, version) : goodModule(name, version);
  }

  #file(name: string): string {
    return join(this.#apis, `${name}.ts`);
  }

  async #write(file: string, text: string): Promise<void> {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }

  #pick<T>(items: readonly T[]): T {
    const item = items[Math.floor(this.#random() * items.length)];
    if (item === undefined) throw new Error('expected something to pick from');
    return item;
  }
}

/** Everything that callers can see. */
async function served(server: TestServer): Promise<unknown> {
  const { data } = (await server.get('/')).json;
  const endpoints = [...data.endpoints].sort((a, b) => (a.path < b.path ? -1 : 1));
  const answers: unknown[] = [];
  for (const { path } of endpoints)
    answers.push([path, (await server.call(path, path.endsWith('even') ? { count: 1 } : {})).json.data]);
  return { endpoints, answers, modules: [...data.modules].sort((a, b) => (a.name < b.name ? -1 : 1)) };
}

it(
  `after the mend everything converges by itself (seed ${seed}, ${steps} steps)`,
  { timeout: 180_000 },
  async () => {
    const dir = await mkdtemp(join(tmpdir(), 'api-deploy-test-'));
    const folder = new Folder(join(dir, 'apis'), createRandom(seed));
    await folder.mend();
    await writeFile(
      join(dir, 'apis/untouched.ts'),
      `import { apiFunction } from 'api-deploy';\nexport const say = apiFunction(() => 'untouched');\n`,
    );
    const server = await startServer({ dir });
    const steady = callSteadily(server, { '/untouched/say': 'untouched' }, 5);
    try {
      for (let step = 0; step < steps; step++) await folder.step();
      expect(steady.problems).toEqual([]);
      await folder.mend();
      await server.until(
        '/',
        ({ json }) =>
          json.data.modules.length === modules.length + 1 &&
          json.data.modules.every(({ error }: { error?: unknown }) => error === undefined),
      );
      // What was seen half-written is looked at again for 2 s, and types of results follow.
      await sleep(3_000);
      const before = await served(server);
      expect(steady.problems).toEqual([]);
      expect(steady.answered).toBeGreaterThan(steps);
      const fresh = await startServer({ dir, env: { DATA_DIR: 'fresh-data' } });
      try {
        expect(before).toEqual(await served(fresh));
      } finally {
        await fresh.stop();
      }
    } finally {
      await steady.stop();
      await server.stop();
      await rm(dir, { recursive: true, force: true });
    }
  },
);
