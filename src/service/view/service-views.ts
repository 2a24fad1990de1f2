import { mkdirSync } from 'node:fs';
import { relative } from 'node:path';
import type { Caller } from '../../call/call-function.ts';
import type { Config } from '../../config/schema.ts';
import type { CallLogger } from '../../contract/call-context.ts';
import type { LogPort } from '../../contract/log-port.ts';
import type { ReloadNews, Service } from '../../contract/service.ts';
import { displayPath } from '../../modules/module-failure.ts';
import { moduleNameOf } from '../../modules/served-files.ts';
import type { OpenServiceView, ServiceView } from '../../modules/service-view.ts';
import type { Registry } from '../../registry/registry.ts';
import type { ReloadReport } from '../../registry/reload-report.ts';
import { ReloadListeners } from './reload-listeners.ts';
import { servedEndpoints } from './served-endpoints.ts';
import { createServiceCalls } from './service-calls.ts';
import { shownConfig } from './shown-config.ts';

export interface ServiceViewsOptions {
  readonly settings: () => Config;
  readonly projectDir: string;
  /** As of `LoadedConfig.environment`. */
  readonly environment: string;
  readonly processName: string;
  readonly registry: Registry;
  readonly logs: LogPort;
  readonly caller: Caller;
}

/** What files know of the service that runs them. */
export interface ServiceViews {
  readonly open: OpenServiceView;
  /** It takes calls from now on; listeners hear what has been loaded until now. */
  serving(baseUrl: string | undefined): void;
  /** A reload is over, and what it gave serves. */
  reloaded(report: ReloadReport): void;
  /** Types of results became known that the last reload did not wait for. */
  refined(): void;
}

interface OpenView {
  readonly listeners: ReloadListeners;
  /** Whether its version has been part of what serves. */
  serves: boolean;
}

export function createServiceViews(options: ServiceViewsOptions): ServiceViews {
  const { registry, logs } = options;
  const views = new Set<OpenView>();
  const calls = createServiceCalls(options);
  const state: ServiceState = { baseUrl: undefined };
  let waiting: ReloadNews[] | undefined = [];

  const tell = (news: ReloadNews): void => {
    if (waiting !== undefined) return void waiting.push(news);
    for (const view of views) if (view.serves) view.listeners.tell(news);
  };
  return {
    open(file): ServiceView {
      const module = moduleOf(file, options);
      const listeners = new ReloadListeners((err) =>
        logs.error(`an onReload listener of '${module}' failed`, { err, module }),
      );
      const view: OpenView = { listeners, serves: false };
      views.add(view);
      return {
        service: createService(module, { ...options, listeners, call: calls(module), state }),
        close() {
          views.delete(view);
          return listeners.close();
        },
      };
    },
    serving(baseUrl) {
      state.baseUrl = baseUrl;
      const missed = waiting ?? [];
      waiting = undefined;
      for (const news of missed) tell(news);
    },
    reloaded(report) {
      for (const view of views) view.serves = true;
      if (report.swapped) tell(toNews(report));
    },
    refined() {
      const { generation, touched } = registry.current;
      tell({
        generation,
        reason: 'save',
        loaded: [],
        removed: [],
        touched: [...touched].sort(),
        changes: [],
      });
    },
  };
}

/** What changes while a service runs. */
interface ServiceState {
  baseUrl: string | undefined;
}

interface ServiceParts extends ServiceViewsOptions {
  readonly listeners: ReloadListeners;
  readonly call: Service['call'];
  readonly state: ServiceState;
}

function createService(module: string, parts: ServiceParts): Service {
  const { settings, registry, logs, listeners, state } = parts;
  return Object.freeze({
    get dataDir() {
      const { dataDir } = settings();
      mkdirSync(dataDir, { recursive: true });
      return dataDir;
    },
    projectDir: parts.projectDir,
    production: parts.environment === 'production',
    processName: parts.processName,
    get config() {
      return shownConfig(settings());
    },
    get baseUrl() {
      return state.baseUrl;
    },
    log: createLogger(logs, module),
    endpoints: () => servedEndpoints(registry.current),
    call: parts.call,
    onReload: (listener) => listeners.add(listener),
    note: (message, fields) => logs.system('info', message, { ...fields, module }),
  } satisfies Service);
}

function createLogger(logs: LogPort, module: string): CallLogger {
  return {
    debug: (message, fields) => logs.call('debug', message, { ...fields, module }),
    info: (message, fields) => logs.call('info', message, { ...fields, module }),
    warn: (message, fields) => logs.call('warn', message, { ...fields, module }),
    error: (message, fields) => logs.call('error', message, { ...fields, module }),
  };
}

/** The name of a served file, and the like of a helper; of a file outside `apisDir`, where it lies. */
function moduleOf(file: string, { settings, projectDir }: ServiceViewsOptions): string {
  const { apisDir } = settings();
  return relative(apisDir, file).startsWith('..')
    ? displayPath(file, projectDir)
    : moduleNameOf(file, apisDir);
}

function toNews({ generation, reason, loaded, removed, endpoints, contract }: ReloadReport): ReloadNews {
  const touched = [...endpoints.added, ...endpoints.changed, ...endpoints.removed].sort();
  const changes = [...contract.breaking, ...contract.compatible].map(({ endpoint, breaking, change }) => ({
    endpoint,
    breaking,
    message: change,
  }));
  return { generation, reason, loaded, removed, touched, changes };
}
