import { spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { exitOf, projectRoot, spawnCli, startServer } from '../../support/start-server.ts';

let dir: string;
let target: Server;
let baseUrl: string;
let seen: string[] = [];

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'run-tests-'));
  await mkdir(join(dir, 'apis'));
  target = createServer((request, response) => {
    const url = request.url ?? '';
    seen.push(`${request.method} ${url}`);
    response.setHeader('content-type', 'application/json');
    if (url.startsWith('/slow')) return void setTimeout(() => response.end('{}'), 300);
    if (url.startsWith('/login')) return void response.end('{"token":"t-4711"}');
    const [, id] = /^\/pets\/([^?]+)/.exec(url) ?? [];
    if (id === '404') response.statusCode = 404;
    response.end(JSON.stringify(id === undefined ? [{ id: 1 }] : { id, name: 'Rex' }));
  });
  await new Promise<void>((resolve) => {
    target.listen(0, '127.0.0.1', resolve);
  });
  baseUrl = `http://127.0.0.1:${(target.address() as AddressInfo).port}`;
});
afterAll(async () => {
  target.closeAllConnections();
  target.close();
  await rm(dir, { recursive: true, force: true });
});

async function put(name: string, content: string | object): Promise<void> {
  await mkdir(join(dir, name, '..'), { recursive: true });
  await writeFile(join(dir, name), typeof content === 'string' ? content : JSON.stringify(content));
}

async function run(...args: string[]) {
  seen = [];
  const { child, output } = spawnCli(['run', ...args], { cwd: dir, env: { NO_COLOR: '1' } });
  let stdout = '';
  child.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  const code = await exitOf(child);
  return { code, output: output(), stdout, seen };
}

const request = (url: string, more: object = {}) => ({
  type: 'request',
  name: url,
  request: {
    method: 'GET',
    url: `{{baseUrl}}${url}`,
    pathParams: [],
    params: [],
    headers: [],
    body: { type: 'none' },
    auth: { type: 'none' },
  },
  ...more,
});
const status = (expected: number) => ({ assertions: [{ on: 'status', operator: 'equals', expected }] });

it('an OpenAPI description in several files runs against its server, and leaves nothing behind', async () => {
  await put(
    'openapi/pets.yaml',
    `openapi: 3.0.3
info: { title: Pets, version: '1' }
servers: [{ url: '${baseUrl}' }]
paths:
  /pets: { get: { summary: List, responses: { '200': { description: ok } } } }
  /pets/{id}: { $ref: 'paths/pet.yaml' }
`,
  );
  await put(
    'openapi/paths/pet.yaml',
    `get:
  summary: One
  parameters:
    - { $ref: '../parameters.yaml#/Id' }
  responses: { '200': { description: ok } }
`,
  );
  await put(
    'openapi/parameters.yaml',
    `Id: { name: id, in: path, required: true, schema: { type: integer, minimum: 5 } }\n`,
  );
  const { code, output, seen } = await run('openapi/pets.yaml');
  expect(output).toContain('pets.yaml: OpenAPI 3.0.3, 2 requests, 0 skipped');
  expect({ code, seen }).toEqual({ code: 0, seen: ['GET /pets', 'GET /pets/5'] });
  expect(output).toMatch(/Requests: .*2 passed/);
  expect(await readdir(join(dir, 'data'))).toEqual(['cache']);
});

