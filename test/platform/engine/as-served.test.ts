import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createCaller, type TestCaller } from '../../../src/testing.ts';
import { projectRoot } from '../../support/start-server.ts';
import { planOf, request } from './run-plan.ts';
import { startTarget, type Target } from './target.ts';

// The engine as the runtime loads it: transpiled to CommonJS, its packages as Node gives them to ES modules.
const probe = `
import { request } from 'undici';
import { apiFunction } from 'api-deploy';
import { executePlan } from './_platform/engine/execute-plan.ts';
import type { RunPlan } from './_platform/model/run-plan.ts';

export const run = apiFunction(async (plan: Record<string, unknown>) => {
  const results: unknown[] = [];
  const outcome = await executePlan(plan as unknown as RunPlan, {
    signal: new AbortController().signal,
    callFunction: async () => ({ success: true, data: true }),
    openSecret: () => '',
    onResult: (result) => void results.push(result),
    transport: {
      close: async () => {},
      send: async ({ method, url, headers }) => {
        const answer = await request(url);
        const body = Buffer.from(await answer.body.arrayBuffer());
        return {
          request: { method, url, headers },
          response: { status: answer.statusCode, httpVersion: '1.1', headers: [] },
          body, timings: { total: 1 }, attempts: 1,
        };
      },
    },
  });
  return { outcome, results };
});
`;

let target: Target;
let dir: string;
let caller: TestCaller;

beforeAll(async () => {
  target = await startTarget();
  dir = await mkdtemp(join(tmpdir(), 'api-deploy-engine-'));
  for (const room of ['model', 'values', 'engine']) {
    await cp(join(projectRoot, 'apis', '_platform', room), join(dir, '_platform', room), { recursive: true });
  }
  await writeFile(join(dir, 'probe.ts'), probe);
  caller = await createCaller({ apisDir: dir });
});
afterAll(async () => {
  await caller.close();
  await target.close();
  await rm(dir, { recursive: true });
});

test('runs inside of a served function', async () => {
  const schemas = [
    'http://json-schema.org/draft-04/schema#',
    'https://json-schema.org/draft/2019-09/schema',
    'https://json-schema.org/draft/2020-12/schema',
    'http://json-schema.org/draft-07/schema#',
  ];
  const plan = planOf({
    requests: [
      request(`${target.url}/x?id={{$uuid}}`, {
        extractions: [{ name: 'path', from: 'jsonPath', path: '$.path' }],
        assertions: [
          { on: 'jsonPath', path: '$.method', operator: 'equals', expected: 'GET' },
          { on: 'jsonPath', path: '$.path', operator: 'matches', expected: '(/|x)+$' },
          { on: 'call', call: '/checks/yes' },
          ...schemas.map(($schema) => ({
            on: 'body' as const,
            operator: 'schema' as const,
            expected: { $schema, type: 'object' },
          })),
        ],
      }),
    ],
  });
  const answer = (await caller.call('/probe/run', { plan: plan as unknown as Record<string, unknown> })) as {
    outcome: unknown;
    results: { assertions: unknown[] }[];
  };
  expect(answer.outcome).toMatchObject({ status: 'passed' });
  expect(answer.results[0]?.assertions).toHaveLength(7);
});
