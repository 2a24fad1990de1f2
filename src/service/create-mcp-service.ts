import { toAgedReport } from '../registry/aged-failure.ts';
import type { HttpDeps } from '../http/http-deps.ts';
import { createStateDescriber } from '../http/routes/state.ts';
import type { Config } from '../config/schema.ts';
import { createLogSearch } from '../logging/search-logs.ts';
import { createMcp, type Mcp } from '../mcp/create-mcp.ts';
import type { QuarantinePort } from '../registry/quarantined.ts';
import { returnsToJsonSchema } from '../signatures/to-json-schema.ts';

export interface McpServiceOptions {
  readonly http: HttpDeps & { readonly quarantine: QuarantinePort };
  readonly settings: () => Config;
  readonly projectDir: string;
}

/** The functions as tools, on top of the same parts as the HTTP routes. */
export function createMcpService({ http, settings, projectDir }: McpServiceOptions): Mcp {
  const { registry, caller, logs, meter, admin, quarantine, version } = http;
  const describeState = createStateDescriber(http);
  return createMcp({
    settings,
    registry,
    caller,
    logs,
    meter,
    version,
    schemas: { input: http.describe, output: ({ signature }) => returnsToJsonSchema(signature) },
    admin: {
      state: () => describeState(registry.current),
      reload: async () => toAgedReport(await admin.reload()),
      reloadConfig: () => admin.reloadConfig(),
      generations: (request) => admin.generations(request),
      rollBack: (request) => admin.rollBack(request),
      quarantine,
      searchLogs: createLogSearch({ settings: settings(), projectDir, flush: () => logs.flush() }),
    },
  });
}
