import { CommandError } from './command-error.ts';
import { helpOf, overview } from './help.ts';
import { parseCommand, type Command } from './parse-command.ts';
import type { CliDeps } from './cli-deps.ts';

/**
 * Runs one command. Gives the exit code, or undefined when the command goes on (`start`).
 * Never rejects: what is wrong is printed to stderr, in one message.
 */
export async function run(args: readonly string[], deps: CliDeps): Promise<number | undefined> {
  let kind: Command['kind'] | undefined;
  try {
    const command = parseCommand(args);
    kind = command.kind;
    return await runCommand(command, deps);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    console.error(`api-deploy: ${message}`);
    if (error instanceof CommandError) console.error(`\n${overview}`);
    // Of a run, 1 is the judgement that something failed.
    return error instanceof CommandError || kind === 'run' ? 2 : 1;
  }
}

async function runCommand(command: Command, deps: CliDeps): Promise<number | undefined> {
  switch (command.kind) {
    case 'help':
      console.log(command.about === undefined ? overview : helpOf(command.about));
      return 0;
    case 'version':
      console.log(deps.version);
      return 0;
    case 'start':
      await deps.start({ ...command, projectDir: deps.projectDir, env: deps.env });
      return undefined;
    case 'check':
      return await (
        await import('./check.ts')
      ).check({ ...command, projectDir: deps.projectDir, env: deps.env }, deps);
    case 'client':
      return await (await import('./client.ts')).client(command, deps);
    case 'new':
      return await (await import('./new-module.ts')).newModule(command, deps);
    case 'run':
      return await (await import('./tests/run-tests.ts')).runTests(command, deps);
    case 'backup':
      return await (await import('./backup.ts')).backup(command, deps);
    case 'restore':
      return await (await import('./backup.ts')).restore(command, deps);
    default: {
      const never: never = command;
      return never;
    }
  }
}
