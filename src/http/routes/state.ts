import { toJsonText } from '../../contract/to-json.ts';
import { toAgedFailure } from '../../registry/aged-failure.ts';
import type { Registry } from '../../registry/registry.ts';
import type { Endpoint, ModuleFailure, RolledBackModule, Snapshot } from '../../registry/snapshot.ts';
import { allowMethods } from '../allow-methods.ts';
import { successAnswer, type Handler } from '../answer.ts';
import type { HttpDeps } from '../http-deps.ts';
import type { HttpRequest } from '../http-request.ts';
import { toShownFailure } from '../shown-failure.ts';
import { uptimeSince } from './health.ts';

export type StateDeps = Pick<
  HttpDeps,
  | 'settings'
  | 'registry'
  | 'quarantine'
  | 'logs'
  | 'state'
  | 'describe'
  | 'version'
  | 'startedAt'
  | 'moreState'
>;

/** `GET /`: what is served, since when, and what is on disk but does not serve. */
export function createStateRoute(deps: StateDeps): Handler<HttpRequest> {
  const describeState = createStateDescriber(deps);
  return (request) => {
    allowMethods(request, ['GET', 'HEAD']);
    return successAnswer(toJsonText(describeState(request.snapshot)), request.path);
  };
}

/** The same as a value, for whoever asks in another way. */
export function createStateDescriber(deps: StateDeps): (snapshot: Snapshot) => unknown {
  const describe = createEndpointDescriber(deps);
  return (snapshot) => {
    const show = (failure: ModuleFailure): unknown => {
      const { module: _, ...shown } = toAgedFailure(toShownFailure(failure, deps.settings().debug));
      return shown;
    };
    return {
      name: 'api-deploy',
      version: deps.version,
      state: deps.state(),
      generation: snapshot.generation,
      uptime: uptimeSince(deps.startedAt),
      startedAt: deps.startedAt,
      ...deps.moreState?.(),
      modules: listModules(snapshot, deps.registry, show),
      warnings: deps.registry.warnings,
      failures: deps.registry.failures.filter((failure) => failure.module === undefined).map(show),
      changes: snapshot.changes,
      endpoints: withQuarantine([...snapshot.endpoints.values()].sort(byPath).map(describe), deps),
    };
  };
}

/** Those that are not called any more say so. */
function withQuarantine(entries: readonly EndpointEntry[], { quarantine }: StateDeps): readonly unknown[] {
  const quarantined = new Map(quarantine?.list().map(({ endpoint, ...why }) => [endpoint, why]));
  if (quarantined.size === 0) return entries;
  return entries.map((entry) => {
    const why = quarantined.get(entry.path);
    return why === undefined ? entry : { ...entry, quarantined: why };
  });
}

/** Also modules that have never served, because their first version does not load. */
function listModules(
  snapshot: Snapshot,
  { failures, rolledBack }: Pick<Registry, 'failures' | 'rolledBack'>,
  show: (failure: ModuleFailure) => unknown,
): unknown[] {
  const functions = new Map<string, string[]>([...snapshot.modules.keys()].map((name) => [name, []]));
  for (const { module, name } of snapshot.endpoints.values()) functions.get(module)?.push(name);
  const errors = new Map<string, ModuleFailure>();
  for (const failure of failures) {
    if (failure.module === undefined) continue;
    errors.set(failure.module, failure);
    if (!functions.has(failure.module)) functions.set(failure.module, []);
  }
  const held = new Map(rolledBack.map((each) => [each.module, each]));
  for (const { module } of rolledBack) if (!functions.has(module)) functions.set(module, []);
  return [...functions].sort(byName).map(([name, names]) => {
    const error = errors.get(name);
    const back = held.get(name);
    return {
      name,
      functions: names.sort(),
      ...(error === undefined ? {} : { error: show(error) }),
      ...(back === undefined ? {} : { rolledBack: toShownRollback(back) }),
    };
  });
}

function toShownRollback({ generation, since, files, hidden }: RolledBackModule): unknown {
  return { generation, since, files, ...(hidden ? { hidden } : {}) };
}

interface EndpointEntry {
  readonly path: string;
}

/** A schema is made once per endpoint and goes with it. */
function createEndpointDescriber({ describe, logs }: StateDeps): (endpoint: Endpoint) => EndpointEntry {
  const described = new WeakMap<Endpoint, EndpointEntry>();
  return (endpoint) => {
    const known = described.get(endpoint);
    if (known !== undefined) return known;
    const { path, signature } = endpoint;
    let schema: unknown = null;
    try {
      schema = describe(endpoint);
    } catch (err) {
      logs.error(`The schema of '${path}' could not be made`, { err, endpoint: path });
    }
    const entry = { path, description: signature.description, signature: signature.text, schema };
    described.set(endpoint, entry);
    return entry;
  };
}

function byPath(one: Endpoint, other: Endpoint): number {
  return one.path < other.path ? -1 : 1;
}

function byName([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number {
  return one < other ? -1 : 1;
}
