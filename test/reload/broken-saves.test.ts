import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer, type Answer, type TestServer } from '../support/start-server.ts';
import { callSteadily, type SteadyCalls } from '../support/steady-calls.ts';

const header = `import { apiFunction } from 'api-deploy';\n`;
const good = (text: string) => `${header}export const say = apiFunction(() => '${text}');\n`;
const answers = (data: unknown) => (answer: Answer) => answer.json?.data === data;

interface Broken {
  readonly name: string;
  readonly text: string;
  readonly line?: number;
  readonly cause: RegExp;
}

const broken: readonly Broken[] = [
  { name: 'a syntax error', text: `${header}export const say = = 1;\n`, line: 2, cause: /Unexpected "="/ },
  {
    name: 'a throw at load',
    text: `${header}\nthrow new Error('no luck today');\nexport const say = apiFunction(() => 1);\n`,
    line: 3,
    cause: /no luck today/,
  },
  {
    name: 'a throw deep in a function at load',
    text: `${header}const open = (path: string) => {\n  throw new TypeError('cannot open ' + path);\n};\nopen('x');\nexport const say = apiFunction(() => 1);\n`,
    line: 3,
    cause: /TypeError: cannot open x/,
  },
  {
    name: 'a missing local import',
    text: `${header}import { x } from './_lib/nowhere.ts';\nexport const say = apiFunction(() => x);\n`,
    line: 2,
    cause: /cannot find '\.\/_lib\/nowhere\.ts'/,
  },
  {
    name: 'a named import that does not exist',
    text: `${header}import { present, absent } from './_names.ts';\nexport const say = apiFunction(() => [present, absent]);\n`,
    line: 2,
    cause: /'\.\/_names\.ts' exports no 'absent'/,
  },
  {
    name: 'a named import that a package does not have',
    text: `${header}import { readFile, raedFile } from 'node:fs';\nexport const say = apiFunction(() => [readFile, raedFile].length);\n`,
    line: 2,
    cause: /'node:fs' exports no 'raedFile'/,
  },
  {
    name: 'a missing package',
    text: `${header}import x from 'no-such-package-anywhere';\nexport const say = apiFunction(() => x);\n`,
    line: 2,
    cause: /no-such-package-anywhere.*install it/,
  },
  {
    name: 'a top-level await',
    text: `${header}const x = await Promise.resolve(1);\nexport const say = apiFunction(() => x);\n`,
    line: 2,
    cause: /top-level await .* onLoad/,
  },
  {
    name: 'a type without JSON form',
    text: `${header}\nexport const say = apiFunction((callback: () => void) => typeof callback);\n`,
    line: 3,
    cause: /'say': .*callback.*JSON/,
  },
  {
    name: 'a parameter without a type',
    text: `${header}\nexport const say = apiFunction((thing) => thing);\n`,
    line: 3,
    cause: /'thing'.*type/,
  },
  {
    name: 'an endless loop at load',
    text: `${header}while (true);\nexport const say = apiFunction(() => 1);\n`,
    cause: /did not finish loading within 0\.5 s/,
  },
  {
    name: 'an onLoad that throws',
    text: `import { apiFunction, onLoad } from 'api-deploy';\nonLoad(() => {\n  throw new Error('no database');\n});\nexport const say = apiFunction(() => 1);\n`,
    line: 3,
    cause: /no database/,
  },
  {
    name: 'an onLoad that never resolves',
    text: `import { apiFunction, onLoad } from 'api-deploy';\nonLoad(() => new Promise(() => {}));\nexport const say = apiFunction(() => 1);\n`,
    cause: /onLoad did not finish within 0\.5 s/,
  },
  {
    name: 'a forbidden export name',
    text: `${header}const f = apiFunction(() => 1);\nexport { f as constructor };\n`,
    cause: /'constructor' cannot be an endpoint's name/,
  },
  {
    name: 'an option out of range',
    text: `${header}export const say = apiFunction(() => 1, { timeout: -1 });\n`,
    line: 2,
    cause: /timeout: expected a number above 0, got '-1'/,
  },
  {
    name: 'a broken JSON import',
    text: `${header}import data from './_broken.json';\nexport const say = apiFunction(() => data);\n`,
    cause: /JSON/,
  },
];

