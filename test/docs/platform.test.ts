import { spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { formatNames } from '../../apis/_platform/importers/importers.ts';
import { operators } from '../../apis/_platform/model/checks.ts';
import { variableScopes } from '../../apis/_platform/model/result.ts';
import { builtIns } from '../../apis/_platform/values/built-ins.ts';
import { filters } from '../../apis/_platform/values/filters.ts';
import { projectRoot } from '../support/start-server.ts';
import { codeBlocks, headings, proseOf, readDocument, tables } from './read-markdown.ts';

const english = readDocument('docs/platform.md');
const chinese = readDocument('docs/platform.zh-CN.md');
const address = '127.0.0.1:8000';

/** Each block of commands with the output that the text shows for it, if it does. */
const steps = codeBlocks(english).flatMap(({ language, code }, index, all) => {
  const next = all[index + 1];
  return language === 'sh' ? [{ code, shown: next?.language === 'text' ? next.code : undefined }] : [];
});
const mark = (index: number): string => `----- output of block ${index} -----`;

/** What the commands of each block printed. */
let printed: string[] = [];
/** What the service of the walk served when it had started. */
let served: string[] = [];
/** Asks for it between the first block and the second one. */
const askState = `curl -s http://${address}/ > state.json\n`;

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => {
    server.close(resolve);
  });
  return port;
}

/** What a clone has after `npm ci`, as far as the commands need it. */
async function cloned(): Promise<string> {
  const dir = await realpath(await mkdtemp(join(tmpdir(), 'api-deploy-walk-')));
  await cp(join(projectRoot, 'apis'), join(dir, 'apis'), { recursive: true });
  await cp(join(projectRoot, 'config.ts'), join(dir, 'config.ts'));
  await symlink(join(projectRoot, 'bin'), join(dir, 'bin'));
  await writeFile(join(dir, 'package.json'), '{ "type": "module" }');
  await mkdir(join(dir, 'node_modules/.bin'), { recursive: true });
  await symlink(projectRoot, join(dir, 'node_modules/api-deploy'));
  await symlink('../api-deploy/bin/api-deploy.js', join(dir, 'node_modules/.bin/api-deploy'));
  return dir;
}

/** Runs a script in a shell of its own; ends whatever it leaves behind. */
async function shell(
  script: string,
  cwd: string,
  port: number,
): Promise<{ code: number | null; output: string; errors: string }> {
  const { PATH = '', HOME = '' } = process.env;
  // What loads and runs beside other tests may take longer than it does alone.
  const env = { PATH, HOME, PORT: String(port), LOAD_TIMEOUT: '60', BLOCK_TIMEOUT: '60', NO_COLOR: '1' };
  const child = spawn('bash', ['-e', '-c', script], { cwd, env, detached: true });
  let output = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const late = setTimeout(() => process.kill(-(child.pid ?? 0), 'SIGKILL'), 240_000);
  const code = await new Promise<number | null>((resolve) => child.once('exit', resolve));
  clearTimeout(late);
  try {
    process.kill(-(child.pid ?? 0), 'SIGKILL');
  } catch {
    // Nothing was left.
  }
  return { code, output, errors };
}

