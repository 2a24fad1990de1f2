import { allowMethods } from '../allow-methods.ts';
import { plainAnswer, soon, type Handler } from '../answer.ts';
import type { HttpDeps } from '../http-deps.ts';
import type { HttpRequest } from '../http-request.ts';
import type { Overload } from '../overload.ts';
import type { ServiceState } from '../service-state.ts';

export type HealthDeps = Pick<HttpDeps, 'state' | 'startedAt'>;

/** `GET /health`: 200 as long as the process answers at all, also while it starts or stops. */
export function createHealthRoute({ state, startedAt }: HealthDeps): Handler<HttpRequest> {
  return (request) => {
    allowMethods(request, ['GET', 'HEAD']);
    return plainAnswer(200, { status: 'ok', state: state(), uptime: uptimeSince(startedAt) });
  };
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
    case 'stopping':
      return 'the service is shutting down';
    default: {
      const check: never = state;
      return check;
    }
  }
}
