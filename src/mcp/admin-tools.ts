import type { Parameter, Shape, Signature } from '../contract/signature.ts';
import { logKinds, logLevels } from '../contract/log-port.ts';
import type { LogQuery, LogSearch } from '../logging/search-logs.ts';
import type { QuarantinePort } from '../registry/quarantined.ts';
import type { Endpoint, ModuleInstance } from '../registry/snapshot.ts';
import { toZod } from '../signatures/to-zod.ts';

/** What admins may do through tools; the same as through the admin routes, and reading the log. */
export interface AdminToolsPort {
  /** What `GET /` tells. */
  state(): unknown;
  /** Answers when the new generation serves. */
  reload(): Promise<unknown>;
  /** @throws ApiError CONFIG_INVALID; the old configuration stays in force */
  reloadConfig(): Promise<unknown>;
  /** @throws ApiError GENERATION_NOT_FOUND */
  generations(request: Readonly<Record<string, unknown>>): Promise<unknown>;
  /** @throws ApiError GENERATION_NOT_FOUND, ROLLBACK_FAILED; nothing has changed then */
  rollBack(request: Readonly<Record<string, unknown>>): Promise<unknown>;
  readonly quarantine: QuarantinePort;
  readonly searchLogs: LogSearch;
}

/** Tools of the runtime itself begin with it; functions give way to them. */
const prefix = 'api_deploy_';

/** Reloads of very large projects take longer than calls usually may. Seconds. */
const timeout = 120;

interface AdminTool {
  readonly name: string;
  readonly description: string;
  readonly effect?: Signature['effect'];
  readonly parameters?: readonly Parameter[];
  readonly run: (body: Record<string, unknown>) => unknown;
}

/**
 * The runtime's own tools as endpoints, by tool name, so that they go the same way as functions: listed for
 * admin tokens only, validated, limited and logged.
 */
export function createAdminTools(port: AdminToolsPort): ReadonlyMap<string, Endpoint> {
  const instance: ModuleInstance = { module: 'mcp', file: '', inFlight: 0, onIdle: undefined };
  const tools = [...serviceTools(port), ...quarantineTools(port), ...logTools(port)];
  return new Map(tools.map((tool) => [`${prefix}${tool.name}`, toEndpoint(tool, instance)]));
}

function serviceTools(port: AdminToolsPort): AdminTool[] {
  return [
    {
      name: 'state',
      description:
        'State of the service. Tells generation, uptime, modules with the error of their last save if it failed, and every function with its description and schema.',
      effect: 'readonly',
      run: () => port.state(),
    },
    {
      name: 'reload',
      description:
        'Reload all modules from disk. Answers when the new generation serves, with what was loaded, unchanged and failed; what fails keeps its last good version.',
      run: () => port.reload(),
    },
    {
      name: 'reload_config',
      description:
        'Reload the configuration. Answers with the keys that changed and those that need a restart; an invalid configuration changes nothing and says why.',
      run: () => port.reloadConfig(),
    },
    ...generationTools(port),
  ];
}

function generationTools(port: AdminToolsPort): AdminTool[] {
  const number: Shape = { kind: 'number', integer: true, minimum: 1 };
  const latest: Shape = { kind: 'union', members: [number, { kind: 'literal', value: 'latest' }] };
  return [
    {
      name: 'generations',
      description:
        'Generations at hand. Lists the last good ones, newest first: when, why, content hash of each module, what changed for callers. With a number, that one with all files.',
      effect: 'readonly',
      parameters: [optional('generation', number, 'Number of one generation.')],
      run: (body) => port.generations(body),
    },
    {
      name: 'rollback',
      description:
        'Go back to an earlier version at once, without touching files. With `generation`, everything; with `module`, that module and its helpers, in its last other version or that of `generation`. It stays until the file is saved again; `generation: "latest"` goes back to what is on disk. What does not load changes nothing.',
      effect: 'destructive',
      parameters: [
        optional('generation', latest, "Number of a generation, or 'latest' for what is on disk."),
        optional('module', text, 'Module such as `billing/invoices`.'),
      ],
      run: (body) => port.rollBack(body),
    },
  ];
}

