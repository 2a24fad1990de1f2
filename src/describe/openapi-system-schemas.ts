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

/** `data` of `GET /` */
export const stateSchema: JsonSchema = object('', {
  name: text,
  version: text,
  state: { type: 'string', enum: ['starting', 'ready', 'stopping'] },
  generation: count,
  uptime: { type: 'number', minimum: 0, description: 'Seconds.' },
  startedAt: { type: 'string', format: 'date-time' },
  modules: {
    type: 'array',
    items: object(
      '',
      { name: text, functions: texts },
      { error: { ...schemaReference('ModuleFailure'), description: 'Why the last save does not serve.' } },
    ),
  },
  failures: { ...failed, description: 'Of files that no served module imports.' },
  warnings,
  changes: { ...changes, description: 'What the last swap changed for callers.' },
  endpoints: {
    type: 'array',
    items: object('', {
      path: text,
      description: text,
      signature: text,
      schema: { description: 'JSON Schema of the body; null where it could not be made.' },
    }),
  },
});

/** `data` of `/api/reload` */
export const reloadSchema: JsonSchema = object('', {
  reason: { type: 'string', enum: ['start', 'save', 'admin'] },
  generation: { ...count, description: 'The generation that serves now.' },
  swapped: { type: 'boolean', description: 'False when nothing had to be swapped.' },
  durationMs: { type: 'number', minimum: 0 },
  loaded: { ...texts, description: 'Modules loaded anew.' },
  unchanged: { ...texts, description: 'Modules that kept their instance.' },
  removed: { ...texts, description: 'Modules that are gone.' },
  failed: { ...failed, description: 'All modules whose version on disk does not serve.' },
  contract: object('What this reload changed for callers.', { breaking: changes, compatible: changes }),
  warnings,
  files: { ...texts, description: 'Files read anew.' },
  endpoints: object('Paths of endpoints.', { added: texts, changed: texts, removed: texts }),
});

/** `data` of `/api/reload-config` */
export const configChangesSchema: JsonSchema = object('', {
  changed: { ...texts, description: 'Names of all keys whose value differs.' },
  needRestart: { ...texts, description: 'Those of them that take effect only after a restart.' },
});

/** The answer of `GET /health`, without the envelope. */
export const healthSchema: JsonSchema = object('', {
  status: { type: 'string', const: 'ok' },
  state: { type: 'string', enum: ['starting', 'ready', 'stopping'] },
  uptime: { type: 'number', minimum: 0, description: 'Seconds.' },
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
