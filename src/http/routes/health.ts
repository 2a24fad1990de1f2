import { toAgedFailure } from '../../registry/aged-failure.ts';
import type { ModuleFailure } from '../../registry/snapshot.ts';
import { allowMethods } from '../allow-methods.ts';
import { plainAnswer, soon, type Handler } from '../answer.ts';
import type { HttpDeps } from '../http-deps.ts';
import type { HttpRequest } from '../http-request.ts';
import type { Overload } from '../overload.ts';
import { toShownFailure } from '../shown-failure.ts';
import type { ServiceState } from '../service-state.ts';

export type HealthDeps = Pick<HttpDeps, 'state' | 'startedAt' | 'quarantine'>;
export type HealthDetailDeps = HealthDeps & Pick<HttpDeps, 'registry' | 'settings'>;

/** Probes come often, and a branch switch may break thousands; `GET /` has them all. */
const failuresListed = 50;

/**
 * `GET /health`: 200 as long as the process answers at all, also while it starts or stops. A module whose last
 * save does not serve is told, but is no reason to end the process: its last good version serves.
 */
export function createHealthRoute(deps: HealthDetailDeps): Handler<HttpRequest> {
  const { state, startedAt, registry, settings, quarantine } = deps;
  return (request) => {
    allowMethods(request, ['GET', 'HEAD']);
    const { failures } = registry;
    const quarantined = quarantine?.list() ?? [];
    return plainAnswer(200, {
      status: 'ok',
      state: state(),
      uptime: uptimeSince(startedAt),
      failing: failures.length,
      failures: failures
        .slice(0, failuresListed)
        .map((failure) => describeFailure(failure, settings().debug)),
      ...(quarantined.length === 0 ? {} : { quarantined }),
    });
  };
}

function describeFailure(failure: ModuleFailure, debug: boolean): unknown {
  const { frame: _, ...shown } = toAgedFailure(toShownFailure(failure, debug));
  return shown;
}

/**
 * `GET /readiness`: 200 while the service is up, else 503 with the reason. Overload is told, but is no reason: a
 * balancer that took one loaded process out would load the others the more.
 */
export function createReadinessRoute({
  state,
  overload,
}: Pick<HealthDeps, 'state'> & { readonly overload: Overload }): Handler<HttpRequest> {
  return (request) => {
    allowMethods(request, ['GET', 'HEAD']);
    const reason = notReady(state());
    if (reason !== undefined) return plainAnswer(503, { status: 'not ready', reason }, soon);
    const overloaded = overload.reason();
    return plainAnswer(200, { status: 'ready', ...(overloaded === undefined ? {} : { overloaded }) });
  };
}

/** Seconds. */
export function uptimeSince(startedAt: Date): number {
  return Math.max(0, Date.now() - startedAt.getTime()) / 1000;
}

function notReady(state: ServiceState): string | undefined {
  switch (state) {
    case 'ready':
      return undefined;
    case 'starting':
      return 'the first load is not done yet';
    case 'leaving':
      return 'another process takes the place of this one';
    case 'stopping':
      return 'the service is shutting down';
    default: {
      const check: never = state;
      return check;
    }
  }
}
