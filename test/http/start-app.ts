import { createAuthenticator } from '../../src/auth/token-list.ts';
import { createCaller } from '../../src/call/call-function.ts';
import { configSchema, type Config } from '../../src/config/schema.ts';
import { createHttpApp, shareByCalls } from '../../src/http/app.ts';
import { DirectLane } from '../../src/http/direct/direct-lane.ts';
import type { AdminPort, HttpDeps } from '../../src/http/http-deps.ts';
import { createHttpServer, type HttpServer } from '../../src/http/server.ts';
import type { ServiceState } from '../../src/http/service-state.ts';
import { createMeters, type Meters } from '../../src/service/create-meters.ts';
import { createRegistry, type Registry } from '../../src/registry/registry.ts';
import type { ReloadReport } from '../../src/registry/reload-report.ts';
import type { Endpoint, ModuleInstance } from '../../src/registry/snapshot.ts';
import { createQuarantine, type Quarantine } from '../../src/supervision/quarantine.ts';
import { makeEndpoint, type EndpointSource } from './make-endpoint.ts';
import { createMemoryLog, type MemoryLog } from './memory-log.ts';

export const businessToken = 'business-token-0123456789';
export const adminToken = 'admin-token-0123456789';

export interface RunningApp {
  readonly url: string;
  readonly port: number;
  readonly logs: MemoryLog;
  readonly registry: Registry;
  readonly server: HttpServer;
  readonly meters: Meters;
  /** One block is enough. */
  readonly quarantine: Quarantine;
  state: ServiceState;
  config: Config;
  /** Of the event loop, seconds, as the app sees it. */
  lag: number;
  endpoint(path: string): Endpoint;
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<AppAnswer>;
  /** With the business token. */
  call(path: string, body?: unknown): Promise<AppAnswer>;
  get(path: string, init?: RequestInit): Promise<AppAnswer>;
}

export interface AppAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: Record<string, any>;
}

export interface AppOptions {
  readonly endpoints?: Readonly<Record<string, EndpointSource>>;
  readonly config?: Partial<Config>;
  readonly admin?: Partial<AdminPort>;
}

export const emptyReport: ReloadReport = {
  reason: 'admin',
  generation: 1,
  swapped: false,
  durationMs: 1,
  loaded: [],
  unchanged: ['demo'],
  removed: [],
  failed: [],
  contract: { breaking: [], compatible: [] },
  warnings: [],
  files: [],
  endpoints: { added: [], changed: [], removed: [] },
};

/** The real app on a real socket; only the reload behind it is absent. */
export async function startApp(options: AppOptions = {}): Promise<RunningApp> {
  const logs = createMemoryLog();
  const registry = createRegistry();
  const endpoints = new Map(
    Object.entries(options.endpoints ?? {}).map(([path, source]) => [path, makeEndpoint(path, source)]),
  );
  const modules = new Map<string, ModuleInstance>([...endpoints.values()].map((e) => [e.module, e.instance]));
  registry.swap({ swappedAt: new Date(), endpoints, modules });
  const config: Config = {
    ...configSchema.parse({
      validTokens: [businessToken],
      adminTokens: [adminToken],
      port: 0,
      // Both ways are tested, see vitest.config.ts.
      directLane: process.env['DIRECT_LANE'] !== 'false',
    }),
    ...options.config,
  };
  const live: { state: ServiceState; config: Config; lag: number } = { state: 'ready', config, lag: 0 };
  const settings = (): Config => live.config;
  const quarantine = createQuarantine(() => 1);
  const meters = createMeters(registry);
  const { meter } = meters;
  const caller = createCaller({ settings, logs, quarantine, onShed: (reason) => meter.shed(reason) });
  const deps: HttpDeps = {
    settings,
    registry,
    logs,
    caller,
    authenticator: createAuthenticator(settings),
    admin: {
      reload: async () => emptyReport,
      reloadConfig: async () => ({}),
      generations: async () => ({}),
      rollBack: async () => ({}),
      ...options.admin,
    },
    state: () => live.state,
    describe: () => ({ type: 'object' }),
    version: '1.2.3',
    startedAt: new Date(),
    meter,
    metrics: () => meters.collect({ runningCalls: caller.running, quarantined: 0 }),
    eventLoopLag: () => live.lag,
  };
  const shared = shareByCalls(deps);
  const server = createHttpServer({
    app: createHttpApp(deps, shared),
    createLane: (router) => new DirectLane(deps, shared, router),
    settings,
    registry,
    logs,
    meter,
  });
  const { url, port } = await server.listen();

  const get: RunningApp['get'] = async (path, init) => toAppAnswer(await fetch(`${url}${path}`, init));
  const post: RunningApp['post'] = (path, body, headers = {}) =>
    get(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' || body instanceof Uint8Array ? (body as string) : JSON.stringify(body),
    });
  return Object.assign(live, {
    url,
    port,
    logs,
    registry,
    server,
    meters,
    quarantine,
    get,
    post,
    call: (path: string, body?: unknown) => post(path, { token: businessToken, body }),
    endpoint(path: string) {
      const found = registry.current.endpoints.get(path);
      if (found === undefined) throw new Error(`no endpoint '${path}' in this test`);
      return found;
    },
  });
}

export async function stopApp(app: RunningApp): Promise<void> {
  app.state = 'stopping';
  await app.server.drain(0.2);
  app.meters.close();
}

async function toAppAnswer(response: Response): Promise<AppAnswer> {
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    text,
    json: text === '' ? {} : (JSON.parse(text) as Record<string, any>),
  };
}