/** A pattern of what is shown: `…` stands for anything, and times differ. */
function toPattern(shown: string): RegExp {
  const source = shown
    .trimEnd()
    .replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`)
    .replaceAll('…', '.*')
    .replaceAll(/\d+ ms/g, String.raw`\d+ ms`)
    .replaceAll(/\d+\\\.\d+ s\b/g, String.raw`\d+\.\d+ s`);
  return new RegExp(`^${source}$`);
}

describe('the walk from import to report', () => {
  beforeAll(async () => {
    const [dir, port] = [await cloned(), await freePort()];
    try {
      const script = steps
        .map(({ code }, index) => `echo '${mark(index)}'\n${code}${index === 0 ? askState : ''}`)
        .join('');
      const here = `127.0.0.1:${port}`;
      const { code, output, errors } = await shell(script.replaceAll(address, here), dir, port);
      const log = await readFile(join(dir, 'service.log'), 'utf8');
      expect(code, [output, errors, log.slice(-4000)].join('\n')).toBe(0);
      const state = JSON.parse(await readFile(join(dir, 'state.json'), 'utf8')) as {
        data: { endpoints: { path: string }[] };
      };
      served = state.data.endpoints.map(({ path }) => path);
      printed = output
        .replaceAll(here, address)
        .split(/^----- output of block \d+ -----\n/m)
        .slice(1)
        .map((text) => text.trimEnd());
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  }, 300_000);

  it('runs every block', () => {
    expect(printed).toHaveLength(steps.length);
    expect(steps.filter(({ shown }) => shown !== undefined).length).toBeGreaterThan(10);
  });

  it.each(steps.map((step, index) => ({ ...step, index })).filter(({ shown }) => shown !== undefined))(
    'block $index prints what the text shows',
    ({ index, shown = '' }) => {
      expect(printed[index]).toMatch(toPattern(shown));
    },
  );

  it('the table of modules has every function that is served, and no other', () => {
    const rows = tables(english).find(({ head }) => head[0] === 'Module')?.rows ?? [];
    const written = rows.flatMap(([module = '', , functions = '']) =>
      codesOf(functions).map((name) => `/${module.replaceAll('`', '')}/${name}`),
    );
    expect(served.length).toBeGreaterThan(100);
    // The template is an example, not a part of the platform.
    const ofPlatform = served.filter((path) => !path.startsWith('/template/'));
    expect(written.toSorted()).toEqual(ofPlatform.toSorted());
  });
});

/** What stands in backticks in a column of the table whose first column has this head. */
function named(head: string, column = 0): string[] {
  const found = tables(english).filter((table) => table.head[0] === head);
  expect(found).toHaveLength(1);
  return found.flatMap(({ rows }) => rows.flatMap((cells) => codesOf(cells[column] ?? '')));
}

const codesOf = (cell: string): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);
/** The literals of a property in a file of the model, as unions of objects have them. */
const literalsOf = (file: string, property: string): string[] => [
  ...new Set(
    [
      ...readDocument(`apis/_platform/model/${file}`).matchAll(new RegExp(`\\b${property}: '(\\w+)'`, 'g')),
    ].map(([, literal = '']) => literal),
  ),
];

describe('the tables', () => {
  it('have every scope, built-in, filter and operator, and no other', () => {
    expect(named('Scope, nearest first')).toEqual([...variableScopes]);
    expect(named('Built-ins').toSorted()).toEqual([...builtIns.keys()].toSorted());
    expect(named('Filters').toSorted()).toEqual([...filters.keys()].toSorted());
    expect(named('Operators').toSorted()).toEqual(operators.toSorted());
  });

  it('have every subject, kind of step and of auth, and format of imports, and no other', () => {
    expect(named('`on`').toSorted()).toEqual(literalsOf('checks.ts', 'on').toSorted());
    expect(named('`type`').toSorted()).toEqual(literalsOf('scenario.ts', 'type').toSorted());
    // Kinds of bodies are there, too.
    const bodies = new Set(['json', 'text', 'form', 'multipart', 'graphql', 'binary']);
    const auths = literalsOf('request.ts', 'type').filter((type) => !bodies.has(type));
    expect(named('Auth').toSorted()).toEqual(auths.toSorted());
    expect(named('Format').toSorted()).toEqual(formatNames().toSorted());
  });
});

it('what the README shows is part of the walk', () => {
  const block = codeBlocks(readDocument('README.md')).find(({ code }) => code.startsWith('project=$(call '));
  const walk = steps.map(({ code }) => code).join('');
  const lines = block?.code.trimEnd().split('\n') ?? [];
  expect(lines).toHaveLength(5);
  // There the report is of another run.
  const ofWalk = (line: string): string => line.replace('$run, \\"lang', '$second, \\"lang');
  expect(lines.filter((line) => !walk.includes(ofWalk(line)))).toEqual([]);
});

describe('both languages', () => {
  it('have the same commands, outputs and sections', () => {
    expect(codeBlocks(chinese)).toEqual(codeBlocks(english));
    const levels = (text: string) => headings(text).map(({ level }) => level);
    expect(levels(chinese)).toEqual(levels(english));
    const bullets = (text: string) => proseOf(text).match(/^- /gm)?.length;
    expect(bullets(chinese)).toBe(bullets(english));
  });

  it('have the same code in their tables', () => {
    const codes = (text: string) =>
      tables(text).map(({ rows }) => rows.map((cells) => cells.map((cell) => codesOf(cell).toSorted())));
    expect(codes(english).length).toBeGreaterThan(8);
    expect(codes(chinese)).toEqual(codes(english));
  });
});
