import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Page } from '../../../apis/_platform/model/page.ts';
import type { ResultSummary, RunRecord } from '../../../apis/_platform/model/run-record.ts';
import type { WholeResult } from '../../../apis/_platform/runs/read-results.ts';
import { createRunsService, type RunsService } from './support/runs-service.ts';

let service: RunsService;
beforeAll(async () => {
  service = await createRunsService({ config: { runnerAllowPrivate: false } });
});
afterAll(() => service.close());

async function send(): Promise<{ record: RunRecord; result: WholeResult }> {
  const apiId = await service.catalog.api(`${service.target.url}/private`);
  const record = await service.call<RunRecord>('/runs/runOne', { apiId, wait: true });
  const { items } = await service.call<Page<ResultSummary>>('/runs/results', { id: record.id });
  return { record, result: await service.call('/runs/result', { id: items[0]?.id }) };
}

it('reaches private targets only where the project allows it', async () => {
  const refused = await send();
  expect(refused.record).toMatchObject({ status: 'error', counts: { error: 1 } });
  expect(refused.result.error).toMatchObject({
    code: 'TARGET_REFUSED',
    message: expect.stringContaining('127.0.0.1'),
  });
  expect(service.target.asked.size).toBe(0);

  const allow = [service.target.url.replace('http://', '')];
  await service.db
    .updateTable('projects')
    .set({ settingsJson: JSON.stringify({ allow }) })
    .execute();
  expect((await send()).record).toMatchObject({ status: 'passed' });
});
