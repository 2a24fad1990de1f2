import { createHmac } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Page } from '../../../apis/_platform/model/page.ts';
import type { RunRecord } from '../../../apis/_platform/model/run-record.ts';
import type {
  Schedule,
  ScheduleRun,
  WebhookDelivery,
  WebhookInput,
} from '../../../apis/_platform/model/schedule.ts';
import { createCaller } from '../../../src/testing.ts';
import { createRunsService, type RunsService } from '../runs/support/runs-service.ts';
import { startReceiver, type WebhookReceiver } from './webhook-receiver.ts';

let service: RunsService;
let receiver: WebhookReceiver;
let api: number;
let projectId: number;
const everySecond = '* * * * * *';
const never = '0 0 29 2 *';

beforeAll(async () => {
  service = await createRunsService();
  receiver = await startReceiver();
  ({ projectId } = service.catalog);
  api = await service.catalog.api(`${service.target.url}/orders`, {
    assertions: [{ on: 'status', operator: 'equals', expected: 200 }],
  });
});
afterAll(async () => {
  await service?.close();
  await receiver?.close();
});
beforeEach(() => {
  receiver.received.length = 0;
  receiver.answer = () => ({ status: 200, body: '{"errcode":0}' });
  service.target.status = () => 200;
});
afterEach(async () => {
  for (const { id } of (await service.call<Page<Schedule>>('/schedules/list')).items) {
    await service.call('/schedules/remove', { id });
  }
});

const create = (fields: Record<string, unknown> = {}): Promise<Schedule> =>
  service.call<Schedule>('/schedules/create', {
    projectId,
    name: 'nightly',
    cron: never,
    target: { type: 'requests', apiIds: [api] },
    ...fields,
  });
const hook = (fields: Partial<WebhookInput> = {}): WebhookInput => ({
  format: 'json',
  url: `${receiver.url}/hook?key=0123456789abcdef`,
  ...fields,
});
const get = (id: number): Promise<Schedule> => service.call('/schedules/get', { id });
const history = async (id: number): Promise<ScheduleRun[]> =>
  (await service.call<Page<ScheduleRun>>('/schedules/history', { id, pageSize: 200 })).items;
const deliveries = async (id: number): Promise<WebhookDelivery[]> =>
  (await service.call<Page<WebhookDelivery>>('/schedules/deliveries', { id })).items;

