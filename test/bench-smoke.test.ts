import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseCommandLine } from '../bench/command-line.ts';
import { chooseContenders } from '../bench/contenders.ts';
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
    expect(() => parseCommandLine(['htp'])).toThrow("expected http, reload, memory, profile, got 'htp'");
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
      '0.05',
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

  it('reload: sees every save served, by us without a failed request', async () => {
    await bench('reload', '--quick', '--seconds', '0.3', '--only', 'ours,node-watch', '--out', out);
    const { runs } = await resultOf('reload');
    expect(runs).toHaveLength(2);
    expect(runs).toContainEqual(
      expect.objectContaining({ contender: 'ours', background: expect.objectContaining({ failed: 0 }) }),
    );
    for (const each of runs) expect(each.latencies?.length).toBeGreaterThan(0);
  });

  it('memory: evaluates in every way', async () => {
    await bench('memory', '--evaluations', '5', '--rounds', '1', '--out', out);
    const { runs } = await resultOf('memory');
    expect(runs.map(({ contender }) => contender)).toEqual(['ours', 'import', 'script', 'compileFunction']);
    for (const each of runs) expect(each.after?.rss).toBeGreaterThan(0);
  });

  it('profile: tells where the time of a call goes', async () => {
    const { stdout } = await bench('profile', '--quick', '--seconds', '0.2', '--out', out);
    expect(stdout).toContain('dist/http/');
  });
});
