import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { benchDir, cliFile } from '../paths.ts';
import type { Command } from '../processes/pinning.ts';
import { moduleText, otherModuleText, plainText } from './module-text.ts';
import type { TextKind } from './save-result.ts';

export interface ReloadStart extends Command {
  /** The file that is saved, absolute. */
  readonly file: string;
  readonly kind: TextKind;
}

export interface ReloadContender {
  /** For `--only`. */
  readonly name: string;
  readonly label: string;
  /** Packages that come from `bench/node_modules`. */
  readonly packages?: readonly string[];
  /** Prepares `dir`, an empty folder that is the server's working directory. */
  prepare(dir: string): Promise<ReloadStart>;
}

export const bun = join(benchDir, 'node_modules/.bin/bun');
export const tsx = join(fileURLToPath(import.meta.resolve('tsx')), '../cli.mjs');

export const reloadContenders: readonly ReloadContender[] = [
  { name: 'ours', label: 'api-deploy, 1 module', prepare: (dir) => prepareOurs(dir, 1) },
  { name: 'ours-200', label: 'api-deploy, 200 modules', prepare: (dir) => prepareOurs(dir, 200) },
  {
    name: 'tsx-watch',
    label: 'tsx watch',
    prepare: (dir) =>
      preparePlain(dir, { command: process.execPath, args: [tsx, 'watch', 'server.mjs'], ending: 'ts' }),
  },
  {
    name: 'node-watch',
    label: 'node --watch',
    prepare: (dir) =>
      preparePlain(dir, { command: process.execPath, args: ['--watch', 'server.mjs'], ending: 'js' }),
  },
  {
    name: 'bun-hot',
    label: 'bun --hot',
    packages: ['bun'],
    prepare: (dir) => preparePlain(dir, { command: bun, args: ['--hot', 'server.mjs'], ending: 'ts' }),
  },
];

async function prepareOurs(dir: string, modules: number): Promise<ReloadStart> {
  const apis = join(dir, 'apis');
  await mkdir(apis);
  for (let index = 1; index < modules; index++) {
    await writeFile(join(apis, `other${index}.ts`), otherModuleText(index));
  }
  const file = join(apis, 'hello.ts');
  await writeFile(file, moduleText(0));
  return { command: process.execPath, args: [cliFile, 'start'], file, kind: 'module' };
}

interface PlainServer extends Command {
  /** Of the saved file; `.js` in the import finds either. */
  readonly ending: 'ts' | 'js';
}

async function preparePlain(dir: string, { command, args, ending }: PlainServer): Promise<ReloadStart> {
  const file = join(dir, `hello.${ending}`);
  await copyFile(join(benchDir, 'peers/reload-server.mjs'), join(dir, 'server.mjs'));
  await writeFile(join(dir, 'package.json'), '{"type":"module"}\n');
  await writeFile(file, plainText(0));
  return { command, args, file, kind: 'plain' };
}
