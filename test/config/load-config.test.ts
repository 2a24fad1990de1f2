import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/config/config-error.ts';
import { loadConfig, type LoadConfigOptions } from '../../src/config/load-config.ts';
import type { ConfigInput } from '../../src/config/schema.ts';

let projectDir: string;

beforeEach(() => {
  projectDir = mkdtempSync(join(tmpdir(), 'api-deploy-config-'));
});
afterEach(() => rmSync(projectDir, { recursive: true, force: true }));

interface Sources {
  readonly input?: ConfigInput | Record<string, unknown>;
  readonly env?: NodeJS.ProcessEnv;
  readonly more?: Partial<LoadConfigOptions>;
}

function load({ input, env = {}, more = {} }: Sources = {}) {
  if (input !== undefined) writeFileSync(join(projectDir, 'config.ts'), '// evaluated by the test');
  return loadConfig({ projectDir, evaluate: async () => ({ default: input }), env, ...more });
}

async function problemsOf(sources: Sources) {
  const error = await load(sources).then(
    () => expect.unreachable('expected a ConfigError'),
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(ConfigError);
  return error as ConfigError;
}

const file = (name: string, text: string) => writeFileSync(join(projectDir, name), text);

describe('sources', () => {
  it('has the documented defaults without any source', async () => {
    const { config, file: read, environment } = await load();
    expect(read).toBeUndefined();
    expect(environment).toBe('development');
    expect(config).toEqual({
      host: '127.0.0.1',
      port: 8000,
      validTokens: [],
      adminTokens: [],
      hotReload: true,
      debug: true,
      apisDir: join(projectDir, 'apis'),
      dataDir: join(projectDir, 'data'),
      typeErrors: 'warn',
      breakingChanges: 'warn',
      workers: 1,
      bodyLimit: 2 ** 20,
      uploadLimit: 64 * 2 ** 20,
      functionTimeout: 30,
      blockTimeout: 5,
      quarantineAfter: 3,
      loadTimeout: 5,
      disposeTimeout: 30,
      reloadTimeout: 120,
      scanInterval: 30,
      maxFileSize: 2 ** 20,
      keepGenerations: 10,
      backupInterval: 86_400,
      backupRetention: 7 * 86_400,
      backupCount: 100,
      runnerAllowPrivate: true,
      shutdownTimeout: 30,
      maxConcurrentCalls: 1000,
      maxConnections: 10_000,
      maxEventLoopLag: 0,
      bufferLimit: 256 * 2 ** 20,
      headersTimeout: 15,
      directLane: true,
      requestTimeout: 60,
      sendTimeout: 60,
      keepAliveTimeout: 65,
      rateLimit: undefined,
      enableRequestLogging: true,
      logToFile: true,
      logLevel: 'info',
      logRequestBody: true,
      logResponseData: false,
      logMaxBodySize: 1000,
      logFilePath: join(projectDir, 'logs/api_{date}.log'),
      logRotation: { everySeconds: 86_400 },
      logRetention: 30 * 86_400,
      metrics: 'admin',
      mcpAllowedHosts: [],
      mcpAllowedOrigins: [],
    });
  });

  it('lets each source win over the one before it', async () => {
    file('.env', 'PORT=2\nHOST=env-file\nLOG_LEVEL=warn\nBODY_LIMIT=2 KB\n');
    file('.env.test', 'PORT=3\nLOG_LEVEL=error\nBODY_LIMIT=3 KB\n');
    const { config } = await load({
      input: { port: 1, host: 'file', logLevel: 'debug', bodyLimit: '1 KB', apisDir: 'functions' },
      env: { NODE_ENV: 'test', PORT: '4', BODY_LIMIT: '4 KB' },
      more: { overrides: { port: 5 } },
    });
    expect(config).toMatchObject({ port: 5, bodyLimit: 4000, logLevel: 'error', host: 'env-file' });
    expect(config.apisDir).toBe(join(projectDir, 'functions'));
  });

  it('reads .env anew at each load and leaves the environment alone', async () => {
    const env = {};
    file('.env', 'PORT=1111');
    expect((await load({ env })).config.port).toBe(1111);
    file('.env', 'PORT=2222');
    expect((await load({ env })).config.port).toBe(2222);
    file('.env', '');
    expect((await load({ env })).config.port).toBe(8000);
    expect(env).toEqual({});
    expect(process.env['PORT']).not.toBe('2222');
  });

  it('reads every form of variable', async () => {
    const { config } = await load({
      env: {
        VALID_TOKENS: ' a , b,,',
        HOT_RELOAD: 'no',
        DEBUG: '0',
        LOG_TO_FILE: 'FALSE',
        LOG_RESPONSE_DATA: 'yes',
        LOG_MAX_BODY_SIZE: '12',
        RATE_LIMIT: '100/1 minute',
        LOG_ROTATION: '100 MB',
        FUNCTION_TIMEOUT: '1.5',
        APIS_DIR: '/elsewhere',
      },
    });
    expect(config).toMatchObject({
      validTokens: ['a', 'b'],
      hotReload: false,
      debug: false,
      logToFile: false,
      logResponseData: true,
      logMaxBodySize: 12,
      rateLimit: { limit: 100, window: 60 },
      logRotation: { sizeBytes: 100_000_000 },
      functionTimeout: 1.5,
      apisDir: '/elsewhere',
    });
  });

  it('takes an empty variable for one that is not set', async () => {
    const { config } = await load({ input: { validTokens: ['a'] }, env: { VALID_TOKENS: '', PORT: ' ' } });
    expect(config).toMatchObject({ validTokens: ['a'], port: 8000 });
  });

  it('switches a rate limit off again', async () => {
    const { config } = await load({
      input: { rateLimit: { limit: 5, window: '1 s' } },
      env: { RATE_LIMIT: 'none' },
    });
    expect(config.rateLimit).toBeUndefined();
  });

  it('freezes the result deeply', async () => {
    const { config } = await load({ input: { validTokens: ['a'], rateLimit: '1/1s' } });
    expect(() => Object.assign(config, { port: 1 })).toThrow(TypeError);
    expect(() => (config.validTokens as string[]).push('b')).toThrow(TypeError);
    expect(() => Object.assign(config.rateLimit ?? {}, { limit: 2 })).toThrow(TypeError);
  });
});

describe('problems', () => {
  it('lists all of them at once, with source, value and what was expected', async () => {
    file('.env', 'LOG_RETENTION=soon');
    const error = await problemsOf({
      input: { prot: 1, maxConcurrentCalls: 0, logFilePath: '{date}' },
      env: { PORT: '70000', DEBUG: 'maybe' },
    });
    const lines = Object.fromEntries(
      error.problems.map((problem) => [problem.key, `${problem.source}: ${problem.message}`]),
    );
    expect(lines).toEqual({
      prot: "config.ts: there is no such key; did you mean 'port'?",
      maxConcurrentCalls: "config.ts: expected a whole number from 1, got '0'",
      logFilePath: expect.stringMatching(/^config\.ts: expected a path such as .*, got '\{date\}'$/),
      port: "env PORT: expected a whole number from 0 to 65535, got '70000'",
      debug: "env DEBUG: expected true or false (also 1/0, yes/no), got 'maybe'",
      logRetention: expect.stringMatching(/^\.env: expected a duration .*, got 'soon'$/),
    });
    for (const line of Object.values(lines)) expect(error.message).toContain(line.split(': ')[1]);
  });

  it.each([
    ['logRotation', '25 days'],
    ['logRotation', '10'.repeat(9)],
    ['logRotation', '0 s'],
    ['functionTimeout', 0],
    ['functionTimeout', '-1 s'],
    ['bodyLimit', '1 GiB'],
    ['bodyLimit', 1.5],
    ['rateLimit', '0/60s'],
    ['rateLimit', { limit: 1, window: 60, burst: 2 }],
    ['rateLimit', '1/2/3'],
    ['logLevel', 'loud'],
    ['port', '8000'],
    ['logFilePath', 'logs/api_{date}'],
    ['logFilePath', 'logs/{date}_{date}.log'],
    ['logFilePath', 'logs-{date}/api.log'],
    ['logFilePath', 'logs/a:b.log'],
  ])('refuses %s: %j', async (key, value) => {
    const { problems } = await problemsOf({ input: { [key]: value } });
    expect(problems.map((problem) => problem.key)).toEqual([key]);
  });

  it.each(['logs/api_{date}.log', 'api.log', '/var/log/x/api.v1-{date}.jsonl'])(
    'accepts logFilePath %s',
    async (logFilePath) => {
      await expect(load({ input: { logFilePath } })).resolves.toBeDefined();
    },
  );

  it('tells a file that is missing, fails or exports nothing usable', async () => {
    const named = await problemsOf({ more: { configFile: 'other.ts' } });
    expect(named.message).toMatch(/other\.ts: expected a configuration file, found none at '.*other\.ts'/);

    file('config.ts', '');
    const cause = new SyntaxError('Unexpected "}" in line 3');
    const failed = await problemsOf({ more: { evaluate: () => Promise.reject(cause) } });
    expect(failed.message).toContain('config.ts: cannot be loaded: Unexpected "}" in line 3');
    expect(failed.cause).toBe(cause);

    const none = await problemsOf({ more: { evaluate: async () => ({ config: {} }) } });
    expect(none.message).toContain("expected 'export default defineConfig({ … })', got no default export");
    const array = await problemsOf({ more: { evaluate: async () => ({ default: [] }) } });
    expect(array.message).toContain('got a default export that is an array');
  });
});

describe('tokens', () => {
  it('never shows one, not even a wrong one', async () => {
    const error = await problemsOf({
      input: { validTokens: ['has a blank', 42, ''], adminTokens: 'my-secret-admin' },
    });
    expect(error.problems.map((problem) => problem.key)).toEqual([
      'validTokens',
      'validTokens',
      'validTokens',
      'adminTokens',
    ]);
    expect(error.message).not.toMatch(/has a blank|42|my-secret/);
    expect(error.message).toContain('item 1 is none');
  });

  it('counts a token of both lists as an admin token and drops repeats', async () => {
    const { config, warnings } = await load({
      input: { validTokens: ['a', 'b', 'a'], adminTokens: ['b', 'c', 'c'] },
    });
    expect(config).toMatchObject({ validTokens: ['a'], adminTokens: ['b', 'c'] });
    expect(warnings).toEqual(['1 of the validTokens are adminTokens too; they count as admin tokens']);
  });

  describe('in production', () => {
    const env = { NODE_ENV: 'production' };

    it('refuses samples, short tokens and no token at all', async () => {
      const samples = await problemsOf({
        input: { validTokens: ['dev-token'], adminTokens: ['dev-admin-token'] },
        env,
      });
      expect(samples.message).toMatch(/validTokens \(config\.ts\): token 1 of 1 is a published sample/);
      expect(samples.message).toMatch(/adminTokens \(config\.ts\): token 1 of 1 is a published sample/);
      expect(samples.message).not.toMatch(/dev-/);

      const short = await problemsOf({
        input: {},
        env: { ...env, VALID_TOKENS: 'x'.repeat(16), ADMIN_TOKENS: 'qwertzuiop12345' },
      });
      expect(short.problems).toHaveLength(1);
      expect(short.message).toContain(
        'adminTokens (env ADMIN_TOKENS): token 1 of 1 has 15 characters, expected at least 16',
      );
      expect(short.message).not.toContain('qwertz');

      expect((await problemsOf({ input: {}, env })).message).toContain('expected at least one token');
    });

    it('also when .env says production', async () => {
      file('.env', 'NODE_ENV=production\nVALID_TOKENS=short\n');
      file('.env.production', 'PORT=99999');
      const { problems } = await problemsOf({});
      expect(problems.map((problem) => `${problem.source} ${problem.key}`)).toEqual(['.env.production port']);
      file('.env.production', '');
      expect((await problemsOf({})).problems.map((problem) => problem.key)).toEqual(['validTokens']);
    });

    it('starts with good tokens and warns of debug', async () => {
      const { environment, warnings } = await load({ env: { ...env, VALID_TOKENS: 'v'.repeat(24) } });
      expect(environment).toBe('production');
      expect(warnings).toEqual([expect.stringContaining('debug is on')]);
    });
  });

  it('refuses every token that the project publishes', async () => {
    const { readFileSync } = await import('node:fs');
    const root = join(import.meta.dirname, '../..');
    const { sampleTokens } = await import('../../src/config/token-rules.ts');
    const example = readFileSync(join(root, '.env.example'), 'utf8').matchAll(/TOKENS=(.*)/g);
    const { default: input } = (await import('../../config.ts')) as { default: ConfigInput };
    const published = [
      ...[...example].map((match) => match[1] ?? ''),
      ...(input.validTokens ?? []),
      ...(input.adminTokens ?? []),
    ];
    expect(published).toHaveLength(4);
    for (const token of published) expect(sampleTokens).toContain(token);
  });
});