function quarantineTools({ quarantine }: AdminToolsPort): AdminTool[] {
  return [
    {
      name: 'quarantine',
      description:
        'Functions in quarantine. Lists those that are not called any more, because they blocked the process several times in a row, with reason and time.',
      effect: 'readonly',
      run: () => ({ quarantined: quarantine.list() }),
    },
    {
      name: 'lift_quarantine',
      description:
        'Lift a quarantine. Lets the function be called again although its file has not changed; tells whether it was in quarantine.',
      parameters: [
        {
          name: 'endpoint',
          shape: text,
          optional: false,
          rest: false,
          description: 'Path such as `/orders/create`.',
        },
      ],
      async run({ endpoint }) {
        return { endpoint, lifted: await quarantine.lift(String(endpoint)) };
      },
    },
  ];
}

function logTools({ searchLogs }: AdminToolsPort): AdminTool[] {
  return [
    {
      name: 'recent_errors',
      description:
        'Latest errors of the service. Lists failures of functions, of reloads and of the runtime, newest first, with mapped stack traces.',
      effect: 'readonly',
      parameters: [since, limitOf(20)],
      run: (body) => searchLogs({ ...toQuery(body, 20), kind: 'error' }),
    },
    {
      name: 'search_logs',
      description:
        'Search the log. Reads the JSON lines of the log files, newest first; all filters must match. Secrets are redacted.',
      effect: 'readonly',
      parameters: [
        optional('kind', oneOf(logKinds), 'Kind of line; `call` is what functions wrote.'),
        optional('level', oneOf(logLevels), 'Lowest level.'),
        optional('endpoint', text, 'Exact path such as `/orders/create`.'),
        optional('requestId', text, 'Request id, as in `X-Request-Id`.'),
        optional('text', text, 'Text anywhere in the line, upper and lower case alike.'),
        since,
        limitOf(50),
      ],
      run: (body) => searchLogs(toQuery(body, 50)),
    },
  ];
}

const text: Shape = { kind: 'string', minLength: 1, maxLength: 500 };

const since = optional('since', { kind: 'date' }, 'Only lines at or after this time.');

function limitOf(defaultValue: number): Parameter {
  const shape: Shape = { kind: 'number', integer: true, minimum: 1, maximum: 200 };
  return { ...optional('limit', shape, 'Lines at most.'), defaultValue };
}

function optional(name: string, shape: Shape, description: string): Parameter {
  return { name, shape, optional: true, rest: false, description };
}

function oneOf(values: readonly string[]): Shape {
  return { kind: 'union', members: values.map((value): Shape => ({ kind: 'literal', value })) };
}

/** The body was validated against the parameters above, whose names are the query's. */
function toQuery(body: Record<string, unknown>, limit: number): LogQuery {
  return { limit, ...(body as Partial<LogQuery>) };
}

function toEndpoint(tool: AdminTool, instance: ModuleInstance): Endpoint {
  const name = `${prefix}${tool.name}`;
  const parameters = tool.parameters ?? [];
  const signature: Signature = {
    style: 'object',
    parameters,
    contextIndex: -1,
    returns: { kind: 'value', shape: { kind: 'unknown' } },
    definitions: {},
    description: tool.description,
    text: `({ ${parameters.map(({ name, optional }) => (optional ? `${name}?` : name)).join(', ')} }) => unknown`,
    ...(tool.effect === undefined ? {} : { effect: tool.effect }),
  };
  return {
    path: `/mcp/${name}`,
    module: instance.module,
    name,
    fn: (body) => tool.run(body as Record<string, unknown>),
    options: { roles: ['admin'], timeout },
    signature,
    input: toZod(signature),
    instance,
  };
}
