import { randomUUID } from 'node:crypto';
import { inspect } from 'node:util';
import { createAuthenticator, type Authenticator } from '../auth/token-list.ts';
import { createCaller as createCallPath, type Caller } from '../call/call-function.ts';
import type { CallOutcome } from '../call/call-request.ts';
import type { Config, ConfigInput } from '../config/schema.ts';
import { followGlobalTimers } from '../containment/scope-timers.ts';
import { ApiError } from '../contract/api-error.ts';
import type { Principal, Role } from '../contract/call-context.ts';
import type { LogPort } from '../contract/log-port.ts';
import { suggestPath } from '../http/suggest-path.ts';
import { mapStack } from '../modules/stack-traces.ts';
import { createRegistry, type Registry } from '../registry/registry.ts';
import type { ReloadReport } from '../registry/reload-report.ts';
import type { Endpoint, ModuleFailure } from '../registry/snapshot.ts';
import { createQuarantine } from '../supervision/quarantine.ts';
import { startWatchdog, type Watchdog } from '../supervision/watchdog.ts';
import { createModules, type Modules } from './create-modules.ts';
import { describeFailure } from './describe-reload.ts';
import { readConfig } from './read-config.ts';
import { ownCode } from './runtime-package.ts';
import { toTestResult } from './test-result.ts';
import { createServiceViews, type ServiceViews } from './view/service-views.ts';
import { toWireBody } from './wire-body.ts';

/** Who calls, and how long they wait. */
export interface InProcessCall {
  /** Looked up in the configuration, as of a request. Default: no token is looked at, see `roles`. */
  readonly token?: string | undefined;
  /** Roles of the caller when no token is given. Default: `['business']`. */
  readonly roles?: readonly Role[] | undefined;
  /** Stands for the client's connection: aborted when it leaves. */
  readonly signal?: AbortSignal | undefined;
}

export interface CallerOptions extends Omit<InProcessCall, 'signal'> {
  /** Where `config.ts`, `.env` and relative paths are looked for. Default: the current folder. */
  readonly projectDir?: string | undefined;
  /** Folder with the modules. Default: `apisDir` of the configuration. */
  readonly apisDir?: string | undefined;
  /** Goes before `config.ts` and the environment. */
  readonly config?: Partial<ConfigInput> | undefined;
  /** Default: `process.env`. */
  readonly env?: NodeJS.ProcessEnv | undefined;
}

/** Calls the functions of a folder without a socket. */
export interface TestCaller {
  /**
   * Calls `/<module>/<function>` as a request with this `body` would: roles, limits, validation, deadline.
   * Gives the result as a client gets it, made into JSON and parsed: a `Date` is text. A stream is an async
   * iterable of such items, a `Response` a `Response`.
   *
   * @throws ApiError with the code that a client would get; the function's own error is its `cause`
   */
  call<Result = unknown>(
    path: string,
    body?: Readonly<Record<string, unknown>>,
    options?: InProcessCall,
  ): Promise<Result>;
  /** Paths of all functions, sorted. */
  readonly endpoints: readonly string[];
  /** Modules that did not load, with place and cause. */
  readonly failures: readonly ModuleFailure[];
  /** Loads what has changed on disk; `onDispose` and `onLoad` hooks run as after a save. */
  reload(): Promise<ReloadReport>;
  /** Disposes of all modules. May be called more than once. Until it was, the process does not end by itself. */
  close(): Promise<void>;
}

/** What one caller is made of. */
interface Parts {
  readonly options: CallerOptions;
  readonly registry: Registry;
  readonly modules: Modules;
  readonly path: Caller;
  readonly views: ServiceViews;
  readonly watchdog: Watchdog;
  readonly authenticator: Authenticator;
}

/**
 * Loads a folder of functions in this process, through the same loader and call path as the service.
 * Modules that fail to load are in `failures`; calls of their functions say why.
 *
 *     const caller = await createCaller({ apisDir: 'apis' });
 *     const order = await caller.call('/orders/create', { items: [] });
 *     await caller.close();
 *
 * The loader makes instances of its own: a module that the test file imports as well exists twice, each with
 * its own state.
 *
 * @throws ConfigError, or Error when `apisDir` cannot be read
 */
export function createCaller(options: CallerOptions = {}): Promise<TestCaller> {
  return openCaller(options, { serves: true });
}

/** How a caller is opened that is none of a test's. */
export interface OpenCallerOptions {
  /** Whether `onReload` listeners run, as of a service. */
  readonly serves: boolean;
  /** Where to keep what is derived for the next time. Default: nowhere. */
  readonly cacheDir?: string;
  /** Default: `config.ts`, when there is one. */
  readonly configFile?: string | undefined;
}

/** @throws ConfigError, or Error when `apisDir` cannot be read */
export async function openCaller(options: CallerOptions, opening: OpenCallerOptions): Promise<TestCaller> {
  const parts = await createParts(options, opening);
  const { registry, modules } = parts;
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => (closing ??= closeParts(parts));
  const refuseWhenClosed = (): void => {
    if (closing !== undefined) throw new Error('this caller is closed; make a new one with createCaller()');
  };
  try {
    await modules.reloader.reload('all', 'start');
    if (opening.serves) parts.views.serving(undefined);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    async call<Result>(path: string, body?: Readonly<Record<string, unknown>>, options: InProcessCall = {}) {
      refuseWhenClosed();
      return (await call(parts, { path, body, options })) as Result;
    },
    get endpoints() {
      return [...registry.current.endpoints.keys()].sort();
    },
    get failures() {
      return registry.failures;
    },
    async reload() {
      refuseWhenClosed();
      return await modules.reloader.reload('all', 'admin');
    },
    close,
  };
}

