import type { JsonSchema } from './openapi-document.ts';
import { schemaReference } from './openapi-responses.ts';

const text: JsonSchema = { type: 'string' };
const texts: JsonSchema = { type: 'array', items: text };
const count: JsonSchema = { type: 'integer', minimum: 0 };
const file: JsonSchema = { type: 'string', description: 'Relative to the project where possible.' };
const place: Readonly<Record<string, JsonSchema>> = {
  line: { type: 'integer', minimum: 1 },
  column: { type: 'integer', minimum: 1 },
};

/** Named schemas of the runtime's own routes. */
export const systemSchemas: Readonly<Record<string, JsonSchema>> = {
  ModuleFailure: object(
    'Why the version of a module that is on disk does not serve.',
    { file, cause: text, since: { type: 'string', format: 'date-time' } },
    {
      ...place,
      module: text,
      frame: { type: 'string', description: 'A few source lines around the place; with `debug` only.' },
    },
  ),
  ModuleWarning: object('What is doubtful about a module that serves.', {
    module: text,
    file,
    ...place,
    message: text,
  }),
  ContractChange: object('What a reload means for callers of one function.', {
    endpoint: text,
    breaking: {
      type: 'boolean',
      description:
        'A call that was right may fail now, or an answer may be one that its caller does not expect.',
    },
    change: text,
  }),
};

const warnings = listOf('ModuleWarning');
const failed = listOf('ModuleFailure');
const changes = listOf('ContractChange');

const time: JsonSchema = { type: 'string', format: 'date-time' };

const quarantined: JsonSchema = {
  type: 'array',
  description: 'Endpoints that are not called any more, because they blocked the process.',
  items: object('', { endpoint: text, reason: text, since: time }),
};

/** `data` of `GET /` */
export const stateSchema: JsonSchema = object(
  '',
  {
    name: text,
    version: text,
    state: { type: 'string', enum: ['starting', 'ready', 'leaving', 'stopping'] },
    generation: count,
    uptime: { type: 'number', minimum: 0, description: 'Seconds.' },
    startedAt: { type: 'string', format: 'date-time' },
    modules: {
      type: 'array',
      items: object(
        '',
        { name: text, functions: texts },
        {
          error: { ...schemaReference('ModuleFailure'), description: 'Why the last save does not serve.' },
          rolledBack: object(
            'The module is held at an earlier version until its file is saved again.',
            { generation: count, since: { type: 'string', format: 'date-time' }, files: texts },
            { hidden: { type: 'boolean', description: 'It came later, and is not served.' } },
          ),
        },
      ),
    },
    failures: { ...failed, description: 'Of files that no served module imports.' },
    warnings,
    changes: { ...changes, description: 'What the last swap changed for callers.' },
    endpoints: {
      type: 'array',
      items: object(
        '',
        {
          path: text,
          description: text,
          signature: text,
          schema: { description: 'JSON Schema of the body; null where it could not be made.' },
        },
        { quarantined: object('Why it is not called any more.', { reason: text, since: time }) },
      ),
    },
  },
  {
    workers: {
      type: 'array',
      description: 'The processes that serve, where there are several.',
      items: object('', {
        pid: count,
        state: { type: 'string', enum: ['starting', 'serving', 'leaving', 'ended'] },
        generation: count,
        restarts: {
          ...count,
          description: 'How often a process in this place has ended without being told to.',
        },
        startedAt: time,
      }),
    },
    suspects: {
      type: 'array',
      description: 'Functions that ran in three crashes of workers or more.',
      items: object('', { endpoint: text, crashes: count, lastAt: time }),
    },
  },
);

const reasons: JsonSchema = { type: 'string', enum: ['start', 'save', 'admin', 'rollback'] };
const endpointChanges = object('Paths of endpoints.', { added: texts, changed: texts, removed: texts });
const contractChanges = object('What this reload changed for callers.', {
  breaking: changes,
  compatible: changes,
});

