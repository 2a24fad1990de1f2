import { readFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import type { Platform } from '../../service/platform.ts';
import { findNamed, listAll } from './find-named.ts';
import { readReferredFiles } from './read-referred-files.ts';
import { readVariables } from './read-variables.ts';
import type { RunCommand } from './run-command.ts';
import { runOptions } from './run-options.ts';
import type { Started } from './run-tests.ts';
import { isFile, type Target } from './target.ts';
import { texts, type ImportedDocument } from './texts.ts';

/** Skipped requests and parts without a counterpart that are named; the count is of all. */
const shown = 10;

type FileTarget = Target & { readonly kind: 'file' };

interface Place {
  readonly projectDir: string;
  readonly projectId: number;
}

/**
 * Brings a file into a database of its own: a scenario, or a description or collection in any format that can be
 * imported, whose requests run one after another, or with `--concurrency` side by side.
 *
 * @throws Error when there is nothing in it to run
 */
export async function importFile(
  platform: Platform,
  command: RunCommand,
  { target, projectDir }: { target: FileTarget; projectDir: string },
): Promise<Started> {
  const name = basename(target.file).slice(0, 100);
  const { id: projectId } = await platform.call<{ id: number }>('/projects/create', { name });
  const scenario = readScenario(target);
  const chosen =
    scenario === undefined
      ? await importDocuments(platform, command, { target, projectId })
      : await createScenario(platform, scenario, projectId);
  const environment = await chooseEnvironment(platform, command, { projectDir, projectId });
  const datasetId = await uploadData(platform, command, { projectDir, projectId });
  const { variables, ...rest } = environment;
  const options = runOptions(command, variables);
  // Columns of data set variables, too.
  if (datasetId === undefined) tellUnset(chosen.unsetVariables, options.variables, command.lang);
  return { path: chosen.path, body: { name, ...chosen.body, ...options, ...rest, datasetId } };
}

interface Chosen extends Started {
  /** Names that no variable of the file sets. */
  readonly unsetVariables: readonly string[];
}

interface ScenarioFile {
  readonly name?: string;
  readonly description?: string;
  readonly steps: unknown;
}

/** A scenario as `scenarios.get` gives it; undefined when the text is something else. */
function readScenario({ text, file }: FileTarget): (ScenarioFile & { readonly name: string }) | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const scenario = value as ScenarioFile | null;
  if (typeof scenario !== 'object' || typeof scenario?.steps !== 'object' || scenario.steps === null)
    return undefined;
  const { name = basename(file), description = '', steps } = scenario;
  return { name, description, steps: Array.isArray(steps) ? { steps } : steps };
}

async function createScenario(
  platform: Platform,
  scenario: ScenarioFile,
  projectId: number,
): Promise<Chosen> {
  const module = await platform.call<{ id: number }>('/modules/create', { projectId, name: 'scenario' });
  const { id } = await platform.call<{ id: number }>('/scenarios/create', {
    moduleId: module.id,
    ...scenario,
  });
  return { path: '/runs/runScenario', body: { scenarioId: id }, unsetVariables: [] };
}

async function importDocuments(
  platform: Platform,
  { lang, concurrency = 1, iterations, data }: RunCommand,
  { target, projectId }: { target: FileTarget; projectId: number },
): Promise<Chosen> {
  const files = await readReferredFiles(target);
  const { documents } = await platform.call<{ documents: ImportedDocument[] }>('/imports/apply', {
    projectId,
    files: files.map(({ name, text }) => new File([text], name)),
  });
  for (const document of documents) tellOf(document, lang);
  const apiIds = documents.flatMap(({ entries }) =>
    entries.flatMap(({ action, id }) => (action === 'added' && id !== undefined ? [id] : [])),
  );
  if (apiIds.length === 0) throw new Error(`'${target.file}' has no request that can be run`);
  const isOnce = (iterations ?? 1) === 1 && data === undefined;
  const path = concurrency > 1 && isOnce ? '/runs/runMany' : '/runs/runSequence';
  const unset = new Set(documents.flatMap(({ unsetVariables }) => unsetVariables));
  return { path, body: { apiIds }, unsetVariables: [...unset] };
}

function tellOf(document: ImportedDocument, lang: RunCommand['lang']): void {
  const words = texts[lang];
  const skipped = document.entries.filter(({ action }) => action === 'skipped').slice(0, shown);
  const notConverted = document.notConverted.slice(0, shown);
  const more = document.notConverted.length + document.omittedNotConverted - notConverted.length;
  const lines = [
    words.read(document),
    ...skipped.map(({ where, name, reason = '' }) => words.skipped(where || name, reason)),
    ...notConverted.map((part) => words.notConverted(part)),
    ...(more === 0 ? [] : [words.moreNotConverted(more)]),
  ];
  process.stderr.write(`${lines.join('\n')}\n`);
}

function tellUnset(
  names: readonly string[],
  given: Readonly<Record<string, unknown>> = {},
  lang: RunCommand['lang'],
): void {
  const unset = names.filter((name) => !(name in given));
  if (unset.length > 0) process.stderr.write(`${texts[lang].unset(unset)}\n`);
}

/** The one that was named; else the first one that the document has, such as a server of an OpenAPI description. */
async function chooseEnvironment(
  platform: Platform,
  { environment, lang }: RunCommand,
  { projectDir, projectId }: Place,
): Promise<{ environmentId?: number; variables?: Record<string, unknown> }> {
  if (environment !== undefined) {
    const file = resolve(projectDir, environment);
    if (await isFile(file)) return { variables: readVariables(await readFile(file, 'utf8'), file) };
    const search = { path: '/environments/list', what: 'file or environment', filter: { projectId } };
    return { environmentId: (await findNamed(platform, { ...search, name: environment })).id };
  }
  const [first] = await listAll(platform, '/environments/list', { projectId });
  if (first === undefined) return {};
  process.stderr.write(`${texts[lang].environment(first.name)}\n`);
  return { environmentId: first.id };
}

async function uploadData(
  platform: Platform,
  { data }: RunCommand,
  { projectDir, projectId }: Place,
): Promise<number | undefined> {
  if (data === undefined) return undefined;
  const file = resolve(projectDir, data);
  if (!(await isFile(file))) throw new Error(`--data: there is no file '${file}'`);
  const dataset = await platform.call<{ id: number }>('/datasets/upload', {
    projectId,
    file: new File([await readFile(file)], basename(file)),
  });
  return dataset.id;
}
