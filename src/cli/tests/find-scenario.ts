import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { readRows, type Platform } from '../../service/platform.ts';
import { findNamed, listAll, type Named } from './find-named.ts';
import type { RunCommand } from './run-command.ts';
import { runOptions } from './run-options.ts';
import type { Started } from './run-tests.ts';
import { isFile } from './target.ts';
import { readVariables } from './read-variables.ts';

interface Scenario extends Named {
  readonly moduleId: number;
}

/**
 * A scenario of the project's database with what it is to be run with.
 *
 * @throws Error when there is none of this name or id, or more than one
 */
export async function findScenario(
  platform: Platform,
  command: RunCommand,
  { projectDir, name }: { projectDir: string; name: string },
): Promise<Started> {
  const inProject =
    command.project === undefined
      ? undefined
      : (await findNamed(platform, { path: '/projects/list', what: 'project', name: command.project })).id;
  const filter = inProject === undefined ? {} : { projectId: inProject };
  const scenario = await findNamed<Scenario>(platform, {
    path: '/scenarios/list',
    what: 'scenario',
    name,
    filter,
    hint: '; say which one by its id, or by --project',
  });
  const { projectId } = await platform.call<{ projectId: number }>('/modules/get', { id: scenario.moduleId });
  const { environmentId, variables } = await findEnvironment(platform, command, { projectDir, projectId });
  const rows = await findRows(platform, command, { projectDir, projectId });
  return {
    path: '/runs/runScenario',
    body: { scenarioId: scenario.id, ...runOptions(command, variables), environmentId, ...rows },
  };
}

interface Place {
  readonly projectDir: string;
  readonly projectId: number;
}

async function findEnvironment(
  platform: Platform,
  { environment }: RunCommand,
  { projectDir, projectId }: Place,
): Promise<{ environmentId?: number; variables?: Record<string, unknown> }> {
  if (environment === undefined) return {};
  const file = resolve(projectDir, environment);
  if (await isFile(file)) return { variables: readVariables(await readFile(file, 'utf8'), file) };
  const found = await findNamed(platform, {
    path: '/environments/list',
    what: 'environment',
    name: environment,
    filter: { projectId },
  });
  return { environmentId: found.id };
}

/** Rows that the run keeps by value: the database is not written for a file of one run. */
const mostRows = 10_000;

async function findRows(
  platform: Platform,
  { data }: RunCommand,
  { projectDir, projectId }: Place,
): Promise<Readonly<Record<string, unknown>>> {
  if (data === undefined) return {};
  const file = resolve(projectDir, data);
  if (await isFile(file)) {
    const rows = await readRows(platform, await readFile(file, 'utf8'), file);
    if (rows.length <= mostRows) return { rows };
    throw new Error(
      `'${file}' has ${rows.length} rows, more than ${mostRows}; store it as a dataset, and give its name`,
    );
  }
  const stored = await listAll(platform, '/datasets/list', { projectId });
  if (stored.length === 0) throw new Error(`there is no file '${file}', and the project has no datasets`);
  const found = await findNamed(platform, {
    path: '/datasets/list',
    what: 'file or dataset',
    name: data,
    filter: { projectId },
  });
  return { datasetId: found.id };
}
