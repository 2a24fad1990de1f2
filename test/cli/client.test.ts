import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { exitOf, spawnCli } from '../support/start-server.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'api-deploy-cli-client-'));
  await mkdir(join(dir, 'apis'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

async function cli(...args: string[]) {
  const { child, output } = spawnCli(['client', ...args], { cwd: dir });
  const text = { stdout: '', stderr: '' };
  child.stdout?.on('data', (chunk: Buffer) => (text.stdout += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (text.stderr += chunk.toString()));
  const code = await exitOf(child);
  await new Promise((resolve) => setImmediate(resolve));
  return { code, output: output(), ...text };
}

const write = (path: string, text: string) => writeFile(join(dir, path), text);

const good = `import { apiFunction } from 'api-deploy';
console.log('noise of a module');
process.stdout.write('more noise\\n');
/** Adds two numbers. */
export const add = apiFunction((a: number, b = 1) => a + b);
`;

it('prints the client, and nothing else, to stdout', async () => {
  await write('apis/math.ts', good);
  const { code, stdout, stderr } = await cli();
  expect(code).toBe(0);
  expect(stdout).toMatch(/^\/\/ .*generated, do not edit/);
  expect(stdout).toContain('add(args: ');
  expect(stdout).toContain('Adds two numbers.');
  expect(stdout.endsWith('}\n')).toBe(true);
  expect(stdout).not.toContain('noise');
  expect(stderr).toContain('noise of a module\nmore noise\n');
});

it('prints all of a client that is larger than a pipe takes at once', async () => {
  const functions = Array.from(
    { length: 300 },
    (_, n) => `/** ${'Long. '.repeat(100)} */
export const f${n} = apiFunction((a: number) => a);`,
  );
  await write('apis/many.ts', `import { apiFunction } from 'api-deploy';\n${functions.join('\n')}`);
  const { code, stdout } = await cli();
  expect(code).toBe(0);
  expect(stdout.length).toBeGreaterThan(200_000);
  expect(stdout.endsWith('}\n')).toBe(true);
});

it('-o writes the file, with its folders, and only when something has changed', async () => {
  await write('apis/math.ts', good);
  const file = join(dir, 'src/generated/client.ts');
  const first = await cli('-o', 'src/generated/client.ts');
  expect(first.code).toBe(0);
  expect(first.stdout).toBe(`${file}: 1 functions, written\n`);
  expect(await readFile(file, 'utf8')).toBe((await cli()).stdout);

  const past = new Date('2001-01-01');
  await utimes(file, past, past);
  expect((await cli('--out', file)).stdout).toBe(`${file}: 1 functions, unchanged\n`);
  expect((await stat(file)).mtime).toEqual(past);

  await write('apis/math.ts', good.replace('add', 'sum'));
  expect((await cli('-o', file)).stdout).toContain('written');
  expect(await readFile(file, 'utf8')).toContain('sum(args: ');
  expect(await readdir(join(dir, 'src/generated'))).toEqual(['client.ts']);
});

it('-o writes what a link leads to, and keeps its mode', async () => {
  await write('apis/math.ts', good);
  await writeFile(join(dir, 'target.ts'), 'old', { mode: 0o600 });
  await symlink('target.ts', join(dir, 'link.ts'));
  expect((await cli('-o', 'link.ts')).code).toBe(0);
  expect(await readFile(join(dir, 'target.ts'), 'utf8')).toContain('add(args: ');
  expect((await stat(join(dir, 'target.ts'))).mode & 0o777).toBe(0o600);
});

it('exit code 1 and the failures when a module does not load; nothing is printed or written', async () => {
  await write('apis/math.ts', good);
  await write('apis/bad.ts', 'export const = 1;');
  await write('client.ts', 'as it was');
  const printed = await cli();
  expect(printed.code).toBe(1);
  expect(printed.stdout).toBe('');
  expect(printed.stderr).toMatch(/apis\/bad\.ts:1:14: /);
  expect(printed.stderr).toContain('1 module fails to load, so no client was printed');
  const written = await cli('-o', 'client.ts');
  expect(written.code).toBe(1);
  expect(await readFile(join(dir, 'client.ts'), 'utf8')).toBe('as it was');
  expect((await cli('-o', 'other.ts')).stderr).toContain('no client was written');
  await expect(stat(join(dir, 'other.ts'))).rejects.toThrow('ENOENT');
});

it('--apis names another folder', async () => {
  await mkdir(join(dir, 'elsewhere'));
  await write('elsewhere/math.ts', good);
  expect((await cli('--apis', 'elsewhere')).stdout).toContain('POST /math/add');
});

it.each([
  [['extra'], 2, /'client' takes no argument, got 'extra'/],
  [['-o'], 2, /-o, --out <value>.* argument missing/],
  [['-o', ''], 2, /--out: expected a file/],
  [['--port', '1'], 2, /--port/],
  [['--help'], 0, /Usage: api-deploy client[^]*-o, --out <file>/],
  [['-o', '.'], 1, /the client cannot be written to '.*': EISDIR/],
])('%j', async (args, code, message) => {
  const result = await cli(...args);
  expect(result.output).toMatch(message);
  expect(result.code).toBe(code);
});
