import { afterEach, describe, expect, test } from 'vitest';
import { startServer, adminToken as serverAdmin, type TestServer } from '../support/start-server.ts';
import { parseMetrics, type ParsedFamily } from '../observability/parse-metrics.ts';
import { exchange } from './exchange.ts';
import { adminToken, businessToken, startApp, stopApp, type RunningApp } from './start-app.ts';

let app: RunningApp | undefined;
let server: TestServer | undefined;
afterEach(async () => {
  if (app !== undefined) await stopApp(app);
  await server?.stop();
  [app, server] = [undefined, undefined];
});

const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });

async function scrape(url: string, token = adminToken): Promise<Map<string, ParsedFamily>> {
  const answer = await fetch(`${url}/metrics`, bearer(token));
  expect(answer.status).toBe(200);
  return parseMetrics(await answer.text(), 'prometheus');
}

function counts(families: Map<string, ParsedFamily>, name: string): Record<string, number> {
  const samples = families.get(name)?.samples ?? [];
  return Object.fromEntries(
    samples.map(({ labels, value }) => [Object.values(labels).join(' ').trim(), value]),
  );
}

describe('GET /metrics', () => {
  test('counts requests by endpoint, status and code; paths that are not served are one label', async () => {
    const started = await startApp({
      endpoints: {
        '/demo/hi': { fn: () => 'hi' },
        '/demo/fail': { fn: () => Promise.reject(new Error('no')) },
      },
    });
    app = started;
    for (let call = 0; call < 3; call++) await started.call('/demo/hi');
    await started.call('/demo/fail');
    await started.post('/demo/hi', { token: 'wrong' });
    await started.get('/health');
    await started.get('/docs/nothing');
    for (let path = 0; path < 200; path++) await started.call(`/demo/no${path}`);
    await exchange(started.port, ['rubbish\r\n\r\n'], { quiet: 0 });
    const families = await scrape(started.url);
    expect(counts(families, 'api_deploy_requests_total')).toEqual({
      '/demo/hi 200': 3,
      '/demo/hi 401 INVALID_TOKEN': 1,
      '/demo/fail 500 INTERNAL_ERROR': 1,
      '/health 200': 1,
      'unmatched 404 ENDPOINT_NOT_FOUND': 201,
    });
    expect(counts(families, 'api_deploy_requests_in_flight')).toEqual({ '': 1 });
    expect(counts(families, 'api_deploy_malformed_requests_total')).toEqual({ '': 1 });
    const body = JSON.stringify({ token: businessToken }).length;
    expect(counts(families, 'api_deploy_request_body_bytes_total')['']).toBe(
      4 * body + '{"token":"wrong"}'.length,
    );
    expect(counts(families, 'api_deploy_response_body_bytes_total')['']).toBeGreaterThan(1_000);
    expect(counts(await scrape(started.url), 'api_deploy_requests_total')['/metrics 200']).toBe(1);
  });

  test('a stream is counted at its end, with its error', async () => {
    const started = await startApp({
      endpoints: {
        '/demo/items': {
          fn: async function* () {
            yield 1;
            throw new Error('no more');
          },
        },
      },
    });
    app = started;
    const response = await fetch(`${started.url}/demo/items`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token: businessToken }),
    });
    await response.text();
    const families = await scrape(started.url);
    expect(counts(families, 'api_deploy_requests_total')).toEqual({ '/demo/items 200 INTERNAL_ERROR': 1 });
    expect(counts(families, 'api_deploy_requests_in_flight')).toEqual({ '': 1 });
  });

  test('is for admins unless the configuration says otherwise', async () => {
    const started = await startApp();
    app = started;
    expect((await started.get('/metrics')).json).toMatchObject({
      code: 'MISSING_ADMIN_TOKEN',
      endpoint: '/metrics',
    });
    const withToken = async (token: string) => fetch(`${started.url}/metrics`, bearer(token));
    expect((await withToken(businessToken)).status).toBe(403);
    expect((await withToken(adminToken)).status).toBe(200);
    expect((await fetch(`${started.url}/metrics?token=${adminToken}`)).status).toBe(200);
    started.config = { ...started.config, metrics: 'open' };
    expect((await fetch(`${started.url}/metrics`)).status).toBe(200);
    started.config = { ...started.config, metrics: 'off' };
    expect((await withToken(adminToken)).status).toBe(404);
  });

  test('speaks both formats, and HEAD', async () => {
    const started = await startApp({ config: { metrics: 'open' } });
    app = started;
    const plain = await fetch(`${started.url}/metrics`);
    expect(plain.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(plain.headers.get('cache-control')).toBe('no-store');
    const accept = 'application/openmetrics-text;version=1.0.0';
    const open = await fetch(`${started.url}/metrics`, { headers: { accept } });
    expect(open.headers.get('content-type')).toBe(
      'application/openmetrics-text; version=1.0.0; charset=utf-8',
    );
    expect(parseMetrics(await open.text(), 'openmetrics').size).toBeGreaterThan(25);
    const head = await fetch(`${started.url}/metrics`, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
    expect((await started.post('/metrics', {})).status).toBe(405);
  });
});

test('a real service tells its reloads, what it serves, and itself', async () => {
  const hi = (text: string) =>
    `import { apiFunction } from 'api-deploy';\nexport const hi = apiFunction(() => '${text}');\n`;
  server = await startServer({ files: { 'a.ts': hi('one'), 'b.ts': hi('b') } });
  await server.write('a.ts', hi('two'));
  await server.until('/a/hi', ({ json }) => json.data === 'two');
  await server.write('b.ts', 'export const broken = ;');
  await server.until('/', ({ json }) => json.data.modules.some((entry: { error?: unknown }) => entry.error));
  let families = await scrape(server.url, serverAdmin);
  const deadline = Date.now() + 20_000;
  while (counts(families, 'api_deploy_reloads_total')['save failed'] === undefined && Date.now() < deadline) {
    families = await scrape(server.url, serverAdmin);
  }
  const reloads = counts(families, 'api_deploy_reloads_total');
  expect(reloads['start swapped']).toBe(1);
  expect(reloads['save swapped']).toBeGreaterThanOrEqual(1);
  expect(reloads['save failed']).toBeGreaterThanOrEqual(1);
  const value = (name: string) => families.get(name)?.samples[0]?.value;
  expect([value('api_deploy_functions'), value('api_deploy_modules')]).toEqual([2, 2]);
  expect([value('api_deploy_failed_modules'), value('api_deploy_quarantined_functions')]).toEqual([1, 0]);
  expect(value('api_deploy_generation')).toBe(await server.generation());
  expect(value('process_resident_memory_bytes')).toBeGreaterThan(10 * 2 ** 20);
  expect(value('process_cpu_seconds_total')).toBeGreaterThan(0);
  expect(Math.abs(value('process_start_time_seconds')! * 1000 - Date.now())).toBeLessThan(60_000);
  expect(families.get('api_deploy_build_info')?.samples[0]?.labels).toEqual({
    version: expect.any(String),
    node_version: process.versions.node,
  });
});
