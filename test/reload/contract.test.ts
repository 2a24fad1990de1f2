import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer, withoutRequests, type Answer, type TestServer } from '../support/start-server.ts';

const header = `import { apiFunction } from 'api-deploy';\n`;
const answers = (data: unknown) => (answer: Answer) =>
  JSON.stringify(answer.json?.data) === JSON.stringify(data);
const failing = (cause: RegExp) => (answer: Answer) =>
  answer.json.data.modules.some((module: { error?: { cause: string } }) =>
    cause.test(module.error?.cause ?? ''),
  );

describe('what a reload changes for callers', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer({
      files: { 'm.ts': `${header}export const f = apiFunction((a: string, b?: number) => [a, b].length);\n` },
    });
  });
  afterAll(() => server.stop());

  it('is in the reload report, the console and GET /, as breaking or compatible', async () => {
    await server.write(
      'm.ts',
      `${header}export const f = apiFunction((a: 'x' | 'y', c: number) => [a, c].length);\nexport const g = apiFunction(() => 1);\n`,
    );
    await server.until('/m/g', answers(1));
    const state = (await server.get('/')).json.data;
    const changes = state.changes.map(
      ({ endpoint, breaking, change }: { endpoint: string; breaking: boolean; change: string }) => [
        endpoint,
        breaking,
        change,
      ],
    );
    expect(changes).toContainEqual(['/m/f', true, "parameter 'a' accepts less than before"]);
    expect(changes).toContainEqual(['/m/f', true, "parameter 'b' removed"]);
    expect(changes).toContainEqual(['/m/f', true, "required parameter 'c' added"]);
    expect(changes).toContainEqual(['/m/g', false, 'new function']);
    expect(withoutRequests(server.output())).toMatch(/breaks callers: .*\/m\/f: parameter 'b' removed/);
  });

  it('a compatible change warns of nothing', async () => {
    const before = server.output().length;
    await server.write(
      'm.ts',
      `${header}export const f = apiFunction((a: 'x' | 'y' | 'z', c?: number) => [a, c].length);\nexport const g = apiFunction(() => 2);\n`,
    );
    await server.until('/m/g', answers(2));
    expect(server.output().slice(before)).not.toMatch(/breaks callers/);
    const report = (await server.admin('/api/reload')).json.data;
    expect(report.contract).toEqual({ breaking: [], compatible: [] });
  });
});

describe("breakingChanges: 'block'", () => {
  it('keeps the last good version of what would break callers, also of a deleted file', async () => {
    const server = await startServer({
      files: {
        'm.ts': `${header}export const f = apiFunction((a: string) => a);\n`,
        'gone.ts': `${header}export const f = apiFunction(() => 1);\n`,
      },
      env: { BREAKING_CHANGES: 'block' },
    });
    try {
      await server.write('m.ts', `${header}export const f = apiFunction((a: string, b: string) => a + b);\n`);
      await server.until('/', failing(/breaks callers: \/m\/f: required parameter 'b' added/));
      expect((await server.call('/m/f', { a: 'x' })).json.data).toBe('x');
      await server.write('m.ts', `${header}export const f = apiFunction((a: string, b = '!') => a + b);\n`);
      await server.until('/m/f', answers('x!'), { a: 'x' });
      await server.remove('gone.ts');
      await server.until('/', failing(/the file is gone; its functions are served on/));
      expect((await server.call('/gone/f')).json.data).toBe(1);
      const again = (await server.admin('/api/reload')).json.data;
      expect(again.failed).toHaveLength(1);
      await server.write('gone.ts', `${header}export const f = apiFunction(() => 2 as number);\n`);
      await server.until('/gone/f', answers(2));
      expect((await server.get('/')).json.data.modules.every((module: object) => !('error' in module))).toBe(
        true,
      );
    } finally {
      await server.stop();
    }
  });
});

describe('type errors in a saved file', () => {
  const wrong = `${header}const n: number = 'text';\nexport const f = apiFunction(() => n);\n`;

  it('are warnings with their place by default, and serve', async () => {
    const server = await startServer({ files: { 'm.ts': wrong } });
    try {
      expect((await server.call('/m/f')).json.data).toBe('text');
      const state = await server.until('/', ({ json }) => json.data.warnings.length > 0);
      expect(state.json.data.warnings).toEqual([
        {
          module: 'm',
          file: 'apis/m.ts',
          line: 2,
          column: 7,
          message: expect.stringMatching(/TS2322.*string.*number/),
        },
      ]);
      expect(withoutRequests(server.output())).toMatch(/apis\/m\.ts:2:7: .*TS2322/);
      await server.write('m.ts', wrong.replace("'text'", '1'));
      await server.until('/m/f', answers(1));
      await server.until('/', ({ json }) => json.data.warnings.length === 0);
    } finally {
      await server.stop();
    }
  });

  it("typeErrors: 'block' keeps the last good version; 'off' says nothing", async () => {
    const server = await startServer({
      files: { 'm.ts': wrong.replace("'text'", '1') },
      env: { TYPE_ERRORS: 'block' },
    });
    try {
      await server.write('m.ts', wrong);
      await server.until('/', failing(/TS2322.*typeErrors is 'block'/s));
      expect((await server.call('/m/f')).json.data).toBe(1);
    } finally {
      await server.stop();
    }
    const silent = await startServer({ files: { 'm.ts': wrong }, env: { TYPE_ERRORS: 'off' } });
    try {
      expect((await silent.call('/m/f')).json.data).toBe('text');
      expect((await silent.get('/')).json.data.warnings).toEqual([]);
    } finally {
      await silent.stop();
    }
  });
});

describe("an explicit schema ('input')", () => {
  it('wins over the signature, and is described', async () => {
    const server = await startServer({
      files: {
        'm.ts': `import { apiFunction, type CallContext } from 'api-deploy';
import { z } from 'zod';
const Order = z.strictObject({ sku: z.string().regex(/^[A-Z]\\d+$/), pieces: z.coerce.number().int().min(1).default(1) }).describe('an order');
export const order = apiFunction(({ sku, pieces }, ctx: CallContext) => [sku, pieces, ctx.endpoint], { input: Order });
export const callback = apiFunction((input: { run?: () => void }) => typeof input.run, { input: z.object({}) });
`,
      },
    });
    try {
      expect((await server.call('/m/order', { sku: 'A1', pieces: '3' })).json.data).toEqual([
        'A1',
        3,
        '/m/order',
      ]);
      expect((await server.call('/m/order', { sku: 'A1' })).json.data).toEqual(['A1', 1, '/m/order']);
      const refused = await server.call('/m/order', { sku: 'a1', extra: 1 });
      expect(refused.status).toBe(422);
      expect(refused.json.details.map(({ path }: { path: string }) => path).sort()).toEqual(['extra', 'sku']);
      expect((await server.call('/m/callback')).json.data).toBe('undefined');
      const [, order] = (await server.get('/')).json.data.endpoints;
      expect(order.schema.properties.sku).toMatchObject({ type: 'string', pattern: '^[A-Z]\\d+$' });
    } finally {
      await server.stop();
    }
  });
});
