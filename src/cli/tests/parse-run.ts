import { CommandError } from '../command-error.ts';
import { reporterNames, type ReporterName, type RunCommand } from './run-command.ts';

export const runFlags = {
  project: { type: 'string' },
  env: { type: 'string' },
  var: { type: 'string', multiple: true },
  data: { type: 'string' },
  iterations: { type: 'string' },
  concurrency: { type: 'string' },
  bail: { type: 'boolean' },
  reporter: { type: 'string', multiple: true },
  out: { type: 'string', short: 'o' },
} as const;

export interface RunFlags {
  readonly project?: string | undefined;
  readonly env?: string | undefined;
  readonly var?: string[] | undefined;
  readonly data?: string | undefined;
  readonly iterations?: string | undefined;
  readonly concurrency?: string | undefined;
  readonly bail?: boolean | undefined;
  readonly reporter?: string[] | undefined;
  readonly out?: string | undefined;
}

/** @throws CommandError when an argument or a value is none that can be used */
export function toRunCommand(
  rest: readonly string[],
  flags: RunFlags,
): Omit<RunCommand, 'configFile' | 'lang' | 'overrides'> {
  const [target, ...more] = rest;
  if (target === undefined || target === '' || more.length > 0)
    throw new CommandError(`'run' takes one scenario or file, got '${rest.join(' ')}'`);
  if (flags.out === '') throw new CommandError("--out: expected a file or folder, got ''");
  return {
    kind: 'run',
    target,
    project: flags.project,
    environment: flags.env,
    data: flags.data,
    variables: Object.fromEntries((flags.var ?? []).map(toVariable)),
    iterations: toNumber('--iterations', flags.iterations, 1_000_000),
    concurrency: toNumber('--concurrency', flags.concurrency, 256),
    bail: flags.bail === true,
    reporters: toReporters(flags.reporter ?? ['console']),
    out: flags.out,
  };
}

function toVariable(text: string): [name: string, value: string] {
  const [, name, value] = /^([^=\s][^=]*)=(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined)
    throw new CommandError(
      `--var: expected name=value, for example baseUrl=http://127.0.0.1:8000, got '${text}'`,
    );
  return [name.trim(), value];
}

function toNumber(flag: string, text: string | undefined, most: number): number | undefined {
  if (text === undefined) return undefined;
  const number = Number(text);
  if (!/^\d+$/.test(text) || number < 1 || number > most)
    throw new CommandError(`${flag}: expected a whole number from 1 to ${most}, got '${text}'`);
  return number;
}

function toReporters(given: readonly string[]): ReporterName[] {
  const names = given.flatMap((list) => list.split(',')).map((name) => name.trim());
  const unknown = names.find((name) => !(reporterNames as readonly string[]).includes(name));
  if (unknown !== undefined)
    throw new CommandError(`--reporter: expected ${reporterNames.join(', ')}, got '${unknown}'`);
  return [...new Set(names)] as ReporterName[];
}
