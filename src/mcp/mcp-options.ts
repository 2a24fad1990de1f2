import type { Caller } from '../call/call-function.ts';
import type { Config } from '../config/schema.ts';
import type { LogPort } from '../contract/log-port.ts';
import type { Meter } from '../contract/meter.ts';
import type { Registry } from '../registry/registry.ts';
import type { AdminToolsPort } from './admin-tools.ts';
import type { ToolSchemas } from './to-tool.ts';

export interface McpOptions {
  /** Asked on every call, so that a new configuration counts at once. */
  readonly settings: () => Pick<Config, 'debug' | 'enableRequestLogging' | 'logResponseData'>;
  readonly registry: Registry;
  readonly caller: Caller;
  readonly logs: LogPort;
  readonly meter: Meter;
  readonly schemas: ToolSchemas;
  readonly admin: AdminToolsPort;
  readonly version: string;
}
