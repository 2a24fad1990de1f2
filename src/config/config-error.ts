/** One thing that is wrong with the configuration. `message` never holds a token. */
export interface ConfigProblem {
  /** The key, or '' when the problem is a whole file. */
  readonly key: string;
  /** What was expected and what was found. */
  readonly message: string;
  /** Where the value comes from: `config.ts`, `env PORT`, `.env`, `command line`, `default`. */
  readonly source: string;
}

/** The configuration cannot be used. `problems` lists all of them; `message` is their readable list. */
export class ConfigError extends Error {
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[], options?: { cause?: unknown }) {
    super(`the configuration is invalid:\n${problems.map(toLine).join('\n')}`, options);
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

function toLine({ key, message, source }: ConfigProblem): string {
  return key === '' ? `  ${source}: ${message}` : `  ${key} (${source}): ${message}`;
}