const reloadProperties: Readonly<Record<string, JsonSchema>> = {
  reason: reasons,
  generation: { ...count, description: 'The generation that serves now.' },
  swapped: { type: 'boolean', description: 'False when nothing had to be swapped.' },
  durationMs: { type: 'number', minimum: 0 },
  loaded: { ...texts, description: 'Modules loaded anew.' },
  unchanged: { ...texts, description: 'Modules that kept their instance.' },
  removed: { ...texts, description: 'Modules that are gone.' },
  failed: { ...failed, description: 'All modules whose version on disk does not serve.' },
  contract: contractChanges,
  warnings,
  files: { ...texts, description: 'Files read anew.' },
  endpoints: endpointChanges,
};

/** `data` of `/api/reload` */
export const reloadSchema: JsonSchema = object('', reloadProperties);

/** `data` of `/api/rollback` */
export const rollbackSchema: JsonSchema = object(
  '',
  {
    ...reloadProperties,
    rollback: object(
      '',
      {
        generation: { description: 'The generation gone back to, or `latest`.', type: ['integer', 'string'] },
        held: { ...texts, description: 'Files that are held at an earlier version.' },
        hidden: { ...texts, description: 'Files that came later, and are not served.' },
        released: { ...texts, description: 'Files that are served from disk again.' },
        alsoAffected: { ...texts, description: 'Other modules that were loaded anew.' },
      },
      { module: text },
    ),
  },
  { backTo: count },
);

/** `data` of `/api/generations`; without a number, a list. */
export const generationsSchema: JsonSchema = object(
  '',
  {},
  {
    current: { description: 'The number that serves; of one generation, whether it does.' },
    generations: {
      type: 'array',
      items: object(
        '',
        {
          generation: count,
          through: { ...count, description: 'The last number with the same content.' },
          current: { type: 'boolean' },
          time: { type: 'string', format: 'date-time' },
          reason: reasons,
          modules: {
            type: 'object',
            additionalProperties: text,
            description: 'Content hash of each module.',
          },
          loaded: texts,
          removed: texts,
          endpoints: endpointChanges,
          contract: contractChanges,
        },
        { backTo: { ...count, description: 'The generation that a rollback went back to.' } },
      ),
    },
    files: { type: 'object', description: 'Of one generation: content hashes of all files, by module.' },
  },
);

/** `data` of `/api/reload-config` */
export const configChangesSchema: JsonSchema = object('', {
  changed: { ...texts, description: 'Names of all keys whose value differs.' },
  needRestart: { ...texts, description: 'Those of them that take effect only after a restart.' },
});

/** The answer of `GET /health`, without the envelope. */
export const healthSchema: JsonSchema = object(
  '',
  {
    status: { type: 'string', const: 'ok' },
    state: { type: 'string', enum: ['starting', 'ready', 'leaving', 'stopping'] },
    uptime: { type: 'number', minimum: 0, description: 'Seconds.' },
    failing: { ...count, description: 'Modules whose version on disk does not serve.' },
    failures: { ...failed, description: 'The first of them, with their age in seconds.' },
  },
  { quarantined },
);

/** `data` of `/api/quarantine` */
export const quarantineSchema: JsonSchema = object('', { quarantined });

/** `data` of `/api/quarantine/lift` */
export const liftedSchema: JsonSchema = object('', {
  endpoint: text,
  lifted: { type: 'boolean', description: 'Whether it was in quarantine.' },
});

/** The answer of `GET /readiness`, without the envelope. */
export const readySchema: JsonSchema = object(
  '',
  { status: { type: 'string', const: 'ready' } },
  {
    overloaded: {
      type: 'string',
      enum: ['calls', 'buffers', 'lag'],
      description: 'What there is no room for at the moment; calls are answered 503 meanwhile.',
    },
  },
);
export const notReadySchema: JsonSchema = object('', {
  status: { type: 'string', const: 'not ready' },
  reason: text,
});

function listOf(name: string): JsonSchema {
  return { type: 'array', items: schemaReference(name) };
}

/** More properties may come with later versions, so none is ruled out. */
function object(
  description: string,
  required: Readonly<Record<string, JsonSchema>>,
  optional: Readonly<Record<string, JsonSchema>> = {},
): JsonSchema {
  return {
    type: 'object',
    ...(description === '' ? {} : { description }),
    required: Object.keys(required),
    properties: { ...required, ...optional },
  };
}
