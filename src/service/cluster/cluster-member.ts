import type { CallObserver, CallerOptions } from '../../call/call-function.ts';
import type { LoadedConfig } from '../../config/load-config.ts';
import type { AdminPort } from '../../http/http-deps.ts';
import type { Door } from '../../http/door.ts';
import type { CreateLogsOptions } from '../../logging/create-logs.ts';
import type { MetricsData } from '../../observability/metrics-data.ts';
import type { CountedElsewhere } from '../../supervision/quarantine.ts';
import type { ModulesOptions } from '../create-modules.ts';
import type { LiveConfig } from '../live-config.ts';

/** What is different in a process that serves together with others: it asks its supervisor. */
export interface ClusterMember {
  readonly loaded: LoadedConfig;
  readonly startedAt: Date;
  readonly config: LiveConfig;
  readonly generationAfter: () => number;
  readonly logs: Pick<CreateLogsOptions, 'sink' | 'base'>;
  readonly modules: Required<
    Pick<
      ModulesOptions,
      'sources' | 'consensus' | 'keepGeneration' | 'onLoading' | 'onReport' | 'onWarnings' | 'onOutsideFiles'
    >
  >;
  readonly calls: { readonly observer: CallObserver } & Required<Pick<CallerOptions, 'countElsewhere'>>;
  readonly admin: AdminPort;
  readonly door: Door;
  /** Of all processes. */
  readonly metrics: () => Promise<MetricsData>;
  readonly quarantine: CountedElsewhere & {
    /** Lets it be called again in all processes; tells whether it was in quarantine. */
    readonly lift: (endpoint: string) => Promise<boolean>;
  };
  readonly moreState: () => Readonly<Record<string, unknown>>;
}
