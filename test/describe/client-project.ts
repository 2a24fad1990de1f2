import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { projectRoot } from '../support/start-server.ts';

/** Kinds of projects that a client has to compile in. */
export const compilerOptions = {
  browser: { lib: ['es2022', 'dom'], types: [], module: 'esnext', moduleResolution: 'bundler' },
  node: { lib: ['es2022'], types: ['node'], module: 'nodenext', moduleResolution: 'nodenext' },
} as const;

const strictest = {
  target: 'es2022',
  strict: true,
  noEmit: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noPropertyAccessFromIndexSignature: true,
  noUnusedLocals: true,
  noUnusedParameters: true,
  noImplicitOverride: true,
  noImplicitReturns: true,
  noFallthroughCasesInSwitch: true,
  verbatimModuleSyntax: true,
  erasableSyntaxOnly: true,
  isolatedModules: true,
  allowImportingTsExtensions: true,
  skipLibCheck: false,
};

export interface ClientProject {
  readonly dir: string;
  put(name: string, text: string): Promise<void>;
  /** What `tsc` has to say about all files of the folder; '' when nothing. */
  compile(options?: Readonly<Record<string, unknown>>): Promise<string>;
  remove(): Promise<void>;
}

/** A folder of somebody who uses a client, with Node's types and nothing else installed. */
export async function createClientProject(files: Readonly<Record<string, string>>): Promise<ClientProject> {
  const dir = await mkdtemp(join(tmpdir(), 'api-deploy-client-'));
  await mkdir(join(dir, 'node_modules/@types'), { recursive: true });
  for (const name of ['@types/node', 'undici-types']) {
    await symlink(join(projectRoot, 'node_modules', name), join(dir, 'node_modules', name));
  }
  const put: ClientProject['put'] = async (name, text) => {
    await mkdir(dirname(join(dir, name)), { recursive: true });
    await writeFile(join(dir, name), text);
  };
  await put('package.json', '{"type":"module"}');
  for (const [name, text] of Object.entries(files)) await put(name, text);
  return {
    dir,
    put,
    async compile(options = compilerOptions.browser) {
      const config = { compilerOptions: { ...strictest, ...options }, include: ['*.ts'] };
      await put('tsconfig.json', JSON.stringify(config));
      return await tsc(dir);
    },
    remove: () => rm(dir, { recursive: true, force: true }),
  };
}

function tsc(dir: string): Promise<string> {
  const command = join(projectRoot, 'node_modules/.bin/tsc');
  return new Promise((resolve, reject) => {
    execFile(command, ['-p', dir, '--pretty', 'false'], { cwd: dir }, (error, stdout, stderr) => {
      // 1 and 2: it has found mistakes.
      if (error !== null && typeof error.code !== 'number') reject(error);
      else resolve(stdout + stderr);
    });
  });
}

/** What `tsc` says of a client and files that use it, in every kind of project; '' when nothing. */
export async function compileClient(
  client: string,
  files: Readonly<Record<string, string>> = {},
): Promise<string> {
  const project = await createClientProject({ 'client.ts': client, ...files });
  try {
    const outputs: string[] = [];
    for (const options of Object.values(compilerOptions)) outputs.push(await project.compile(options));
    return outputs.join('');
  } finally {
    await project.remove();
  }
}
