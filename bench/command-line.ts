import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { benchDir } from './paths.ts';

export const commandNames = ['targets', 'http', 'reload', 'signatures', 'memory', 'profile'] as const;
export type CommandName = (typeof commandNames)[number];

export interface BenchOptions {
  readonly quick: boolean;
  /** Measured seconds per contender and round. */
  readonly seconds: number;
  readonly rounds: number;
  /** Re-evaluations per contender and round, for `memory`. */
  readonly evaluations: number;
  /** Names of the contenders to run; empty for all. */
  readonly only: readonly string[];
  /** Folder of the JSON results; absolute. */
  readonly out: string;
}

type Amounts = Pick<BenchOptions, 'seconds' | 'rounds' | 'evaluations'>;

const full: Readonly<Record<CommandName, Amounts>> = {
  targets: { seconds: 2, rounds: 5, evaluations: 0 },
  http: { seconds: 2, rounds: 5, evaluations: 0 },
  reload: { seconds: 5, rounds: 3, evaluations: 0 },
  signatures: { seconds: 4, rounds: 2, evaluations: 0 },
  memory: { seconds: 0, rounds: 3, evaluations: 1_000 },
  profile: { seconds: 5, rounds: 1, evaluations: 0 },
};

const quick: Readonly<Record<CommandName, Amounts>> = {
  targets: { seconds: 0.3, rounds: 1, evaluations: 0 },
  http: { seconds: 0.3, rounds: 1, evaluations: 0 },
  reload: { seconds: 0.8, rounds: 1, evaluations: 0 },
  signatures: { seconds: 0.8, rounds: 1, evaluations: 0 },
  memory: { seconds: 0, rounds: 1, evaluations: 50 },
  profile: { seconds: 0.5, rounds: 1, evaluations: 0 },
};

export const help = `Usage: npm run bench -- <command> [options]

Commands:
  targets    what this project aims at, each aim beside what was measured
  http       requests per second, p50 and p99, against other servers that do the same work
  reload     time from a save to the first new answer, and failed requests meanwhile, against other tools
  signatures time from a save to the first new answer, and from start to first answer, by number of modules
  memory     resident memory that re-evaluating a module leaves behind, by way of evaluating it
  profile    where the time of a call goes (CPU profile of api-deploy under load)

Options:
  --quick             a few seconds in all: shows that it works, its figures say little
  --seconds <n>       measured seconds per contender and round (http ${full.http.seconds}, reload ${full.reload.seconds}, signatures ${full.signatures.seconds}, profile ${full.profile.seconds})
  --rounds <n>        rounds, each with every contender once (http ${full.http.rounds}, reload ${full.reload.rounds}, signatures ${full.signatures.rounds}, memory ${full.memory.rounds})
  --evaluations <n>   memory: re-evaluations per contender and round (${full.memory.evaluations})
  --only <a,b>        only these contenders; an unknown name lists all
  --out <folder>      folder for the JSON results (bench/results)
  -h, --help          show this`;

/** The command line is wrong; its message says what was expected. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/**
 * @returns undefined when help is asked for
 * @throws UsageError
 */
export function parseCommandLine(
  args: readonly string[],
): { command: CommandName; options: BenchOptions } | undefined {
  const { values, positionals } = readFlags(args);
  if (values.help === true) return undefined;
  const [command, ...rest] = positionals;
  if (command === undefined)
    throw new UsageError(`expected a command (${commandNames.join(', ')}), got none`);
  if (!isCommandName(command)) throw new UsageError(`expected ${commandNames.join(', ')}, got '${command}'`);
  if (rest.length > 0) throw new UsageError(`expected one command, got also '${rest.join(' ')}'`);
  const amounts = (values.quick === true ? quick : full)[command];
  return {
    command,
    options: {
      quick: values.quick === true,
      seconds: amount('--seconds', values.seconds, amounts.seconds),
      rounds: wholeAmount('--rounds', values.rounds, amounts.rounds),
      evaluations: wholeAmount('--evaluations', values.evaluations, amounts.evaluations),
      only: (values.only ?? '').split(',').filter((name) => name !== ''),
      out: values.out === undefined ? resolve(benchDir, 'results') : resolve(values.out),
    },
  };
}

function readFlags(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        quick: { type: 'boolean' },
        seconds: { type: 'string' },
        rounds: { type: 'string' },
        evaluations: { type: 'string' },
        only: { type: 'string' },
        out: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function amount(flag: string, given: string | undefined, otherwise: number): number {
  if (given === undefined) return otherwise;
  const value = Number(given);
  if (given.trim() === '' || !Number.isFinite(value) || value <= 0) {
    throw new UsageError(`${flag}: expected a number above 0, got '${given}'`);
  }
  return value;
}

function wholeAmount(flag: string, given: string | undefined, otherwise: number): number {
  const value = amount(flag, given, otherwise);
  if (!Number.isInteger(value)) throw new UsageError(`${flag}: expected a whole number, got '${given}'`);
  return value;
}

function isCommandName(name: string): name is CommandName {
  return (commandNames as readonly string[]).includes(name);
}
