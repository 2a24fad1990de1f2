import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readmes } from '../../scripts/readme-tables.ts';
import { exitOf, projectRoot, spawnCli, startServer, type TestServer } from '../support/start-server.ts';
import { codeBlocks, readDocument, tables, type CodeBlock } from './read-markdown.ts';

const run = promisify(execFile);
const readme = readDocument(readmes.en);
const blocks = codeBlocks(readme);
/** The address that the README's commands call. */
const address = 'http://127.0.0.1:8000';
/** As in `config.ts`, which the README's commands rely on. */
const env = { VALID_TOKENS: 'dev-token', ADMIN_TOKENS: 'dev-admin-token' };

/** Examples begin with a comment that names their file. */
const examples = blocks.flatMap(({ language, code }) => {
  const file = /^\/\/ (\S+\.ts)\n/.exec(code)?.[1];
  return language === 'ts' && file !== undefined ? [{ file, code }] : [];
});
const modules = examples.filter(({ file }) => file.startsWith('apis/'));

/** Each `curl` that is followed by the answer that it gives. */
const calls = blocks.flatMap((block, index) => {
  const answer = blocks[index + 1];
  const shown = answer?.language === 'json' || answer?.language === 'text';
  return block.code.startsWith('curl ') && shown ? [{ command: block.code, answer }] : [];
});

function only(match: (block: CodeBlock) => boolean): string {
  const found = blocks.filter(match);
  expect(found).toHaveLength(1);
  return found[0]?.code ?? '';
}

function tool(name: string): string {
  return join(projectRoot, 'node_modules/.bin', name);
}

async function temporaryFolder(): Promise<string> {
  return await realpath(await mkdtemp(join(tmpdir(), 'api-deploy-docs-')));
}

async function put(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
}

describe('the commands of the README', () => {
  let server: TestServer;
  const shell = async (command: string): Promise<string> => {
    const { stdout } = await run('sh', ['-c', command.replaceAll(address, server.url)], { cwd: server.dir });
    return stdout;
  };
  beforeAll(async () => {
    server = await startServer({ env });
    await shell(only(({ code }) => code.startsWith('cat > apis/')));
    for (const { file, code } of modules) await server.write(file.slice('apis/'.length), code);
    await server.until('/', ({ json }) => json.data.modules.length === modules.length + 1);
  });
  afterAll(() => server.stop());

  it('has the calls that a newcomer makes', () => {
    expect(calls.map(({ command }) => /127\.0\.0\.1:8000(\S+)/.exec(command)?.[1])).toEqual([
      '/orders/create',
      '/orders/create',
      '/openapi.json',
      '/mcp',
      '/greetings/hello',
      '/accounts/redeem',
      '/feed/countdown',
      '/feed/countdown',
      '/feed/measure',
      '/feed/csv',
      '/api/reload-config',
    ]);
  });

  it.each(calls)('$command', async ({ command, answer }) => {
    const given = (await shell(command)).trimEnd();
    const shown = answer.code.trimEnd();
    // JSON over several lines is laid out for readers; all else is the very text.
    if (answer.language === 'json' && shown.includes('\n')) {
      expect(JSON.parse(given)).toEqual(JSON.parse(shown));
    } else {
      expect(given).toBe(shown);
    }
  });

  it('the typed client compiles under strict, and gives what the README shows', async () => {
    await shell(only(({ code }) => code.includes('-o api-client.ts\n')));
    const program = examples.find(({ file }) => file === 'place-order.ts')?.code ?? '';
    await put(join(server.dir, 'package.json'), '{ "type": "module" }');
    await put(join(server.dir, 'place-order.ts'), program.replaceAll(address, server.url));
    const options = ['--strict', '--noEmit', '--module', 'nodenext', '--target', 'es2023'];
    const types = ['--allowImportingTsExtensions', '--lib', 'es2023,dom,dom.asynciterable', '--types', ''];
    const compiler = run(tool('tsc'), [...options, ...types, 'place-order.ts'], { cwd: server.dir });
    const { stdout: problems } = await compiler.catch((error: { stdout: string }) => error);
    expect(problems).toBe('');
    const { stdout } = await run(tool('tsx'), ['place-order.ts'], { cwd: server.dir });
    expect(stdout).toBe(only(({ code }) => code.includes(' pieces, note: none') && !code.startsWith('//')));
  });

  it('a change that breaks callers is told as the README shows', async () => {
    const shown = only(({ code }) => code.startsWith('WARN: breaks callers'));
    const orders = modules.find(({ file }) => file === 'apis/orders.ts')?.code ?? '';
    await server.write('orders.ts', orders.replace("note = 'none'", 'note: string'));
    const { json } = await server.until('/', (answer) =>
      answer.json.data.changes.some(({ breaking }: { breaking: boolean }) => breaking),
    );
    expect(json.data.changes).toContainEqual({
      endpoint: '/orders/create',
      breaking: true,
      change: "parameter 'note' is required now",
    });
    // The log comes after the swap.
    await expect.poll(() => server.output(), { timeout: 10_000 }).toContain(shown.trimEnd());
    await server.write('orders.ts', orders);
    await server.until('/', (answer) =>
      answer.json.data.changes.every(({ breaking }: { breaking: boolean }) => !breaking),
    );
  });

  it('a broken save says what the README shows, and the last good version answers', async () => {
    const shown = only(({ code }) => code.startsWith('ERROR: apis/orders.ts'));
    const orders = modules.find(({ file }) => file === 'apis/orders.ts')?.code ?? '';
    await server.write('orders.ts', orders.replace('const pieces =', 'const pieces =='));
    await server.until('/', ({ json }) =>
      json.data.modules.some(
        ({ name, error }: { name: string; error?: unknown }) => name === 'orders' && error,
      ),
    );
    // The log comes after the swap.
    await expect.poll(() => server.output(), { timeout: 10_000 }).toContain(shown.trimEnd());
    expect(await shell(calls[0]?.command ?? '')).toBe(calls[0]?.answer.code.trimEnd());
  });
});