async function until<T>(look: () => Promise<T>, done: (seen: T) => boolean): Promise<T> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const seen = await look();
    if (done(seen)) return seen;
    if (Date.now() > deadline) throw new Error(`it never came to be; last: ${JSON.stringify(seen)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

describe('schedules', () => {
  test('run at their times, and know their last result', async () => {
    const { id, nextRunAt } = await create({ cron: everySecond });
    expect(nextRunAt).not.toBeNull();
    const runs = await until(
      () => history(id),
      (seen) => seen.filter(({ status }) => status === 'ended').length >= 2,
    );
    const ended = runs.filter(({ status }) => status === 'ended');
    expect(new Set(ended.map(({ dueAt }) => dueAt)).size).toBe(ended.length);
    expect(ended[0]).toMatchObject({ trigger: 'cron', result: 'passed' });
    const schedule = await service.call<Schedule>('/schedules/disable', { id });
    expect(schedule).toMatchObject({ enabled: false, nextRunAt: null });
    expect(
      (
        await until(
          () => get(id),
          ({ lastResult }) => lastResult === 'passed',
        )
      ).lastRecordId,
    ).not.toBeNull();
    const record = await service.call<RunRecord>('/runs/get', { id: ended[0]?.recordId ?? 0 });
    expect(record).toMatchObject({ scheduleId: id, name: 'nightly', counts: { total: 1, passed: 1 } });
    expect(await service.call<Schedule>('/schedules/enable', { id })).toMatchObject({
      nextRunAt: expect.any(String),
    });
  });

  test('run scenarios, requests in sequence, modules and projects', async () => {
    const scenarioId = await service.catalog.scenario({ steps: [{ id: 's', type: 'api', api }] });
    for (const [target, type] of [
      [{ type: 'scenario', scenarioId }, 'scenario'],
      [{ type: 'requests', apiIds: [api, api], order: 'sequence' }, 'sequence'],
      [{ type: 'module', moduleId: service.catalog.moduleId, iterations: 2 }, 'parallel'],
      [{ type: 'project' }, 'parallel'],
    ] as const) {
      const { id } = await create({ target, name: type });
      const record = await service.call<RunRecord>('/schedules/runNow', { id });
      expect(record).toMatchObject({ type, scheduleId: id });
      const ended = await until(
        () => get(id),
        ({ lastResult }) => lastResult === 'passed',
      );
      expect(ended.lastRecordId).toBe(record.id);
      expect(await history(id)).toMatchObject([{ trigger: 'manual', recordId: record.id }]);
    }
  });

  test('refuse what cannot be, and say what is wrong', async () => {
    await expect(create({ cron: '61 * * * *' })).rejects.toMatchObject({
      code: 'INVALID_CRON',
      message: expect.stringContaining('Invalid value for minute: 61'),
    });
    await expect(create({ timeZone: 'Mars/Olympus' })).rejects.toMatchObject({ code: 'INVALID_TIME_ZONE' });
    await expect(
      create({ target: { type: 'requests', apiIds: [api, 9999], environmentId: 77, datasetId: 78 } }),
    ).rejects.toMatchObject({
      code: 'INVALID_TARGET',
      details: [
        { path: 'target.apiIds[1]', message: `there is no catalog entry 9999 in project ${projectId}` },
        { path: 'target.environmentId', message: `there is no environment 77 in project ${projectId}` },
        { path: 'target.datasetId', message: `there is no dataset 78 in project ${projectId}` },
      ],
    });
    await expect(create({ target: { type: 'scenario', scenarioId: 9999 } })).rejects.toMatchObject({
      code: 'INVALID_TARGET',
    });
    await expect(create({ webhooks: [{ format: 'wecom' }] })).rejects.toMatchObject({
      code: 'INVALID_WEBHOOK',
      message: expect.stringContaining('webhooks[0].url'),
    });
    await expect(create({ webhooks: [hook({ url: 'ftp://x' })] })).rejects.toMatchObject({
      message: expect.stringContaining("got 'ftp://x'"),
    });
    await expect(create({ projectId: 9999 })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect((await service.call<Page<Schedule>>('/schedules/list', { filter: { projectId } })).total).toBe(0);
  });

  test('tell the next times of an expression', async () => {
    const { times } = await service.call<{ times: string[] }>('/schedules/next', {
      cron: '0 9 * * *',
      timeZone: 'Asia/Shanghai',
      count: 3,
    });
    expect(times).toHaveLength(3);
    expect(times.every((time) => time.endsWith('T01:00:00.000Z'))).toBe(true);
    await expect(service.call('/schedules/next', { cron: 'x' })).rejects.toMatchObject({
      code: 'INVALID_CRON',
    });
  });

  test('an update holds only on the version that was read', async () => {
    const { id, version } = await create();
    const changes = { name: 'hourly', cron: '0 * * * *', timeZone: 'Asia/Shanghai' };
    const updated = await service.call<Schedule>('/schedules/update', { id, version, changes });
    expect(updated).toMatchObject({ ...changes, version: version + 1 });
    expect(updated.nextRunAt).toMatch(/:00:00\.000Z$/);
    await expect(service.call('/schedules/update', { id, version, changes })).rejects.toMatchObject({
      code: 'CONFLICT',
      details: { version: version + 1 },
    });
  });

  test('a second process shares the due times; a reload and a restart lose none', async () => {
    const { id } = await create({ cron: everySecond });
    const second = await createCaller({
      projectDir: service.dir,
      apisDir: service.apisDir,
      config: { dataDir: join(service.dir, 'data') },
      env: {},
    });
    try {
      const enough = (count: number) =>
        until(
          () => history(id),
          (seen) => seen.filter(({ status }) => status === 'ended').length >= count,
        );
      await enough(2);
      await second.reload();
      await enough(4);
    } finally {
      await second.close();
    }
    const before = (await history(id)).length;
    const runs = await until(
      () => history(id),
      (seen) => seen.length >= before + 2,
    );
    const started = runs.filter(({ status }) => status !== 'missed');
    expect(new Set(started.map(({ dueAt }) => dueAt)).size).toBe(started.length);
    const { missedRuns } = await get(id);
    const missed = runs
      .filter(({ status }) => status === 'missed')
      .reduce((sum, { count }) => sum + count, 0);
    expect(missedRuns).toBeGreaterThanOrEqual(missed);
  });
});

describe('webhooks', () => {
  const runNow = (id: number): Promise<RunRecord> => service.call('/schedules/runNow', { id });

  test('tell of the end of a run, signed, in four formats', async () => {
    service.target.status = () => 500;
    const { id } = await create({
      webhooks: [
        hook({ secret: 'shh' }),
        hook({ format: 'dingtalk', secret: 'SEC1' }),
        hook({ format: 'wecom' }),
        hook({ format: 'feishu', secret: 'SEC2', lang: 'en' }),
      ],
    });
    const { id: recordId } = await runNow(id);
    const messages = await receiver.until(4);
    const json = messages.find(({ headers }) => headers['x-signature'] !== undefined);
    expect(JSON.parse(json?.text ?? '')).toMatchObject({
      event: 'run.ended',
      schedule: { id, name: 'nightly' },
      project: { id: projectId, name: 'shop' },
      run: { id: recordId, status: 'failed', counts: { total: 1, failed: 1 } },
      failures: [{ status: 'failed', iteration: 0 }],
    });
    const [, seconds, signature] = /^t=(\d+),v1=(.*)$/.exec(String(json?.headers['x-signature'])) ?? [];
    expect(signature).toBe(createHmac('sha256', 'shh').update(`${seconds}.${json?.text}`).digest('hex'));
    expect(messages.filter(({ url }) => /&timestamp=\d+&sign=/.test(url))).toHaveLength(1);
    expect(messages.filter(({ text }) => text.includes('接口测试 · nightly · 失败'))).toHaveLength(2);
    expect(messages.filter(({ text }) => text.includes('API test · nightly · failed'))).toHaveLength(1);
    const sent = await until(
      () => deliveries(id),
      (seen) => seen.every(({ status }) => status !== 'waiting'),
    );
    expect(sent).toHaveLength(4);
    for (const each of sent) {
      expect(each).toMatchObject({ status: 'delivered', recordId, attempts: 1, httpStatus: 200 });
    }
  });

  test('speak after every run, only after failing ones, or when that changes', async () => {
    const webhooks = (['every', 'failure', 'change'] as const).map((on) =>
      hook({ on, url: `${receiver.url}/${on}` }),
    );
    const { id } = await create({ webhooks });
    for (const status of [200, 500, 500, 200]) {
      service.target.status = () => status;
      const { id: recordId } = await runNow(id);
      await until(
        () => history(id),
        ([last]) => last?.recordId === recordId && last.status === 'ended',
      );
    }
    await until(
      () => deliveries(id),
      (seen) => seen.length > 0 && seen.every(({ status }) => status === 'delivered'),
    );
    const said = (path: string): string[] =>
      receiver.received.filter(({ url }) => url === path).map(({ text }) => JSON.parse(text).run.status);
    expect(said('/every').sort()).toEqual(['failed', 'failed', 'passed', 'passed']);
    expect(said('/failure')).toEqual(['failed', 'failed']);
    expect(said('/change').sort()).toEqual(['failed', 'passed']);
  });

  test('are tried again when that may help, and only then; the last error is kept', async () => {
    receiver.answer = (number) =>
      number === 0 ? { status: 503, body: 'busy' } : { status: 200, body: '{}' };
    const first = await create({ webhooks: [hook()] });
    await runNow(first.id);
    await receiver.until(2);
    const [again] = await until(
      () => deliveries(first.id),
      ([seen]) => seen?.status === 'delivered',
    );
    expect(again).toMatchObject({ attempts: 2, httpStatus: 200 });
    expect(again?.error).toBeUndefined();

    receiver.answer = () => ({ status: 200, body: '{"errcode":310000,"errmsg":"sign not match"}' });
    const second = await create({ webhooks: [hook({ format: 'dingtalk' })] });
    await runNow(second.id);
    const [refused] = await until(
      () => deliveries(second.id),
      ([seen]) => seen?.status === 'failed',
    );
    expect(refused).toMatchObject({ attempts: 1, httpStatus: 200 });
    expect(refused?.error?.message).toContain('sign not match');
  });

  test('tell of a run that could not be started', async () => {
    const gone = await service.catalog.api(`${service.target.url}/gone`);
    const { id } = await create({
      cron: everySecond,
      target: { type: 'requests', apiIds: [gone] },
      webhooks: [hook({ on: 'failure' }), hook({ on: 'change', url: `${receiver.url}/change` })],
    });
    await service.db.deleteFrom('apis').where('id', '=', gone).execute();
    const runs = await until(
      () => history(id),
      (seen) => seen.filter(({ status }) => status === 'failed').length >= 2,
    );
    expect(runs.find(({ status }) => status === 'failed')).toMatchObject({
      recordId: null,
      error: { code: 'NOT_FOUND' },
    });
    const messages = await receiver.until(2);
    expect(JSON.parse(messages[0]?.text ?? '')).toMatchObject({
      event: 'run.notStarted',
      run: { id: null, status: 'error', error: { code: 'NOT_FOUND' } },
    });
    await expect(runNow(id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    // Nothing is under way any more that could reach another test.
    await service.call('/schedules/disable', { id });
    await until(
      () => history(id),
      (seen) => seen.every(({ status }) => status !== 'starting'),
    );
    await until(
      () => deliveries(id),
      (seen) => seen.every(({ status }) => status === 'delivered'),
    );
    const changes = receiver.received.filter(
      ({ url, text }) => url === '/change' && JSON.parse(text).run.status === 'error',
    );
    expect(changes.length).toBeLessThanOrEqual(1);
  });

  test('show neither address nor secret, and keep them over an update', async () => {
    const { id, version, webhooks } = await create({ webhooks: [hook({ secret: 'a-signing-secret' })] });
    const [shown] = webhooks;
    expect(shown).toMatchObject({ url: `${receiver.url}/hook?***`, signed: true, on: 'every', lang: 'en' });
    const row = await service.db
      .selectFrom('schedules')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    expect(row.webhooksJson).not.toContain('0123456789abcdef');
    expect(row.webhooksJson).not.toContain('a-signing-secret');
    const changes = {
      webhooks: [{ id: shown?.id, format: 'json', url: shown?.url, on: 'failure', name: 'ops' }],
    };
    const updated = await service.call<Schedule>('/schedules/update', { id, version, changes });
    expect(updated.webhooks).toEqual([{ ...shown, on: 'failure', name: 'ops' }]);
    const answer = await service.call('/schedules/testWebhook', { id, webhookId: shown?.id });
    expect(answer).toEqual({ delivered: true, httpStatus: 200 });
    const [message] = await receiver.until(1);
    expect(message?.url).toBe('/hook?key=0123456789abcdef');
    expect(message?.headers['x-signature']).toMatch(/^t=\d+,v1=[0-9a-f]{64}$/);
    expect(JSON.parse(message?.text ?? '')).toMatchObject({ event: 'test', run: { id: null } });
    await expect(service.call('/schedules/testWebhook', { id, webhookId: 'x' })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });

  test('a test message says what went wrong, without the key', async () => {
    const dead = hook({ url: 'http://127.0.0.1:1/hook?key=0123456789abcdef' });
    const metadata = hook({ url: 'http://169.254.169.254/latest?key=0123456789abcdef' });
    const { id, webhooks } = await create({ webhooks: [dead, metadata] });
    for (const { id: webhookId } of webhooks) {
      const answer = await service.call<{ delivered: boolean; error: { message: string } }>(
        '/schedules/testWebhook',
        { id, webhookId },
      );
      expect(answer).toMatchObject({ delivered: false, httpStatus: null });
      expect(answer.error.message).not.toContain('0123456789abcdef');
    }
  });
});