it('the requests of a Postman collection pass variables on; its environment is a file', async () => {
  await put('shop.json', {
    info: { name: 'Shop', schema: 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json' },
    item: [
      {
        name: 'login',
        request: { method: 'POST', url: '{{host}}/login' },
        event: [
          {
            listen: 'test',
            script: {
              exec: [
                "pm.test('ok', () => pm.response.to.have.status(200));",
                "pm.environment.set('token', pm.response.json().token);",
              ],
            },
          },
        ],
      },
      { name: 'pet', request: { method: 'GET', url: '{{host}}/pets/7?token={{token}}' } },
    ],
  });
  await put('shop.env.json', { name: 'local', values: [{ key: 'host', value: baseUrl, enabled: true }] });
  const { code, seen, output } = await run('shop.json', '--env', 'shop.env.json', '--lang', 'zh');
  expect(output).toContain('2 个请求');
  expect({ code, seen }).toEqual({ code: 0, seen: ['POST /login', 'GET /pets/7?token=t-4711'] });
});

it('says what it left out of a collection, and nothing about itself', async () => {
  await put('scripts.json', {
    info: { name: 'Scripts', schema: 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json' },
    item: Array.from({ length: 20 }, (_, id) => ({
      name: `pet ${id}`,
      request: { method: 'GET', url: `${baseUrl}/pets/${id}` },
      ...(id < 12 ? { event: [{ listen: 'prerequest', script: { exec: ['sendMail();'] } }] } : {}),
    })),
  });
  const { code, output, seen } = await run('scripts.json');
  expect({ code, seen: seen.length }).toEqual({ code: 0, seen: 20 });
  const left = output.split('\n').filter((line) => line.startsWith('  not converted: '));
  expect(left).toHaveLength(11);
  expect(left[0]).toContain(
    '/item/0/event/0: pre-request script: sendMail();: scripts before a request are not run',
  );
  expect(left[10]).toContain('2 more parts');
  expect(output).not.toMatch(/warning/i);
});

it('a scenario as JSON: exit code 1 when something failed, with all reports in a folder', async () => {
  await put('flow.json', {
    name: 'flow',
    steps: [request('/pets/1', status(200)), request('/pets/404', status(200)), request('/pets/2')],
  });
  const { code, stdout, seen } = await run(
    'flow.json',
    '--var',
    `baseUrl=${baseUrl}`,
    '--reporter',
    'console,junit',
    '--reporter',
    'json,html',
    '--out',
    'reports',
  );
  expect(code).toBe(1);
  // A scenario ends at the first failure.
  expect(seen).toEqual(['GET /pets/1', 'GET /pets/404']);
  expect(stdout).toContain('expected 200, got 404');
  expect((await readdir(join(dir, 'reports'))).sort()).toEqual(['report.html', 'report.json', 'report.xml']);
  const json = JSON.parse(await readFile(join(dir, 'reports/report.json'), 'utf8'));
  expect(JSON.stringify(json)).toContain('/pets/404');
  expect(await readFile(join(dir, 'reports/report.xml'), 'utf8')).toMatch(/<testsuites[^>]*failures="1"/);
  expect(await readFile(join(dir, 'reports/report.html'), 'utf8')).toContain('<!doctype html>');
});

it('a row of data is an iteration; one report alone is printed', async () => {
  await put('row.json', { name: 'rows', steps: [request('/pets/{{id}}', status(200))] });
  await put('rows.csv', 'id,note\n11,a\n404,b\n13,c\n');
  const all = await run(
    'row.json',
    '--var',
    `baseUrl=${baseUrl}`,
    '--data',
    'rows.csv',
    '--reporter',
    'junit',
  );
  expect(all.code).toBe(1);
  expect(all.seen).toEqual(['GET /pets/11', 'GET /pets/404', 'GET /pets/13']);
  expect(all.stdout.trim().startsWith('<?xml')).toBe(true);
  expect(all.stdout.trim().endsWith('</testsuites>')).toBe(true);
  const bail = await run('row.json', '--var', `baseUrl=${baseUrl}`, '--data', 'rows.csv', '--bail');
  expect({ code: bail.code, seen: bail.seen }).toEqual({ code: 1, seen: ['GET /pets/11', 'GET /pets/404'] });
});

it('what nothing sets is told, unless it is given', async () => {
  await put('guarded.json', {
    openapi: '3.1.0',
    info: { title: 'Guarded', version: '1' },
    servers: [{ url: baseUrl }],
    components: { securitySchemes: { shop: { type: 'http', scheme: 'bearer' } } },
    security: [{ shop: [] }],
    paths: { '/pets': { get: { responses: { 200: { description: 'ok' } } } } },
  });
  const without = await run('guarded.json');
  expect(without.code).toBe(2);
  expect(without.output).toContain('nothing sets shopToken: give --var shopToken=… or --env');
  const given = await run('guarded.json', '--var', 'shopToken=x');
  expect({ code: given.code, seen: given.seen }).toEqual({ code: 0, seen: ['GET /pets'] });
  expect(given.output).not.toContain('nothing sets');
});

it('concurrency: the requests of a description run side by side', async () => {
  await put('many.json', {
    openapi: '3.1.0',
    info: { title: 'Many', version: '1' },
    servers: [{ url: baseUrl }],
    paths: Object.fromEntries(
      Array.from({ length: 6 }, (_, index) => [
        `/slow/${index}`,
        { get: { responses: { 200: { description: 'ok' } } } },
      ]),
    ),
  });
  const { code, seen } = await run('many.json', '--concurrency', '6');
  expect(code).toBe(0);
  expect(seen).toHaveLength(6);
});

it('Ctrl-C cancels, and reports what there is by then', async () => {
  await put('long.json', {
    name: 'long',
    steps: [{ type: 'repeat', times: 200, steps: [request('/slow')] }],
  });
  seen = [];
  const { child, output } = spawnCli(
    [
      'run',
      'long.json',
      '--var',
      `baseUrl=${baseUrl}`,
      '--reporter',
      'console,junit',
      '--out',
      'cancelled.xml',
    ],
    { cwd: dir },
  );
  const deadline = Date.now() + 30_000;
  while (seen.length < 2 && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 20));
  child.kill('SIGINT');
  expect(await exitOf(child)).toBe(2);
  expect(output()).toContain('cancelling');
  expect(output()).toMatch(/\ncancelled\n/);
  expect(await readFile(join(dir, 'cancelled.xml'), 'utf8')).toContain('</testsuites>');
  expect(seen.length).toBeLessThan(200);
});

it('what cannot be run is exit code 2, with the way out', async () => {
  const cases: [args: string[], message: string][] = [
    [['none.json'], 'there is no file'],
    [['flow.json', '--project', 'x'], "--project 'x' goes with a scenario of the database"],
    [['flow.json', '--reporter', 'pdf'], "--reporter: expected console, junit, json, html, got 'pdf'"],
    [['flow.json', '--iterations', 'many'], '--iterations: expected a whole number'],
    [['flow.json', '--var', 'x'], '--var: expected name=value'],
    [[], "'run' takes one scenario or file"],
  ];
  await put('empty.txt', 'nothing that anybody knows');
  const results = await Promise.all(
    [...cases, [['empty.txt'], 'is none of'] as const].map(([args]) => run(...args)),
  );
  expect(results.map(({ code }) => code)).toEqual(results.map(() => 2));
  for (const [index, [, message]] of cases.entries()) expect(results[index]?.output).toContain(message);
  expect(results.at(-1)?.output).toContain('empty.txt');
});

it('the package as it is installed brings the platform with it', async () => {
  const project = join(dir, 'installed');
  const installed = join(project, 'node_modules/api-deploy');
  await mkdir(join(project, 'apis'), { recursive: true });
  const { files } = JSON.parse(await readFile(join(projectRoot, 'package.json'), 'utf8')) as {
    files: string[];
  };
  for (const path of ['package.json', ...files])
    await cp(join(projectRoot, path), join(installed, path), { recursive: true });
  for (const name of await readdir(join(projectRoot, 'node_modules')))
    await symlink(join(projectRoot, 'node_modules', name), join(project, 'node_modules', name));
  await put('installed/one.json', { name: 'one', steps: [request('/pets/1', status(200))] });
  seen = [];
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(
    process.execPath,
    [join(installed, 'bin/api-deploy.js'), 'run', 'one.json', '--var', `baseUrl=${baseUrl}`],
    { cwd: project, env: { PATH, HOME }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const code = await exitOf(child);
  expect({ code, output, seen }).toEqual({ code: 0, output: expect.any(String), seen: ['GET /pets/1'] });
});

it('a scenario of the database, beside the service and without it, also with own functions', async () => {
  const project = join(dir, 'project');
  await cp(join(projectRoot, 'apis'), join(project, 'apis'), { recursive: true });
  const server = await startServer({
    dir: project,
    files: {
      'own.ts': `import { apiFunction } from 'api-deploy';\nexport const double = apiFunction((n: number) => 2 * n);`,
    },
  });
  const made = async (path: string, body: object) => {
    const { json } = await server.call(path, body);
    expect(json).toMatchObject({ success: true });
    return json.data.id as number;
  };
  const projectId = await made('/projects/create', { name: 'Shop' });
  const moduleId = await made('/modules/create', { projectId, name: 'm' });
  const apiId = await made('/catalog/create', {
    moduleId,
    name: 'pet',
    url: '{{baseUrl}}/pets/{{id}}',
    ...status(200),
  });
  const environmentId = await made('/environments/create', { projectId, name: 'local' });
  await server.call('/environments/setVariables', {
    of: 'environment',
    id: environmentId,
    variables: [{ name: 'baseUrl', value: baseUrl }],
  });
  const steps = {
    steps: [
      { type: 'api', api: apiId, name: 'pet' },
      {
        type: 'call',
        name: 'double',
        call: '/own/double',
        arguments: { n: 21 },
        assertions: [{ on: 'jsonPath', path: '$', operator: 'equals', expected: 42 }],
      },
    ],
  };
  await made('/scenarios/create', { moduleId, name: 'smoke', steps });

  const inProject = async (...args: string[]) => {
    seen = [];
    const { child, output } = spawnCli(['run', ...args], { cwd: project, env: { NO_COLOR: '1' } });
    return { code: await exitOf(child), output: output(), seen };
  };
  const args = ['smoke', '--project', 'Shop', '--env', 'local', '--var', 'id=5'];
  const beside = await inProject(...args);
  expect(beside).toMatchObject({ code: 0, seen: ['GET /pets/5'] });
  expect(beside.output).toContain('Shop · local');
  const { json } = await server.call('/runs/list', { projectId });
  expect(json.data.items).toMatchObject([{ name: 'smoke', status: 'passed' }]);
  await server.stop();
  expect(await inProject(...args)).toMatchObject({ code: 0 });
  const unknown = await inProject('smok');
  expect(unknown.code).toBe(2);
  expect(unknown.output).toContain("there is no scenario 'smok'; expected 'smoke'");
});