describe('the examples of the README', () => {
  let dir: string;
  beforeAll(async () => {
    dir = await temporaryFolder();
    for (const { file, code } of examples) await put(join(dir, file), code);
  });
  afterAll(() => rm(dir, { recursive: true }));

  it('all load, under the configuration that it shows', async () => {
    expect(examples.map(({ file }) => file)).toContain('config.ts');
    const { child, output } = spawnCli(['check'], { cwd: dir });
    const code = await exitOf(child);
    expect(output()).toContain(`in ${modules.length} modules: all load`);
    expect(code).toBe(0);
  });

  it('have types in an editor, outside the project too', async () => {
    const tsconfig = only(({ code }) => code.includes('"typeRoots"'));
    await put(join(dir, 'apis/tsconfig.json'), tsconfig.replaceAll('/path/to/api-deploy', projectRoot));
    // Packages that functions import are installed beside them.
    await mkdir(join(dir, 'node_modules'));
    await symlink(join(projectRoot, 'node_modules/zod'), join(dir, 'node_modules/zod'));
    const { stdout } = await run(tool('tsc'), ['-p', 'apis'], { cwd: dir }).catch(
      (error: { stdout: string }) => error,
    );
    expect(stdout).toBe('');
  });
});

it('the test of the README passes, in the process of its own', async () => {
  const dir = await temporaryFolder();
  try {
    for (const { file, code } of examples) await put(join(dir, file), code);
    await put(join(dir, 'package.json'), '{ "type": "module" }');
    await mkdir(join(dir, 'node_modules'));
    await symlink(projectRoot, join(dir, 'node_modules/api-deploy'));
    const { stdout } = await run(tool('tsx'), ['test/orders.test.ts'], { cwd: dir });
    expect(stdout).toMatch(/^# pass 2$|^ℹ pass 2$/m);
    const broken = (await readFile(join(dir, 'apis/orders.ts'), 'utf8')).replace('sum + quantity', 'sum');
    await put(join(dir, 'apis/orders.ts'), broken);
    await expect(run(tool('tsx'), ['test/orders.test.ts'], { cwd: dir })).rejects.toThrow();
  } finally {
    await rm(dir, { recursive: true });
  }
});

describe('the table of types', () => {
  const rows =
    tables(readme).find(({ head }) => head.join() === 'Type,JSON that it accepts,Example')?.rows ?? [];
  const cases = rows.map(([type = '', , example = ''], index) => ({
    type: type.replaceAll('`', ''),
    example: example.replaceAll('`', ''),
    path: `/types/t${index}`,
  }));
  /** The declarations that the text above the table gives. */
  const declarations = [...readme.matchAll(/`((?:interface|enum) \w+ \{[^`]+\})`/g)].map(([, code]) => code);
  let server: TestServer;

  beforeAll(async () => {
    const functions = cases.map(
      ({ type }, index) => `export const t${index} = apiFunction((v: ${type}) => v);`,
    );
    const head = [`import { apiFunction } from 'api-deploy';`, ...declarations];
    server = await startServer({ files: { 'types.ts': [...head, ...functions, ''].join('\n') } });
  });
  afterAll(() => server.stop());

  it('has rows, and declarations for them', () => {
    expect(cases.length).toBeGreaterThan(15);
    expect(declarations).toHaveLength(2);
  });

  it.each(cases)('$type takes $example', async ({ type, path, example }) => {
    const value = JSON.parse(example) as unknown;
    expect((await server.call(path, { v: value })).json).toMatchObject({ success: true });
    // Only these take a list of lists of it.
    const wrong = await server.call(path, { v: [[value]] });
    expect(wrong.status).toBe(['unknown', 'object'].includes(type) ? 200 : 422);
  });
});

it('serves a folder elsewhere with the command of the README', async () => {
  const folder = await temporaryFolder();
  await put(join(folder, 'apis/orders.ts'), modules[0]?.code ?? '');
  const [, assignments = ''] =
    /^(.*) npm start$/m.exec(only(({ code }) => code.startsWith('APIS_DIR='))) ?? [];
  const variables = Object.fromEntries(
    assignments.split(' ').map((pair) => pair.split('=') as [string, string]),
  );
  expect(Object.keys(variables)).toEqual(['APIS_DIR', 'PORT', 'VALID_TOKENS', 'ADMIN_TOKENS']);
  const elsewhere = { ...variables, APIS_DIR: join(folder, 'apis'), PORT: '0' };
  const server = await startServer({ env: elsewhere });
  try {
    for (const token of (variables['VALID_TOKENS'] ?? '').split(','))
      expect((await server.call('/orders/create', { items: [] }, token)).status).toBe(200);
    expect((await server.admin('/api/reload', variables['ADMIN_TOKENS'])).status).toBe(200);
  } finally {
    await server.stop();
    await rm(folder, { recursive: true });
  }
});

it('starts in production with the .env of the README', async () => {
  const folder = await temporaryFolder();
  try {
    await mkdir(join(folder, 'apis'));
    await run('sh', ['-c', only(({ code }) => code.startsWith('cat > .env'))], { cwd: folder });
    const without = { VALID_TOKENS: '', ADMIN_TOKENS: '' };
    const { child, output } = spawnCli(['check'], { cwd: folder, env: without });
    expect([await exitOf(child), output()]).toEqual([0, expect.stringContaining('all load')]);
    await writeFile(join(folder, '.env'), 'NODE_ENV=production\nVALID_TOKENS=dev-token\n');
    const refused = spawnCli(['check'], { cwd: folder, env: without });
    expect(await exitOf(refused.child)).toBe(1);
    expect(refused.output()).toContain('published sample');
  } finally {
    await rm(folder, { recursive: true });
  }
});
