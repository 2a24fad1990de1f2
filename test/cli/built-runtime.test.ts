import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { projectRoot, startServer } from '../support/start-server.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'api-deploy-built-'));
  await mkdir(join(dir, 'apis'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

/** Has Node write the URL of each file that it loads to `loaded.txt`; gives the arguments for it. */
async function noteLoads(): Promise<string[]> {
  const hooks = join(dir, 'hooks.mjs');
  const file = JSON.stringify(join(dir, 'loaded.txt'));
  await writeFile(
    hooks,
    `import { appendFileSync } from 'node:fs';
export function load(url, context, next) { appendFileSync(${file}, url + '\\n'); return next(url, context); }\n`,
  );
  const register = join(dir, 'register.mjs');
  const url = JSON.stringify(pathToFileURL(hooks).href);
  await writeFile(register, `import { register } from 'node:module';\nregister(${url});\n`);
  return ['--import', pathToFileURL(register).href];
}

const good = `import { apiFunction } from 'api-deploy';
export const hello = apiFunction((name = 'you'): string => \`Hello, \${name}\`);
`;

it('a start loads few files, and no package but those that it cannot do without', async () => {
  const nodeArgs = await noteLoads();
  const server = await startServer({ dir, files: { 'm.ts': good }, nodeArgs, env: { HOT_RELOAD: 'false' } });
  try {
    expect((await server.call('/m/hello')).json.data).toBe('Hello, you');
  } finally {
    await server.stop();
  }
  const loaded = (await readFile(join(dir, 'loaded.txt'), 'utf8')).split('\n');
  const files = loaded.filter((url) => url.startsWith('file:'));
  const packages = files.flatMap((url) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1] ?? []);
  // The transpiler: nothing was in the cache.
  expect(packages).toEqual(['esbuild']);
  expect(files.length).toBeGreaterThan(5);
  expect(files.length).toBeLessThan(50);
});

it('what was transpiled is kept, config.ts too, for nobody but its owner', async () => {
  const projectFiles = { 'config.ts': "export default { validTokens: ['business-token-for-tests'] };\n" };
  const files = { 'm.ts': good };
  const env = { HOT_RELOAD: 'false', VALID_TOKENS: '' };
  for (let start = 0; start < 2; start++) {
    const server = await startServer({ dir, files, projectFiles });
    await server.stop();
  }
  const kept = join(dir, 'data/cache/config.jsonl');
  expect((await stat(kept)).mode & 0o777).toBe(0o600);
  const nodeArgs = await noteLoads();
  const server = await startServer({ dir, nodeArgs, env });
  try {
    expect((await server.call('/m/hello')).json.data).toBe('Hello, you');
    await writeFile(join(dir, 'config.ts'), "export default { validTokens: ['another-token-for-tests'] };\n");
  } finally {
    await server.stop();
  }
  expect(await readFile(join(dir, 'loaded.txt'), 'utf8')).not.toContain('node_modules/esbuild');
  const changed = await startServer({ dir, env });
  try {
    expect((await changed.call('/m/hello')).status).toBe(401);
    expect((await changed.call('/m/hello', {}, 'another-token-for-tests')).status).toBe(200);
  } finally {
    await changed.stop();
  }
});

it('understands schemas of the zod that files import, which is not its own copy', async () => {
  const text = `import { apiFunction } from 'api-deploy';
import { z } from 'zod';
const input = z.object({ to: z.email().describe('Who gets it.'), tries: z.int().min(1).default(3) });
export const send = apiFunction(({ to, tries }: z.infer<typeof input>): string => \`\${to} \${tries}\`, { input });
`;
  const server = await startServer({ dir, files: { 'mail.ts': text } });
  try {
    expect((await server.call('/mail/send', { to: 'a@b.example' })).json.data).toBe('a@b.example 3');
    const refused = await server.call('/mail/send', { to: 'nobody', tries: 0 });
    expect(refused.status).toBe(422);
    expect(refused.json.details.map(({ path }: { path: string }) => path).toSorted()).toEqual([
      'to',
      'tries',
    ]);
    expect(JSON.stringify((await server.get('/openapi.json')).json)).toContain('Who gets it.');
  } finally {
    await server.stop();
  }
});

it('holds the licences of the packages that are part of it', async () => {
  const texts = await readFile(join(projectRoot, 'dist/third-party-licences.txt'), 'utf8');
  for (const name of ['hono', 'pino', 'zod', 'chokidar'])
    expect(texts).toMatch(new RegExp(`^${name} \\d`, 'm'));
});
