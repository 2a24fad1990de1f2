import { check } from './check.ts';
import { client } from './client.ts';
import { CommandError } from './command-error.ts';
import { helpOf, overview } from './help.ts';
import { newModule } from './new-module.ts';
import { parseCommand, type Command } from './parse-command.ts';
import type { CliDeps } from './cli-deps.ts';

/**
 * Runs one command. Gives the exit code, or undefined when the command goes on (`start`).
 * Never rejects: what is wrong is printed to stderr, in one message.
 */
export async function run(args: readonly string[], deps: CliDeps): Promise<number | undefined> {
  try {
    return await runCommand(parseCommand(args), deps);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    console.error(`api-deploy: ${message}`);
    if (error instanceof CommandError) console.error(`\n${overview}`);
    return error instanceof CommandError ? 2 : 1;
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
      return await check({ ...command, projectDir: deps.projectDir, env: deps.env }, deps);
    case 'client':
      return await client(command, deps);
    case 'new':
      return await newModule(command, deps);
    default: {
      const never: never = command;
      return never;
    }
  }
}
