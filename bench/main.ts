import { help, parseCommandLine, UsageError, type BenchOptions, type CommandName } from './command-line.ts';
import { runHttp } from './http/run-http.ts';
import { runMemory } from './memory/run-memory.ts';
import { endAllProcesses } from './processes/start-process.ts';
import { runProfile } from './profile/run-profile.ts';
import { runReload } from './reload/run-reload.ts';
import { runSignatures } from './signatures/run-signatures.ts';
import { runTargets } from './targets/run-targets.ts';

const commands: Readonly<Record<CommandName, (options: BenchOptions) => Promise<void>>> = {
  targets: runTargets,
  http: runHttp,
  reload: runReload,
  signatures: runSignatures,
  memory: runMemory,
  profile: runProfile,
};

for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  process.once(signal, () => process.exit(code));
}
process.on('exit', endAllProcesses);

try {
  const parsed = parseCommandLine(process.argv.slice(2));
  if (parsed === undefined) console.log(help);
  else await commands[parsed.command](parsed.options);
} catch (error) {
  if (error instanceof UsageError) console.error(`bench: ${error.message}\n\n${help}`);
  else console.error('bench:', error);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
