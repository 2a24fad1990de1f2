import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FuzzEvent } from '../../../apis/_platform/fuzz/fuzz-many.ts';
import type { FuzzReport } from '../../../apis/_platform/fuzz/fuzz-report.ts';
import type { CatalogEntry } from '../../../apis/_platform/model/catalog-entry.ts';
import { createCaller, type TestCaller } from '../../../src/testing.ts';
import { platformProject, type PlatformProject } from '../platform-project.ts';

const targets = `import { ApiError, apiFunction } from 'api-deploy';
import { z } from 'zod';

interface Item { name: string; amount: number; tags?: string[] }

/** @param name who @minLength 1 */
export const greet = apiFunction((name: string): string => 'Hello, ' + name);
/** Fails for longer lists of items. */
export const total = apiFunction((items: Item[]): number => {
  if (items.length > 1) throw new Error('cannot add');
  return items.length;
});
/** Says that it gives a number. */
export const count = apiFunction((text: string): number => (text.length > 3 ? 'many' : 1) as number);
/** Takes what its schema excludes. */
export const lax = apiFunction(({ n }: { n: number }) => n, { input: z.object({ n: z.preprocess((v) => Number(v) || 0, z.number()) }) as z.ZodType<{ n: number }> });
/** Answers with errors of its own. */
export const picky = apiFunction((id: number): number => { throw new ApiError('NOT_FOUND', 'no ' + id, { status: 404 }); });
/** @destructive */
export const wipe = apiFunction((): string => { throw new Error('wiped'); });
export const upload = apiFunction(async (file: File, note = ''): Promise<number> => (await file.text()).length + note.length);
export const secret = apiFunction((): number => 1, { roles: ['admin'] });
export const limited = apiFunction((n: number): number => n, { rateLimit: { limit: 5, window: 3600 } });
export const numbers = apiFunction(async function* (n: number): AsyncGenerator<number> { yield n; });
/** Repeated keys are refused, which no schema can say. */
export const pairs = apiFunction((pairs: Map<string, number>): number => pairs.size);
export const anything = apiFunction((value?: unknown): unknown => value ?? null);
`;

const reading = `import { apiFunction } from 'api-deploy';
import { findRow } from './_platform/storage/find-row.ts';
import { database } from './_platform/storage/database.ts';
import { toCatalogEntry } from './_platform/catalog/to-entity.ts';
export const entry = apiFunction(async (id: number) => ({ entry: toCatalogEntry(await findRow(database(), 'apis', id)) }) as { entry: unknown });
export const entries = apiFunction(async (): Promise<number> => (await database().selectFrom('apis').select('id').execute()).length);
`;

async function eventsOf(stream: AsyncIterable<FuzzEvent>): Promise<FuzzEvent[]> {
  const events: FuzzEvent[] = [];
  for await (const event of stream) events.push(event);
  return events;
}

