import type { Generated, Insertable, Selectable, Updateable } from 'kysely';

/*
 * The tables as Kysely sees them; the database writes the names in snake_case. Columns named `*Json` hold JSON as text,
 * times are ISO 8601 in UTC, booleans are 0 and 1: all three the same in SQLite, MySQL and PostgreSQL.
 */

interface Dated {
  createdAt: string;
  updatedAt: string;
}

/** Counts updates, so that two editors do not overwrite each other. Begins with 1. */
interface Versioned extends Dated {
  version: Generated<number>;
}

/** Its place among its siblings, which people may change; equal ones follow each other by id. */
interface Placed {
  position: Generated<number>;
}

export interface ProjectsTable extends Versioned, Placed {
  id: Generated<number>;
  name: string;
  description: string;
  /** `Auth` of everything in it that inherits. */
  authJson: string;
  /** `ProjectSettings`: allow-list of targets, test on save, … */
  settingsJson: string;
  /** Of the project that mirrors this service's own endpoints: what it was given last. Null: any other project. */
  ownJson: string | null;
}

export interface ModulesTable extends Versioned {
  id: Generated<number>;
  projectId: number;
  name: string;
  icon: string;
  authJson: string;
  position: number;
  /** Path of the own module that it mirrors; null when people made it. */
  ownModule: string | null;
}

export interface CategoriesTable extends Versioned {
  id: Generated<number>;
  moduleId: number;
  name: string;
  description: string;
  colour: string;
  authJson: string;
  position: number;
}

export interface ApisTable extends Versioned {
  id: Generated<number>;
  moduleId: number;
  categoryId: number | null;
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
  /** `ApiSchemas`: JSON Schemas of parameters, body and answers where they are known. Null: none. */
  schemasJson: string | null;
  /** Endpoint of this service that it mirrors (`/module/function`); null when people or imports made it. */
  ownEndpoint: string | null;
  /** `OwnEntry`: what the mirrored endpoint gave it last, so that what people changed stays theirs. */
  ownJson: string | null;
  position: number;
}

/** A schema that entries of a module share, as `#/components/schemas/<name>`. */
export interface ModuleSchemasTable {
  moduleId: number;
  name: string;
  /** JSON Schema (2020-12). */
  schemaJson: string;
}

export interface ScenariosTable extends Versioned {
  id: Generated<number>;
  moduleId: number;
  name: string;
  description: string;
  stepsJson: string;
  position: number;
}

export interface EnvironmentsTable extends Versioned {
  id: Generated<number>;
  projectId: number;
  name: string;
  description: string;
  position: number;
}

/** A variable of exactly one environment, module or project. */
export interface VariablesTable extends Dated {
  id: Generated<number>;
  environmentId: number | null;
  moduleId: number | null;
  projectId: number | null;
  name: string;
  /** JSON; of a secret, what `sealSecret` made of it. */
  value: string;
  secret: number;
  enabled: number;
}

export interface TestRecordsTable extends Dated {
  id: Generated<number>;
  projectId: number;
  name: string;
  type: string;
  status: string;
  /** `RunPlan`: everything that is needed to run, or to go on, without looking at the catalog again. */
  configJson: string;
  environmentId: number | null;
  scenarioId: number | null;
  scheduleId: number | null;
  total: number;
  passed: number;
  failed: number;
  error: number;
  skipped: number;
  cancelled: number;
  /** Set by `runs.cancel`; read by whoever runs it, in whichever process. */
  cancelRequested: number;
  /** Who runs it now (process and instance), and until when this holds without a sign of life. */
  owner: string | null;
  leaseUntil: string | null;
  /** How often it was taken over from an owner that vanished, since its last result. */
  takeovers: Generated<number>;
  /** Set while its results are being removed, a few at a time; nobody sees it any more. */
  removing: Generated<number>;
  errorJson: string | null;
  startedAt: string | null;
  completedAt: string | null;
}

