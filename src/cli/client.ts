import { resolve } from 'node:path';
import { clientTextOf } from '../service/client-text.ts';
import { describeFailure } from '../service/describe-reload.ts';
import type { CheckResult } from '../service/check-modules.ts';
import type { CliDeps } from './cli-deps.ts';
import type { ConfigFlags } from './parse-command.ts';
import { writeIfChanged } from './write-if-changed.ts';

export interface ClientCommand extends ConfigFlags {
  /** Where to write to, relative to where the command was given. Default: stdout. */
  readonly out?: string | undefined;
}

/**
 * Prints or writes the typed client. Exit code 1, and neither of it, when a module fails to load: a client
 * that lacks some functions would break whoever calls them.
 */
export async function client(command: ClientCommand, deps: CliDeps): Promise<number> {
  const checked = await loadQuietly(command, deps);
  const { snapshot, failures } = checked;
  if (failures.length > 0) {
    for (const failure of failures) console.error(`${describeFailure(failure)}\n`);
    const count = failures.length === 1 ? '1 module fails' : `${failures.length} modules fail`;
    console.error(`${count} to load, so no client was ${command.out === undefined ? 'printed' : 'written'}`);
    return 1;
  }
  const text = clientTextOf(checked);
  if (command.out === undefined) {
    await print(text);
    return 0;
  }
  const file = resolve(deps.projectDir, command.out);
  const written = await writeIfChanged(file, text).catch((error: Error) => {
    throw new Error(`the client cannot be written to '${file}': ${error.message}`, { cause: error });
  });
  console.log(`${file}: ${snapshot.endpoints.size} functions, ${written ? 'written' : 'unchanged'}`);
  return 0;
}

/** Stdout is for the client alone: what modules print while they load goes to stderr. */
async function loadQuietly(command: ClientCommand, deps: CliDeps): Promise<CheckResult> {
  const { stdout, stderr } = process;
  const own = Object.getOwnPropertyDescriptor(stdout, 'write');
  stdout.write = stderr.write.bind(stderr);
  try {
    return await deps.check({ ...command, projectDir: deps.projectDir, env: deps.env });
  } finally {
    if (own === undefined) delete (stdout as { write?: unknown }).write;
    else Object.defineProperty(stdout, 'write', own);
  }
}

/** The process ends right after: it must not do so before a pipe has taken all of a long text. */
function print(text: string): Promise<void> {
  return new Promise((resolve) => {
    // Whoever reads may have seen enough (`| head`).
    process.stdout.once('error', () => resolve());
    process.stdout.write(text, () => resolve());
  });
}
