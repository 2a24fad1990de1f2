import type { RunCommand } from './run-command.ts';

interface CommonOptions {
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly concurrency: number | undefined;
  readonly iterations: number | undefined;
  readonly bail: boolean;
}

/** Options that all functions of `/runs` take. */
export function runOptions(
  { variables, concurrency, iterations, bail }: RunCommand,
  fromFile: Readonly<Record<string, unknown>> = {},
): CommonOptions {
  const all = { ...fromFile, ...variables };
  return {
    ...(Object.keys(all).length === 0 ? {} : { variables: all }),
    concurrency,
    iterations,
    bail,
  };
}
