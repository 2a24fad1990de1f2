import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { exitOf, projectRoot, spawnCli, startServer } from '../support/start-server.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'api-deploy-cli-'));
  await mkdir(join(dir, 'apis'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

async function cli(args: readonly string[], env: Record<string, string> = {}) {
  const { child, output } = spawnCli(args, { cwd: dir, env });
  const code = await exitOf(child);
  return { code, output: output() };
}

const good = `import { apiFunction } from 'api-deploy';
/** Adds two numbers. */
export const add = apiFunction((a: number, b = 1) => a + b);
`;

describe('help and version', () => {
  it.each([[[]], [['--help']], [['-h']]])('%j shows the commands', async (args) => {
    const { code, output } = await cli(args);
    expect(code).toBe(0);
    for (const name of [
      'start',
      'check',
      'client',
      'new <module>',
      'run <what>',
      'backup [dir]',
      'restore <file>',
    ])
      expect(output).toContain(name);
  });

  it.each(['start', 'check', 'client', 'new', 'run', 'backup', 'restore'])(
    '%s --help shows its options',
    async (name) => {
      const { code, output } = await cli([name, '--help']);
      expect(code).toBe(0);
      expect(output).toContain(`Usage: api-deploy ${name}`);
      expect(output).toContain('--apis <folder>');
    },
  );

  it.each([['--version'], ['-v'], ['start', '--version'], ['new', '--version']])('%s %s', async (...args) => {
    const { version } = JSON.parse(await readFile(join(projectRoot, 'package.json'), 'utf8')) as {
      version: string;
    };
    expect(await cli(args)).toEqual({ code: 0, output: `${version}\n` });
  });

  it.each([
    [['strat'], /there is no command 'strat'; expected start, check, client, new/],
    [['start', '--prot', '1'], /--prot/],
    [['check', 'extra'], /'check' takes no argument, got 'extra'/],
    [['new'], /'new' takes one module/],
  ])('%j is refused with exit code 2', async (args, message) => {
    const { code, output } = await cli(args);
    expect(code).toBe(2);
    expect(output).toMatch(message);
  });
});

describe('check', () => {
  it('lists endpoints, exit code 0', async () => {
    await writeFile(join(dir, 'apis/math.ts'), good);
    const { code, output } = await cli(['check']);
    expect(output).toContain('POST /math/add (a: number, b?: number) => number');
    expect(output).toContain('Adds two numbers.');
    expect(code).toBe(0);
  });

  it('prints each failure with file, line and cause, exit code 1; the others are listed', async () => {
    await writeFile(join(dir, 'apis/math.ts'), good);
    await writeFile(join(dir, 'apis/bad.ts'), `export const = 1;`);
    await writeFile(
      join(dir, 'apis/worse.ts'),
      `import { apiFunction } from 'api-deploy';\nexport const f = apiFunction((x: () => void) => x);\n`,
    );
    const { code, output } = await cli(['check']);
    expect(code).toBe(1);
    expect(output).toContain('POST /math/add');
    expect(output).toMatch(/apis\/bad\.ts:1:14: /);
    expect(output).toMatch(/apis\/worse\.ts:2:\d+: 'f': /);
    expect(output).toContain('2 modules fail');
  });
});

describe('new', () => {
  it('writes a module that checks and serves; never overwrites', async () => {
    expect(await cli(['new', 'billing/invoices'])).toMatchObject({ code: 0 });
    const file = join(dir, 'apis/billing/invoices.ts');
    const text = await readFile(file, 'utf8');
    const again = await cli(['new', 'billing/invoices']);
    expect(again.code).toBe(1);
    expect(again.output).toMatch(/exists already and was left as it is/);
    expect(await readFile(file, 'utf8')).toBe(text);
    const { code, output } = await cli(['check']);
    expect(output).toContain('POST /billing/invoices/save');
    expect(code).toBe(0);
  });

  it.each([
    ['docs/x', /reserved/],
    ['1st', /cannot be part/],
    ['_lib/x', /starts with '_'/],
    ['../out', /cannot be part/],
  ])('%s is refused', async (name, message) => {
    const { code, output } = await cli(['new', name]);
    expect(code).toBe(1);
    expect(output).toMatch(message);
  });
});

describe('start fails with one clear message and exit code 1', () => {
  it('port in use', async () => {
    const blocker = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => blocker.once('listening', resolve));
    const { port } = blocker.address() as AddressInfo;
    const { code, output } = await cli(['start', '--port', String(port)]);
    blocker.close();
    expect(code).toBe(1);
    expect(output).toContain(`port ${port} on 127.0.0.1 is in use`);
    expect(output).not.toMatch(/\n\s+at /);
  });

  it('a broken config.ts', async () => {
    await writeFile(join(dir, 'config.ts'), `export default { port: 'x`);
    const { code, output } = await cli(['start']);
    expect(code).toBe(1);
    expect(output).toMatch(/config\.ts:1:\d+/);
  });

  it('values out of range, all of them, with their source', async () => {
    await writeFile(join(dir, 'config.ts'), `export default { logMaxBodySize: -1 }`);
    const { code, output } = await cli(['start', '--host', ''], { PORT: 'abc' });
    expect(code).toBe(1);
    expect(output).toMatch(/port \(env PORT\): .*'abc'/);
    expect(output).toMatch(/logMaxBodySize \(config\.ts\): .*-1/);
  });

  it('no apis folder', async () => {
    const { code, output } = await cli(['start', '--apis', 'nowhere']);
    expect(code).toBe(1);
    expect(output).toMatch(/apisDir '.*nowhere' cannot be read \(ENOENT\)/);
  });

  it.skipIf(process.getuid?.() === 0)('an apis folder that may not be read', async () => {
    await chmod(join(dir, 'apis'), 0);
    expect((await cli(['start'])).code).toBe(1);
    await chmod(join(dir, 'apis'), 0o755);
  });

  it('sample and short tokens in production', async () => {
    const { code, output } = await cli(['start'], {
      NODE_ENV: 'production',
      VALID_TOKENS: 'dev-token',
      ADMIN_TOKENS: 'short',
    });
    expect(code).toBe(1);
    expect(output).toMatch(/validTokens/);
    expect(output).toMatch(/adminTokens/);
    expect(output).not.toContain('dev-token');
    expect(output).not.toContain("'short'");
  });
});

it('a broken module does not prevent the start', async () => {
  const server = await startServer({ files: { 'bad.ts': 'export const = 1', 'math.ts': good } });
  try {
    expect((await server.call('/math/add', { a: 1 })).json.data).toBe(2);
    const missing = await server.call('/bad/x');
    expect(missing.status).toBe(404);
    expect(missing.json.error).toMatch(/'bad' failed to load.*apis\/bad\.ts:1/);
    expect((await server.get('/readiness')).status).toBe(200);
  } finally {
    await server.stop();
  }
});

it('serves a folder outside the project, whose files import api-deploy and the runtime’s packages', async () => {
  const elsewhere = await mkdtemp(join(tmpdir(), 'elsewhere-'));
  await writeFile(
    join(elsewhere, 'far.ts'),
    `import { apiFunction, ApiError, type CallContext } from 'api-deploy';
import { z } from 'zod';
export const away = apiFunction((n: number, ctx: CallContext) => { if (n < 0) throw new ApiError('NEGATIVE', 'n is below 0'); return [n, ctx.endpoint, z.number().parse(n)]; });
`,
  );
  const server = await startServer({ env: { APIS_DIR: elsewhere, VALID_TOKENS: 'a,b', ADMIN_TOKENS: 'c' } });
  try {
    expect((await server.call('/far/away', { n: 1 }, 'a')).json.data).toEqual([1, '/far/away', 1]);
    expect((await server.call('/far/away', { n: -1 }, 'b')).json).toMatchObject({
      code: 'NEGATIVE',
      error: 'n is below 0',
    });
    expect((await server.call('/far/away', { n: '1' }, 'b')).status).toBe(422);
    expect((await server.admin('/api/reload', 'c')).status).toBe(200);
    await writeFile(join(elsewhere, 'near.ts'), good);
    await server.until('/near/add', ({ status }) => status === 401 || status === 200);
    expect((await server.call('/near/add', { a: 1, b: 1 }, 'b')).json.data).toBe(2);
  } finally {
    await server.stop();
    await rm(elsewhere, { recursive: true });
  }
});

it('prints no warning of Node’s own', async () => {
  await writeFile(join(dir, 'apis/math.ts'), `import { z } from 'zod';\n${good}export const zod = z;\n`);
  const { output } = await cli(['check']);
  expect(output).not.toMatch(/Warning/);
});
