export interface ProjectSize {
  /** For `--only`. */
  readonly name: string;
  readonly modules: number;
}

/** How many modules are served beside the saved one. */
export const projectSizes: readonly ProjectSize[] = [
  { name: 'modules-10', modules: 10 },
  { name: 'modules-200', modules: 200 },
  { name: 'modules-1000', modules: 1_000 },
];

/** The most that `--quick` serves, unless `--only` asks for more. */
export const quickModules = 200;