describe('a broken save leaves the last good version serving and says why', () => {
  let server: TestServer;
  let steady: SteadyCalls;
  beforeAll(async () => {
    server = await startServer({
      files: {
        'm.ts': good('good'),
        'other.ts': good('other'),
        '_broken.json': '{"a": }',
        '_names.ts': 'export const present = 1;',
      },
      env: { LOAD_TIMEOUT: '500 ms' },
    });
    steady = callSteadily(server, { '/other/say': 'other' });
  });
  afterAll(async () => {
    await steady.stop();
    await server.stop();
  });

  it.each(broken)('$name', async ({ text, line, cause }) => {
    await server.write('m.ts', text);
    const state = await server.until('/', ({ json }) => cause.test(errorOf(json)?.cause ?? ''));
    const error = errorOf(state.json);
    expect(error?.since).toMatch(/^\d{4}-\d\d-\d\dT/);
    expect(error?.age).toBeGreaterThanOrEqual(0);
    if (line !== undefined)
      expect(error).toMatchObject({ file: 'apis/m.ts', line, frame: expect.stringContaining(`> ${line} |`) });
    expect((await server.call('/m/say')).json.data).toBe('good');
    expect((await server.call('/other/say')).json.data).toBe('other');
    const report = (await server.admin('/api/reload')).json.data;
    expect(report.failed).toEqual([
      expect.objectContaining({
        module: 'm',
        cause: error?.cause,
        since: error?.since,
        age: expect.any(Number),
      }),
    ]);
    expect(report.unchanged).toContain('m');
    const told = {
      module: 'm',
      file: error?.file,
      since: error?.since,
      ...(line === undefined ? {} : { line }),
    };
    expect((await server.get('/health')).json).toMatchObject({
      failing: 1,
      failures: [{ ...told, cause: error?.cause, age: expect.any(Number) }],
    });
    const logged = (await server.logLines()).filter(
      (entry) => entry['kind'] === 'error' && cause.test(String(entry['message'])),
    );
    expect(logged.at(-1)).toMatchObject(told);
    await server.write('m.ts', good('mended'));
    await server.until('/m/say', answers('mended'));
    await server.write('m.ts', good('good'));
    await server.until('/m/say', answers('good'));
    expect(errorOf((await server.get('/')).json)).toBeUndefined();
    expect(steady.problems).toEqual([]);
  });

  it('a broken helper: all its importers keep their version together, and mend together', async () => {
    const user = `import { apiFunction } from 'api-deploy';\nimport { text } from './_lib/shared.ts';\nexport const say = apiFunction(() => text);\n`;
    await server.write('_lib/shared.ts', `export const text = 'v1';`);
    await server.write('left.ts', user);
    await server.write('right.ts', user);
    await server.until('/left/say', answers('v1'));
    await server.until('/right/say', answers('v1'));
    await server.write('_lib/shared.ts', `export const text = 'v2'; throw new Error('broken helper');`);
    await server.until('/', ({ json }) =>
      ['left', 'right'].every((name) => /broken helper/.test(errorOf(json, name)?.cause ?? '')),
    );
    expect((await server.call('/left/say')).json.data).toBe('v1');
    expect((await server.call('/right/say')).json.data).toBe('v1');
    // One importer breaks, the helper is fine again: the other must not get a version of its own.
    await server.write('right.ts', `${user}throw new Error('right is broken');`);
    await server.write('_lib/shared.ts', `export const text = 'v3';`);
    await server.until('/', ({ json }) => /held back/.test(errorOf(json, 'left')?.cause ?? ''));
    expect((await server.call('/left/say')).json.data).toBe('v1');
    await server.write('right.ts', user);
    await server.until('/left/say', answers('v3'));
    await server.until('/right/say', answers('v3'));
  });

  it('a missing import that appears later mends its importer', async () => {
    await server.write(
      'waiting.ts',
      `${header}import { x } from './_lib/late.ts';\nexport const say = apiFunction(() => x);\n`,
    );
    await server.until('/', ({ json }) => /late\.ts/.test(errorOf(json, 'waiting')?.cause ?? ''));
    await server.write('_lib/late.ts', `export const x = 'here';`);
    await server.until('/waiting/say', answers('here'));
  });

  it('a deleted helper breaks nothing that serves', async () => {
    await server.write('_lib/gone.ts', `export const x = 'still here';`);
    await server.write(
      'holder.ts',
      `${header}import { x } from './_lib/gone.ts';\nexport const say = apiFunction(() => x);\n`,
    );
    await server.until('/holder/say', answers('still here'));
    await server.remove('_lib/gone.ts');
    await server.until('/', ({ json }) => /cannot find/.test(errorOf(json, 'holder')?.cause ?? ''));
    expect((await server.call('/holder/say')).json.data).toBe('still here');
    await server.write('_lib/gone.ts', `export const x = 'back';`);
    await server.until('/holder/say', answers('back'));
  });

  it('a half-written file that is completed later', async () => {
    await server.write('half.ts', good('whole').slice(0, 60));
    await server.until('/', ({ json }) => errorOf(json, 'half') !== undefined);
    await server.write('half.ts', good('whole'));
    await server.until('/half/say', answers('whole'));
    expect(errorOf((await server.get('/')).json, 'half')).toBeUndefined();
  });

  it('a file that goes back to the version that serves', async () => {
    await server.write('m.ts', `throw new Error('once');`);
    await server.until('/', ({ json }) => /once/.test(errorOf(json)?.cause ?? ''));
    await server.write('m.ts', good('good'));
    await server.until('/', ({ json }) => errorOf(json) === undefined);
    expect((await server.call('/m/say')).json.data).toBe('good');
  });
});

describe('names that cannot be served', () => {
  it('are reported, and serve nothing', async () => {
    const server = await startServer({
      files: {
        'health/check.ts': good('x'),
        'with.dots.ts': good('x'),
        'größe.ts': good('x'),
        'twice.ts': good('first'),
        'twice.mts': good('second'),
        'fine.ts': good('fine'),
        'fine.test.ts': `throw new Error('a test is no module');`,
        'types.d.ts': `export type T = string;`,
      },
    });
    try {
      const { json } = await server.get('/');
      expect(errorOf(json, 'health/check')?.cause).toMatch(/'\/health' is reserved/);
      expect(errorOf(json, 'with.dots')?.cause).toMatch(/'with\.dots' cannot be part of an endpoint's path/);
      expect(errorOf(json, 'größe')?.cause).toMatch(/'größe' cannot be part/);
      expect(errorOf(json, 'twice')?.cause).toMatch(/served by .*twice\.mts already/);
      expect(json.data.modules.map(({ name }: { name: string }) => name).sort()).toEqual([
        'fine',
        'größe',
        'health/check',
        'twice',
        'with.dots',
      ]);
      expect((await server.call('/twice/say')).json.data).toBe('second');
      expect((await server.call('/fine/say')).json.data).toBe('fine');
    } finally {
      await server.stop();
    }
  });
});

// oxlint-disable-next-line typescript/no-explicit-any
function errorOf(
  json: any,
  module = 'm',
): { cause: string; since: string; age: number; file: string } | undefined {
  return json.data.modules.find(({ name }: { name: string }) => name === module)?.error;
}
