import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { RunCommand } from './run-command.ts';

export type Target =
  | { readonly kind: 'scenario'; readonly name: string }
  /** Absolute. */
  | { readonly kind: 'file'; readonly file: string; readonly text: string };

/**
 * Whether a file or a scenario is meant: a file when there is one of that name.
 *
 * @throws Error when it looks like a file and is none, or when options do not go with it
 */
export async function findTarget(
  { target, project }: Pick<RunCommand, 'project' | 'target'>,
  projectDir: string,
): Promise<Target> {
  const file = resolve(projectDir, target);
  if (!(await isFile(file))) {
    if (/[/\\]|\.(?:json|ya?ml|har|txt|sh)$/i.test(target))
      throw new Error(`there is no file '${file}'; expected a file, or a scenario by its name or id`);
    return { kind: 'scenario', name: target };
  }
  if (project !== undefined) {
    throw new Error(
      `--project '${project}' goes with a scenario of the database, and '${target}' is a file; leave it out`,
    );
  }
  return { kind: 'file', file, text: await readFile(file, 'utf8') };
}

export function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}
