import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseCommandLine } from '../bench/command-line.ts';
import { chooseContenders } from '../bench/contenders.ts';
import { editKinds } from '../bench/signatures/edit-kinds.ts';
import { reloadTimesIn } from '../bench/signatures/reload-times.ts';
import { projectRoot } from './support/start-server.ts';

const run = promisify(execFile);
const bench = (...args: string[]) => run('npx', ['tsx', 'bench/main.ts', ...args], { cwd: projectRoot });

/** Peers with packages of their own only when these are installed: a test does not download. */
const installed = existsSync(join(projectRoot, 'bench/node_modules/fastify/package.json'));
const peers = ['hono', ...(installed ? ['fastify', 'express'] : [])];

let out: string;

beforeAll(async () => {
  out = await mkdtemp(join(tmpdir(), 'api-deploy-test-'));
});

afterAll(async () => {
  await rm(out, { recursive: true, force: true });
});

interface Run {
  readonly contender: string;
  readonly requests?: number;
  readonly latencies?: readonly number[];
  readonly after?: { readonly rss: number };
  readonly cold?: { readonly served: number; readonly load: number };
  readonly warm?: { readonly served: number; readonly load: number };
  readonly edits?: readonly {
    readonly edit: string;
    readonly latencies: readonly number[];
    readonly reloads: readonly number[];
    readonly background: { readonly failed: number };
  }[];
}

async function resultOf(command: string): Promise<{ readonly runs: readonly Run[] }> {
  const file = (await readdir(out)).find((name) => name.startsWith(`${command}-`));
  return JSON.parse(await readFile(join(out, file ?? `${command}-….json`), 'utf8')) as { runs: Run[] };
}

