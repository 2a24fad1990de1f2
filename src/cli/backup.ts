import { resolve } from 'node:path';
import { evaluatePlatformFile } from '../service/platform.ts';
import type { CliDeps } from './cli-deps.ts';
import type { Command } from './parse-command.ts';

/** What the platform's file for these commands exports. */
interface BackupCommands {
  backup(options: object): Promise<string>;
  restore(options: object): Promise<string>;
}

/** @throws Error that says why there is no backup */
export async function backup(command: Command & { kind: 'backup' }, deps: CliDeps): Promise<number> {
  const { commands, config } = await load(command, deps);
  const { dataDir, backupRetention: seconds, backupCount: most } = config;
  const { withKey, lang } = command;
  const dir = command.dir === undefined ? undefined : resolve(deps.projectDir, command.dir);
  console.log(await commands.backup({ dataDir, dir, withKey, lang, retention: { seconds, most } }));
  return 0;
}

/** @throws Error that says why nothing was restored */
export async function restore(command: Command & { kind: 'restore' }, deps: CliDeps): Promise<number> {
  const { commands, config } = await load(command, deps);
  const file = resolve(deps.projectDir, command.file);
  console.log(await commands.restore({ file, dataDir: config.dataDir, env: deps.env, lang: command.lang }));
  return 0;
}

async function load(command: Command & { kind: 'backup' | 'restore' }, deps: CliDeps) {
  const { projectDir, env } = deps;
  const { exports, config } = await evaluatePlatformFile(
    { ...command, projectDir, env },
    '_platform/backups/command-line.ts',
  );
  return { commands: exports as unknown as BackupCommands, config };
}
