import { UnreadableFilter } from './unreadable-filter.ts';
import { GroupedNotes } from './grouped-notes.ts';
import { schemaRefs } from './openapi/bundle-schema.ts';
import { entryShape, shapeProblem } from './entry-shape.ts';
import type {
  ImportedCategory,
  ImportedCollection,
  ImportedEntry,
  ImportedEnvironment,
  ImportedVariable,
  NotConverted,
  SkippedRequest,
} from './importer.ts';
import { shorten } from './read-node.ts';
import { namesIn, variablesIn } from './variables-in.ts';

/** Columns of a catalog entry, ready to be written. */
export interface EntryColumns {
  name: string;
  method: string;
  url: string;
  description: string;
  pathParamsJson: string;
  paramsJson: string;
  headersJson: string;
  bodyJson: string;
  authJson: string;
  settingsJson: string;
  tagsJson: string;
  assertionsJson: string;
  extractionsJson: string;
  schemasJson: string | null;
}

export interface PreparedEntry {
  where: string;
  category?: string;
  columns: EntryColumns;
  /** Names of the shared schemas that it refers to itself. */
  schemas: string[];
}

export interface PreparedSchema {
  name: string;
  json: string;
  /** Names of the schemas that it refers to. */
  schemas: string[];
}

/** A collection whose every part fits the catalog: what did not is in `skipped` or `notConverted`. */
export interface PreparedCollection {
  file: string;
  format: string;
  name: string;
  auth?: NonNullable<ImportedCollection['auth']>;
  variables: ImportedVariable[];
  environments: ImportedEnvironment[];
  categories: ImportedCategory[];
  entries: PreparedEntry[];
  schemas: PreparedSchema[];
  skipped: SkippedRequest[];
  notConverted: NotConverted[];
  /** Names of variables that requests use, in the order of their first use. */
  used: string[];
}

/** Characters of JSON that one entry may have. */
const maxEntry = 4 * 1024 * 1024;

/** Makes a collection ready to be written, entry by entry, so that nobody has to hold all of them as they were read. */
export class CollectionPreparer {
  readonly #file: string;
  readonly #give: (entry: PreparedEntry) => void;
  readonly #skipped: SkippedRequest[] = [];
  readonly #notConverted: NotConverted[] = [];
  readonly #readable = new UnreadableFilter(this.#notConverted);
  readonly #used = new Set<string>();

  /** `give` gets each entry that fits. */
  constructor(file: string, give: (entry: PreparedEntry) => void) {
    this.#file = file;
    this.#give = give;
  }

  take = (entry: ImportedEntry): void => {
    const found = prepareEntry(entry, { readable: this.#readable, used: this.#used });
    if ('reason' in found) this.#skipped.push({ where: entry.where, name: entry.name, reason: found.reason });
    else this.#give(found);
  };

  /** All but the entries. Takes those that were not handed over one by one. */
  finish(collection: ImportedCollection): PreparedCollection {
    for (const entry of collection.entries) this.take(entry);
    const { notConverted } = collection;
    const auths = [collection.auth, ...collection.categories.map(({ auth }) => auth)];
    const prepared: PreparedCollection = {
      file: this.#file,
      format: collection.format,
      name: shorten(collection.name.trim(), 50) || 'Import',
      ...(collection.auth === undefined ? {} : { auth: collection.auth }),
      variables: fittingVariables(collection.variables, notConverted),
      environments: collection.environments.map(({ name, variables }) => ({
        name: shorten(name.trim(), 100) || 'environment',
        variables: fittingVariables(variables, notConverted),
      })),
      categories: collection.categories.map(({ name, description, ...rest }) => ({
        ...rest,
        name: shorten(name.trim(), 100) || 'category',
        description: shorten(description, 10_000),
      })),
      entries: [],
      schemas: Object.entries(collection.schemas).map(([name, schema]) => {
        const json = JSON.stringify(schema);
        return { name, json, schemas: schemaRefs(json) };
      }),
      skipped: [...collection.skipped, ...this.#skipped],
      notConverted: [],
      used: [...new Set([...namesIn(JSON.stringify(auths)), ...this.#used])],
    };
    prepared.notConverted = new GroupedNotes([...notConverted, ...this.#notConverted]).list;
    return prepared;
  }
}

function prepareEntry(
  given: ImportedEntry,
  { readable, used }: { readable: UnreadableFilter; used: Set<string> },
): PreparedEntry | { reason: string } {
  const { where, ...parts } = given;
  const category = parts.category?.trim();
  const entry = {
    ...parts,
    ...(category === undefined || category === ''
      ? { category: undefined }
      : { category: shorten(category, 100) }),
    name: shorten(parts.name.trim(), 200) || `${parts.request.method} ${shorten(parts.request.url, 150)}`,
    description: shorten(parts.description, 100_000),
    tags: tidyTags(parts.tags),
  };
  const parsed = entryShape.safeParse(entry);
  if (!parsed.success) return { reason: shapeProblem(parsed.error) };
  const { schemas } = entry;
  const { request, assertions, extractions } = readable.filter({ where, ...entry });
  if (!/^[A-Z][A-Z0-9_-]{0,19}$/.test(request.method)) {
    return { reason: `expected a method such as GET, got '${request.method}'` };
  }
  for (const key of ['pathParams', 'params', 'headers'] as const) {
    if (request[key].length > 500)
      return { reason: `${key}: expected at most 500, got ${request[key].length}` };
  }
  const schemasJson = schemas === undefined ? null : JSON.stringify(schemas);
  const columns: EntryColumns = {
    name: entry.name,
    method: request.method,
    url: request.url.trim(),
    description: entry.description,
    pathParamsJson: JSON.stringify(request.pathParams),
    paramsJson: JSON.stringify(request.params),
    headersJson: JSON.stringify(request.headers),
    bodyJson: JSON.stringify(request.body),
    authJson: JSON.stringify(request.auth),
    settingsJson: JSON.stringify(request.settings ?? {}),
    tagsJson: JSON.stringify(entry.tags),
    assertionsJson: JSON.stringify(assertions.slice(0, 500)),
    extractionsJson: JSON.stringify(extractions.slice(0, 500)),
    schemasJson,
  };
  const size = Object.values(columns).reduce((sum: number, text) => sum + (text?.length ?? 0), 0);
  if (size > maxEntry) return { reason: `it has ${size} characters; an entry has at most ${maxEntry}` };
  for (const name of variablesIn({ request, assertions })) used.add(name);
  return {
    where,
    ...(entry.category === undefined ? {} : { category: entry.category }),
    columns,
    schemas: schemasJson === null ? [] : schemaRefs(schemasJson),
  };
}

function tidyTags(tags: string[]): string[] {
  return [...new Set(tags.map((tag) => tag.trim()).filter((tag) => tag !== ''))].slice(0, 100);
}

function fittingVariables(variables: ImportedVariable[], notConverted: NotConverted[]): ImportedVariable[] {
  return variables.flatMap((variable) => {
    const name = variable.name.trim();
    if (/^[^\s{}|$][^{}|]*$/.test(name) && name.length <= 200) return [{ ...variable, name }];
    notConverted.push({
      where: 'variables',
      what: `variable '${shorten(name, 200)}'`,
      reason: 'its name cannot stand between {{ and }}: no braces, no |, no $ or space at the beginning',
    });
    return [];
  });
}