describe('fuzz', () => {
  let project: PlatformProject;
  let caller: TestCaller;
  const run = (endpoint: string, body: Record<string, unknown> = {}): Promise<FuzzReport> =>
    caller.call<FuzzReport>('/fuzz/run', { endpoint, cases: 60, seed: 7, ...body });

  beforeAll(async () => {
    project = await platformProject(['fuzz'], { 'shop/targets.ts': targets, 'reading.ts': reading });
    caller = await createCaller({
      projectDir: project.dir,
      apisDir: project.apisDir,
      config: { dataDir: 'data', loadTimeout: 60 },
    });
    expect(caller.failures).toEqual([]);
  });
  afterAll(async () => {
    await caller?.close();
    await project?.remove();
  });

  it('finds nothing in a function that keeps its word', async () => {
    const report = await run('/shop/targets/greet');
    expect(report).toMatchObject({
      status: 'passed',
      seed: 7,
      valid: 60,
      refused: 0,
      invalid: 60,
      complete: true,
      failures: [],
    });
    expect(report.notes).toEqual([]);
  });

  it('finds errors of the server, makes the arguments as small as they can be, and saves them', async () => {
    const report = await run('/shop/targets/total');
    expect(report).toMatchObject({
      status: 'failed',
      failures: [{ kind: 'serverError', answer: { status: 500, code: 'INTERNAL_ERROR' } }],
    });
    const [failure] = report.failures;
    expect(failure?.body).toEqual({
      items: [
        { name: '', amount: 0 },
        { name: '', amount: 0 },
      ],
    });
    expect(failure?.shrinks).toBeGreaterThan(0);

    const { entry } = await caller.call<{ entry: CatalogEntry }>('/reading/entry', { id: failure?.apiId });
    expect(entry).toMatchObject({
      name: '/shop/targets/total fuzz: is an error of the server with valid arguments',
      method: 'POST',
      url: '{{baseUrl}}/shop/targets/total',
      body: { type: 'json', value: { body: failure?.body } },
      tags: ['fuzz', 'serverError'],
      assertions: [{ on: 'status', operator: 'less', expected: 500 }],
    });
    expect(entry.description).toContain('seed 7');
  });

  it('repeats a run exactly with its seed, and keeps one entry for the same failure', async () => {
    const first = await run('/shop/targets/total', { seed: undefined });
    const before = await caller.call('/reading/entries');
    const second = await run('/shop/targets/total', { seed: first.seed });
    expect({ ...second, time: 0 }).toEqual({ ...first, time: 0 });
    expect(await caller.call('/reading/entries')).toBe(before);
  });

  it('finds results that are not as the signature says', async () => {
    const report = await run('/shop/targets/count', { save: false });
    expect(report.failures).toEqual([
      expect.objectContaining({
        kind: 'wrongResult',
        message: 'the result is not as the signature says: the value must be number',
        answer: { status: 200, data: '"many"' },
      }),
    ]);
    // As short as it can be: four UTF-16 units.
    expect(report.failures[0]?.body['text']).toHaveLength(4);
  });

  it('finds invalid arguments that are accepted', async () => {
    const report = await run('/shop/targets/lax');
    expect(report.failures).toEqual([
      expect.objectContaining({
        kind: 'acceptedInvalid',
        problem: expect.stringMatching(/n|number|required/) as string,
      }),
    ]);
    const { entry } = await caller.call<{ entry: CatalogEntry }>('/reading/entry', {
      id: report.failures[0]?.apiId,
    });
    expect(entry.assertions).toEqual([
      { on: 'status', operator: 'greaterOrEqual', expected: 400 },
      { on: 'status', operator: 'less', expected: 500 },
    ]);
  });

  it('takes a function that answers with its own errors as one that works', async () => {
    expect(await run('/shop/targets/picky')).toMatchObject({ status: 'passed', valid: 60, refused: 0 });
  });

  it('leaves out what could do harm or cannot be called, and says how to have it all the same', async () => {
    await expect(run('/shop/targets/wipe')).rejects.toThrow(/@destructive; pass destructive: true/);
    await expect(run('/shop/targets/upload')).rejects.toThrow(/it takes files; pass files: true/);
    await expect(run('/shop/targets/secret')).rejects.toThrow(/needs the role 'admin'/);
    await expect(run('/fuzz/run')).rejects.toThrow(/does not call itself/);
    await expect(run('/shop/targets/grete')).rejects.toThrow(
      /'\/shop\/targets\/grete' is not served; its module serves .*greet/,
    );
    await expect(run('/shop/targets/greet', { moduleId: 999 })).rejects.toThrow(/there is no module 999/);
    expect(await run('/shop/targets/wipe', { destructive: true })).toMatchObject({ status: 'failed' });
    expect(await run('/shop/targets/upload', { files: true })).toMatchObject({
      status: 'passed',
      valid: 60,
      invalid: 60,
    });
    const asAdmin = caller.call<FuzzReport>(
      '/fuzz/run',
      { endpoint: '/shop/targets/secret' },
      { roles: ['business', 'admin'] },
    );
    expect(await asAdmin).toMatchObject({ status: 'passed' });
  });

  it('says what it could not check', async () => {
    expect(await run('/shop/targets/limited')).toMatchObject({
      valid: 5,
      complete: false,
      notes: [expect.stringMatching(/the rest was not tried: answered 429 RATE_LIMITED/)],
    });
    expect(await run('/shop/targets/numbers')).toMatchObject({
      status: 'passed',
      valid: 60,
      notes: ['the items of its stream were not checked'],
    });
    const pairs = await run('/shop/targets/pairs', { cases: 150 });
    expect(pairs).toMatchObject({ status: 'passed', failures: [] });
    const anything = await run('/shop/targets/anything');
    expect(anything.notes).toEqual(['its result was not checked: its type is not known']);
  });

  it('ends when its time is up', async () => {
    const report = await run('/shop/targets/greet', { cases: 100_000, timeBudget: 100 });
    expect(report).toMatchObject({ status: 'passed', complete: false });
    expect(report.notes).toContain('time was up before all cases were tried');
  });

  it('fuzzes a module, tells of each endpoint as it goes, and leaves out what it must', async () => {
    const stream = await caller.call<AsyncIterable<FuzzEvent>>('/fuzz/runAll', {
      module: 'shop/targets',
      cases: 20,
      seed: 3,
      concurrency: 3,
      save: false,
    });
    const events = await eventsOf(stream);
    const reports = events.flatMap((event) => (event.type === 'report' ? [event.report] : []));
    expect(events[0]).toEqual({ type: 'begin', seed: 3, total: 12 });
    expect(reports).toHaveLength(12);
    expect(Object.fromEntries(reports.map(({ endpoint, status }) => [endpoint.slice(14), status]))).toEqual({
      greet: 'passed',
      total: 'failed',
      count: 'failed',
      lax: 'failed',
      picky: 'passed',
      wipe: 'skipped',
      upload: 'skipped',
      secret: 'skipped',
      limited: 'error',
      numbers: 'passed',
      pairs: 'passed',
      anything: 'passed',
    });
    expect(events.at(-1)).toMatchObject({ type: 'end', passed: 5, failed: 3, skipped: 3, error: 1 });
    // Each is begun before it is reported, and others begin meanwhile.
    const begun = events.findIndex((event) => event.type === 'report' && event.report.status !== 'skipped');
    expect(events.slice(0, begun).filter(({ type }) => type === 'endpoint').length).toBe(3);
  });

  it('fuzzes all modules but those of the platform', async () => {
    const stream = await caller.call<AsyncIterable<FuzzEvent>>('/fuzz/runAll', { cases: 1, save: false });
    const [begin] = await eventsOf(stream);
    expect(begin).toMatchObject({ type: 'begin', total: 14 });
    await expect(
      caller
        .call<AsyncIterable<FuzzEvent>>('/fuzz/runAll', { module: 'shop' })
        .then((events) => eventsOf(events)),
    ).rejects.toThrow(/there is no module 'shop'; expected one of .*shop\/targets/);
  });
});