async function createParts(
  options: CallerOptions,
  { serves, cacheDir, configFile }: OpenCallerOptions,
): Promise<Parts> {
  const { projectDir = process.cwd(), apisDir, env = process.env } = options;
  const overrides = { ...options.config, ...(apisDir === undefined ? {} : { apisDir }) };
  const { config, environment } = await readConfig({ projectDir, configFile, overrides, env });
  const settings = (): Config => config;
  const registry = createRegistry();
  followGlobalTimers();
  const logs = strayErrors;
  const quarantine = createQuarantine(() => config.quarantineAfter);
  const path = createCallPath({ settings, logs, quarantine });
  const views = createServiceViews({
    settings,
    projectDir,
    environment,
    // Beside a service, which has that name.
    processName: serves ? 'main' : `command-${process.pid}`,
    registry,
    logs,
    caller: path,
  });
  const modules = createModules({
    settings,
    projectDir,
    registry,
    logs,
    views,
    ownsProcess: false,
    ...(cacheDir === undefined ? {} : { cacheDir }),
  });
  return {
    options,
    registry,
    modules,
    path,
    views,
    watchdog: startWatchdog({
      settings,
      logs,
      quarantine,
      ownCode,
      codeOf: (file) => modules.reloader.codeOf(file),
    }),
    authenticator: createAuthenticator(settings),
  };
}

async function closeParts({ modules: { reloader, checker }, watchdog }: Parts): Promise<void> {
  await reloader.close();
  await checker.close();
  await watchdog.stop();
}

interface RequestedCall {
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>> | undefined;
  readonly options: InProcessCall;
}

async function call(parts: Parts, { path, body, options }: RequestedCall): Promise<unknown> {
  const snapshot = parts.registry.current;
  const endpoint = findEndpoint(parts.registry, path);
  const outcome: CallOutcome = await parts.path.call({
    endpoint,
    generation: snapshot.generation,
    principal: principalOf(parts, options),
    body: toWireBody(body),
    requestId: randomUUID(),
    signal: options.signal === undefined ? undefined : afterStart(options.signal),
  });
  if (outcome.ok) return toTestResult(outcome);
  throw withMappedStack(outcome.error, parts.modules);
}

/** A client that leaves at once has still made the call: the function begins first, and hears of it then. */
function afterStart(client: AbortSignal): AbortSignal {
  if (client.aborted) return client;
  const later = new AbortController();
  client.addEventListener('abort', () => void setImmediate(() => later.abort(client.reason)), { once: true });
  return later.signal;
}

function findEndpoint({ current, failures }: Registry, path: string): Endpoint {
  const endpoint = current.endpoints.get(path);
  if (endpoint !== undefined) return endpoint;
  const failure = failures.find(({ module }) => module !== undefined && path.startsWith(`/${module}/`));
  const meant = suggestPath(path, current.endpoints.keys());
  const known =
    meant === undefined ? [...current.endpoints.keys()].sort().join(', ') || 'nothing' : `'${meant}'`;
  const hint =
    failure === undefined
      ? `expected ${known}`
      : `the module '${failure.module}' failed to load: ${describeFailure(failure)}`;
  throw new ApiError('ENDPOINT_NOT_FOUND', `'${path}' is not served; ${hint}`);
}

function principalOf({ options: own, authenticator }: Parts, options: InProcessCall): Principal {
  const token = options.token ?? (options.roles === undefined ? own.token : undefined);
  if (token === undefined) {
    const roles = options.roles ?? own.roles ?? ['business'];
    return { id: `test:${roles.join('+') || 'nobody'}`, roles };
  }
  const principal = authenticator.authenticate(token);
  if (principal === undefined)
    throw new ApiError('INVALID_TOKEN', 'The token is in no token list of the configuration');
  return principal;
}

/** Places in the author's TypeScript, as in the service's log. */
function withMappedStack(error: ApiError, { reloader }: Modules): ApiError {
  for (const thrown of [error, error.cause]) {
    if (!(thrown instanceof Error) || thrown.stack === undefined) continue;
    Reflect.set(
      thrown,
      'stack',
      mapStack(thrown.stack, (file) => reloader.mapOf(file)),
    );
  }
  return error;
}

/** The error of a call reaches the test itself; what goes wrong beside all calls must not go unseen. */
const strayErrors: LogPort = {
  loggable: () => undefined,
  request() {},
  error(message, fields = {}) {
    if (fields['requestId'] !== undefined) return;
    const { err } = fields as { readonly err?: unknown };
    process.stderr.write(err === undefined ? `${message}\n` : `${message}\n${inspect(err)}\n`);
  },
  system() {},
  auth() {},
  call() {},
  flush() {},
  close: () => Promise.resolve(),
};
