import { allowMethods } from '../allow-methods.ts';
import { plainAnswer, type Handler } from '../answer.ts';
import type { HttpDeps } from '../http-deps.ts';
import type { HttpRequest } from '../http-request.ts';
import type { ServiceState } from '../service-state.ts';

export type HealthDeps = Pick<HttpDeps, 'state' | 'startedAt'>;

/** `GET /health`: 200 as long as the process answers at all, also while it starts or stops. */
export function createHealthRoute({ state, startedAt }: HealthDeps): Handler<HttpRequest> {
  return (request) => {
    allowMethods(request, ['GET', 'HEAD']);
    return plainAnswer(200, { status: 'ok', state: state(), uptime: uptimeSince(startedAt) });
  };
}

/** `GET /readiness`: 200 while new calls are welcome, else 503 with the reason. */
export function createReadinessRoute({ state }: HealthDeps): Handler<HttpRequest> {
  return (request) => {
    allowMethods(request, ['GET', 'HEAD']);
    const reason = notReady(state());
    if (reason === undefined) return plainAnswer(200, { status: 'ready' });
    return plainAnswer(503, { status: 'not ready', reason });
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