describe('npm run bench', () => {
  it('explains itself', async () => {
    const { stdout } = await bench('--help');
    expect(stdout).toContain('npm run bench -- <command>');
  });

  it('says what is wrong with a command line, and how it is right', () => {
    expect(() => parseCommandLine(['htp'])).toThrow(
      "expected targets, http, reload, signatures, memory, profile, got 'htp'",
    );
    expect(() => parseCommandLine(['http', '--rounds', '1.5'])).toThrow(
      "--rounds: expected a whole number, got '1.5'",
    );
    expect(() => parseCommandLine(['http', '--seconds', '0'])).toThrow(
      "--seconds: expected a number above 0, got '0'",
    );
    expect(() => chooseContenders([{ name: 'ours' }, { name: 'hono' }], ['hono', 'webpack'])).toThrow(
      "--only: expected names out of ours, hono; got 'webpack'",
    );
  });

  it('http: measures servers whose answers are equal', async () => {
    const { stdout } = await bench(
      'http',
      '--quick',
      '--seconds',
      '0.5',
      '--only',
      ['ours', ...peers].join(','),
      '--out',
      out,
    );
    expect(stdout).toContain('### Without request log');
    expect(stdout).toContain('### One JSON line per request, to a file');
    const { runs } = await resultOf('http');
    expect(runs.map(({ contender }) => contender).toSorted()).toEqual(
      ['ours', ...peers].flatMap((name) => [name, name]).toSorted(),
    );
    for (const each of runs) expect(each.requests).toBeGreaterThan(0);
  });

  it('targets: each aim beside what was measured', async () => {
    const only = ['functions', 'workers', ...(installed ? ['calls', 'bodies'] : [])].join(',');
    const { stdout } = await bench('targets', '--quick', '--only', only, '--out', out);
    expect(stdout).toMatch(/\| 5\. 8000 functions: within 3 % of 2 +\| +\d\.\d\d × \| +(?:yes|no) \|/);
    expect(stdout).toMatch(/\| 6\. `workers: 2`/);
    if (installed) expect(stdout).toMatch(/\| 4\. bodies of 100 KB: ≥ Fastify +\| +\d\.\d\d ×/);
  });

  it('reload: sees every save served, by us without a failed request', async () => {
    await bench('reload', '--quick', '--seconds', '0.3', '--only', 'ours,node-watch', '--out', out);
    const { runs } = await resultOf('reload');
    expect(runs).toHaveLength(2);
    expect(runs).toContainEqual(
      expect.objectContaining({ contender: 'ours', background: expect.objectContaining({ failed: 0 }) }),
    );
    for (const each of runs) expect(each.latencies?.length).toBeGreaterThan(0);
  });

  it('signatures: starts cold and warm, and sees edits of both kinds without a failed request', async () => {
    await bench('signatures', '--quick', '--seconds', '0.6', '--only', 'modules-10', '--out', out);
    const { runs } = await resultOf('signatures');
    expect(runs).toHaveLength(1);
    const { cold, warm, edits } = runs[0] ?? {};
    for (const start of [cold, warm]) {
      expect(start?.load).toBeGreaterThan(0);
      expect(start?.served).toBeGreaterThan(start?.load ?? Infinity);
    }
    expect(edits?.map(({ edit }) => edit)).toEqual(['body', 'signature']);
    for (const { latencies, reloads, background } of edits ?? []) {
      expect(latencies.length).toBeGreaterThan(0);
      expect(reloads.length).toBeGreaterThan(0);
      expect(background.failed).toBe(0);
    }
  });

  it('signatures: takes no answer of the version before for one of the next', () => {
    const { body, signature } = editKinds;
    const old = { status: 200, text: '{"data":"Ada, version 1."}' };
    expect(body.shows(old, body.versionAt(2, 1))).toBe(false);
    expect(body.shows(old, body.versionAt(1, 1))).toBe(true);
    const refused = { status: 422, text: "unknown parameter 'note'" };
    const noted = { status: 200, text: '{"data":"Ada, version 7., short note"}' };
    const added = signature.versionAt(7, 1);
    const removed = signature.versionAt(8, 2);
    expect([refused, noted].map((answer) => signature.shows(answer, added))).toEqual([false, true]);
    expect([refused, noted].map((answer) => signature.shows(answer, removed))).toEqual([true, false]);
  });

  it('signatures: reads what reloads took out of the log', () => {
    const log = `12:00 info generation 7 serves: apis/a.ts; 1 added (/a/b), 2 changed (/a/c, /a/d); 6.2 ms
12:01 info generation 8 serves: apis/a.ts; no functions; 14 ms\n12:02 info stopping`;
    expect(reloadTimesIn(log)).toEqual([6.2, 14]);
  });

  it('memory: evaluates in every way', async () => {
    await bench('memory', '--evaluations', '5', '--rounds', '1', '--out', out);
    const { runs } = await resultOf('memory');
    expect(runs.map(({ contender }) => contender)).toEqual(['ours', 'import', 'script', 'compileFunction']);
    for (const each of runs) expect(each.after?.rss).toBeGreaterThan(0);
  });

  it(
    'soak: saves under load, and what reloads leave behind, beside other tools',
    { timeout: 180_000 },
    async () => {
      const soak = async (part: string, names: readonly string[]): Promise<string> => {
        const args = ['tsx', 'bench/soak/main.ts', part, '--scale', '0.003', '--peers', names.join(',')];
        // Figures of a few seconds break promises; that it says so is no fault here.
        const ended = run('npx', args, { cwd: projectRoot }).catch((error: { stdout: string }) => error);
        return (await ended).stdout;
      };
      const load = await soak('load', ['node-watch', ...(installed ? ['bun-hot'] : [])]);
      expect(load).toMatch(/\| figure +\| +api-deploy \| +node --watch \|/);
      expect(load).toMatch(
        /\| a save a second: failed or mixed +\| +0 of \d+ \(0 %\) \| +\d+ of \d+ \(\d+(?:\.\d)? %\) \|/,
      );
      const memory = await soak('memory', ['import']);
      expect(memory).toMatch(/\| +api-deploy, 128 MB heap \| +import\('file\?v=n'\) \|/);
      expect(memory).toMatch(/\| resident, MB +(?:\| +\d+\.\d → \d+\.\d ){4}\|/);
    },
  );

  it('profile: tells where the time of a call goes', async () => {
    const { stdout } = await bench('profile', '--quick', '--seconds', '0.2', '--out', out);
    expect(stdout).toContain('src/http/');
  });
});