export interface TestResultsTable {
  id: Generated<number>;
  recordId: number;
  /** Order of completion in its record, from 0. */
  sequence: number;
  iteration: number;
  /** Where in the plan; unique together with record and iteration. */
  path: string;
  name: string;
  apiId: number | null;
  status: string;
  method: string | null;
  url: string | null;
  httpStatus: number | null;
  /** Milliseconds in all. */
  time: number | null;
  startedAt: string;
  /** The whole `RequestResult`. */
  resultJson: string;
}

export interface DatasetsTable extends Versioned, Placed {
  id: Generated<number>;
  projectId: number;
  name: string;
  description: string;
  columnsJson: string;
  rowCount: number;
}

export interface DatasetRowsTable {
  datasetId: number;
  position: number;
  valuesJson: string;
}

/** The content lies in `<dataDir>/files/<sha256>`. */
export interface FilesTable extends Versioned, Placed {
  id: Generated<number>;
  projectId: number;
  name: string;
  contentType: string;
  size: number;
  sha256: string;
}

export interface SchedulesTable extends Versioned {
  id: Generated<number>;
  projectId: number;
  name: string;
  cron: string;
  timeZone: string;
  enabled: number;
  /** `ScheduleTarget`: what it runs. */
  targetJson: string;
  /** `Webhook[]`. */
  webhooksJson: string;
  nextRunAt: string | null;
  lastRunAt: string | null;
  lastRecordId: number | null;
  missedRuns: number;
  /** Whether one run makes up for those that were missed while the service was down. */
  catchUp: number;
}

/** One due time of a schedule, or several that were missed in a row, and what became of it. */
export interface ScheduleRunsTable extends Dated {
  id: Generated<number>;
  scheduleId: number;
  trigger: string;
  /** `starting | running | ended | missed | failed`. */
  status: string;
  /** Of several missed ones the first. */
  dueAt: string;
  /** Due times that it stands for. */
  count: number;
  recordId: number | null;
  /** Why it was missed, or could not start. */
  errorJson: string | null;
}

/** A message about what became of a due time, from the moment that it is to be sent. */
export interface WebhookDeliveriesTable extends Dated {
  id: Generated<number>;
  scheduleId: number;
  scheduleRunId: number;
  /** Null when the run could not be started. */
  recordId: number | null;
  /** `StoredWebhook.id`. */
  webhookId: string;
  /** `waiting | delivered | failed`. */
  status: string;
  attempts: number;
  /** Of the next attempt while it is waiting; moved on by whoever makes it. */
  nextTryAt: string;
  httpStatus: number | null;
  errorJson: string | null;
  /** `RunNotice`: what is said. */
  noticeJson: string;
}

/** Which own endpoints the runs of a scenario reached, for tests on save. */
export interface ReachedEndpointsTable {
  scenarioId: number;
  endpoint: string;
}

/** One row, with the id 1: which process runs tests after saves now, and what came of the last ones. */
export interface TestOnSaveTable {
  id: number;
  holder: string;
  /** The others keep out of it until then. */
  leaseUntil: string;
  /** `SaveOutcome`; null: there was none yet. */
  outcomeJson: string | null;
}

export interface Tables {
  projects: ProjectsTable;
  modules: ModulesTable;
  categories: CategoriesTable;
  apis: ApisTable;
  moduleSchemas: ModuleSchemasTable;
  scenarios: ScenariosTable;
  environments: EnvironmentsTable;
  variables: VariablesTable;
  testRecords: TestRecordsTable;
  testResults: TestResultsTable;
  datasets: DatasetsTable;
  datasetRows: DatasetRowsTable;
  files: FilesTable;
  schedules: SchedulesTable;
  scheduleRuns: ScheduleRunsTable;
  webhookDeliveries: WebhookDeliveriesTable;
  reachedEndpoints: ReachedEndpointsTable;
  testOnSave: TestOnSaveTable;
}

export type Row<T extends keyof Tables> = Selectable<Tables[T]>;
export type NewRow<T extends keyof Tables> = Insertable<Tables[T]>;
export type RowUpdate<T extends keyof Tables> = Updateable<Tables[T]>;
