import type { Authenticator } from '../auth/token-list.ts';
import type { Caller } from '../call/call-function.ts';
import type { Config } from '../config/schema.ts';
import type { Meter } from '../contract/meter.ts';
import type { LogPort } from '../contract/log-port.ts';
import type { Resource } from '../describe/resource.ts';
import type { Mcp } from '../mcp/create-mcp.ts';
import type { MetricsData } from '../observability/metrics-data.ts';
import type { QuarantinePort } from '../registry/quarantined.ts';
import type { ReloadReport } from '../registry/reload-report.ts';
import type { Registry } from '../registry/registry.ts';
import type { Endpoint, Snapshot } from '../registry/snapshot.ts';
import type { Door } from './door.ts';
import type { ServiceState } from './service-state.ts';

export type HttpSettings = Pick<
  Config,
  | 'bodyLimit'
  | 'bufferLimit'
  | 'debug'
  | 'directLane'
  | 'enableRequestLogging'
  | 'host'
  | 'keepAliveTimeout'
  | 'logResponseData'
  | 'maxConcurrentCalls'
  | 'maxEventLoopLag'
  | 'mcpAllowedHosts'
  | 'mcpAllowedOrigins'
  | 'metrics'
  | 'requestTimeout'
  | 'sendTimeout'
  | 'shutdownTimeout'
  | 'uploadLimit'
>;

/** What the admin routes do. */
export interface AdminPort {
  /** Answers when the new generation serves. */
  reload(): Promise<ReloadReport>;
  /**
   * What changed, and what needs a restart.
   *
   * @throws ApiError CONFIG_INVALID; the old configuration stays in force
   */
  reloadConfig(): Promise<unknown>;
  /**
   * The generations at hand, or the one that is named.
   *
   * @throws ApiError VALIDATION_ERROR, GENERATION_NOT_FOUND
   */
  generations(request: Readonly<Record<string, unknown>>): Promise<unknown>;
  /**
   * Serves an earlier version: of everything, or of one module.
   *
   * @throws ApiError VALIDATION_ERROR, GENERATION_NOT_FOUND, ROLLBACK_FAILED, RELOAD_FAILED; nothing has changed then
   */
  rollBack(request: Readonly<Record<string, unknown>>): Promise<unknown>;
}

/** What the HTTP side is made of; all of it handed in. */
export interface HttpDeps {
  /** Asked on every request, so that a new configuration counts at once. */
  readonly settings: () => HttpSettings;
  readonly registry: Registry;
  readonly caller: Caller;
  readonly authenticator: Authenticator;
  readonly admin: AdminPort;
  /** Without it, no endpoint ever gets there, and its routes are not served. */
  readonly quarantine?: QuarantinePort | undefined;
  readonly logs: LogPort;
  readonly state: () => ServiceState;
  readonly meter: Meter;
  /** What `/metrics` tells; of several processes, all together. */
  readonly metrics: () => MetricsData | Promise<MetricsData>;
  /** How late the event loop was lately, seconds. */
  readonly eventLoopLag: () => number;
  /** The JSON Schema of an endpoint's body; asked once per endpoint. */
  readonly describe: (endpoint: Endpoint) => unknown;
  /** What answers at `/mcp`; without it, the path is not served. */
  readonly mcp?: Mcp | undefined;
  /** The OpenAPI document of a snapshot; without it, `/openapi.json` and `/docs` are not served. */
  readonly openapi?: ((snapshot: Snapshot) => Resource) | undefined;
  /** Holds new requests back for a moment. Default: always open. */
  readonly door?: Door | undefined;
  /** More for `GET /`, such as the processes that serve. */
  readonly moreState?: (() => Readonly<Record<string, unknown>>) | undefined;
  readonly version: string;
  readonly startedAt: Date;
}
