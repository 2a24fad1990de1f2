import { ApiError } from '../../contract/api-error.ts';
import { chooseMetricsFormat, toMetricsText } from '../../observability/to-metrics-text.ts';
import { allowMethods } from '../allow-methods.ts';
import type { Handler } from '../answer.ts';
import type { HttpDeps } from '../http-deps.ts';
import type { HttpRequest } from '../http-request.ts';
import { readBearer } from '../read-bearer.ts';
import { requireAdmin } from '../require-admin.ts';

export type MetricsDeps = Pick<HttpDeps, 'authenticator' | 'logs' | 'metrics' | 'settings'>;

/** `GET /metrics`: what this service has counted, for Prometheus and whoever reads its format. */
export function createMetricsRoute(deps: MetricsDeps): Handler<HttpRequest> {
  return async (request) => {
    const access = deps.settings().metrics;
    if (access === 'off') {
      throw new ApiError(
        'ENDPOINT_NOT_FOUND',
        `'/metrics' is not served; the configuration says metrics: 'off'`,
      );
    }
    allowMethods(request, ['GET', 'HEAD']);
    if (access === 'admin') {
      const token = new URLSearchParams(request.query).get('token') || undefined;
      requireAdmin(deps, request, token ?? readBearer(request.header('authorization')));
    }
    const format = chooseMetricsFormat(request.header('accept'));
    return {
      status: 200,
      headers: { 'content-type': format.contentType, 'cache-control': 'no-store', vary: 'Accept' },
      text: toMetricsText(await deps.metrics(), format),
    };
  };
}
