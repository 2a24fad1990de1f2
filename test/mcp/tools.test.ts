import type { Client } from '@modelcontextprotocol/client';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { adminToken, startServer, type TestServer } from '../support/start-server.ts';
import { connect, revisions, textOf, toolNames, until, type ConnectOptions } from './connect.ts';

const files = {
  'shop/orders.ts': `
    import { apiFunction, ApiError, type CallContext } from 'api-deploy';

    /**
     * Creates an order. It is not paid yet.
     * @returns the order's number
     * @param item what to order
     */
    export const create = apiFunction(function create(item: string, count: number = 1): { id: number; label: string } {
      return { id: 7, label: item + count };
    });

    /**
     * Finds an order
     * @readonly
     */
    export const find = apiFunction(function find(id: number): string {
      throw new ApiError('ORDER_NOT_FOUND', 'no order ' + id, { status: 404, details: { id } });
    });

    /** @destructive */
    export const remove = apiFunction(function remove(): void {});

    /** @deprecated */
    export const old = apiFunction((): null => null);
    export const hidden = apiFunction(() => 1, { mcp: false });
    export const restricted = apiFunction((): number => 1, { roles: ['admin'] });
    export const breaks = apiFunction((): number => { throw new Error('a secret detail'); });
    export const slow = apiFunction(async (): Promise<void> => { await new Promise((r) => setTimeout(r, 5_000)); }, { timeout: 0.2 });
    export const rare = apiFunction((): string => 'ok', { rateLimit: { limit: 1, window: 60 } });

    let aborted = 0;
    export const waits = apiFunction(async (ctx: CallContext): Promise<void> => {
      await new Promise<void>((resolve) => {
        ctx.signal.addEventListener('abort', () => { aborted++; resolve(); }, { once: true });
      });
    });
    export const abortedCalls = apiFunction((): number => aborted);
    export const whoami = apiFunction((ctx: CallContext): string => ctx.principal.id + ' ' + ctx.requestId);
  `,
  'answers.ts': `
    import { apiFunction } from 'api-deploy';
    export const countTo = apiFunction(async function* countTo(last: number): AsyncGenerator<{ n: number }> {
      for (let n = 1; n <= last; n++) yield { n };
    });
    export const endless = apiFunction(async function* endless(): AsyncGenerator<number> {
      for (let n = 0; ; n++) yield n;
    });
    export const fails = apiFunction(async function* fails(): AsyncGenerator<number> {
      yield 1;
      throw new Error('half way');
    });
    export const page = apiFunction((status: number): Response => new Response('<b>hi</b>', { status, headers: { 'content-type': 'text/html' } }));
    export const binary = apiFunction((): Response => new Response(new Uint8Array(9), { headers: { 'content-type': 'image/png' } }));
    /** A branch. */
    interface Tree { name: string; at: Date; size: bigint; more?: Map<string, number>; children: Tree[] }
    export const tree = apiFunction((depth: number): Promise<Tree | undefined> => Promise.resolve(depth === 0 ? undefined : {
      name: 'a', at: new Date(0), size: 10n, extra: 'not declared',
      children: [{ name: 'b', at: new Date(1), size: 1n, more: new Map([['k', 1]]), children: [] }],
    } as Tree));
    export const graft = apiFunction((onto: Tree): string => onto.children[0]?.at.toISOString() ?? 'none');
    export const upload = apiFunction((picture: File): number => picture.size);
  `,
};

let server: TestServer;
const clients: Client[] = [];
beforeAll(async () => {
  server = await startServer({ files });
});
afterAll(() => server.stop());
afterEach(async () => {
  for (const client of clients.splice(0)) await client.close();
});

async function open(options: ConnectOptions): Promise<Client> {
  const client = await connect(server.url, options);
  clients.push(client);
  return client;
}

describe.each(revisions)('tools, %s revision', (revision) => {
  it('every function is a tool, described from its signature and doc comment', async () => {
    const client = await open({ revision });
    const { tools } = await client.listTools();
    const tool = (name: string) => tools.find((candidate) => candidate.name === name);
    expect(tool('shop_orders_create')).toMatchObject({
      title: 'Creates an order',
      description: "Creates an order. It is not paid yet.\n\nReturns: the order's number",
      inputSchema: {
        type: 'object',
        properties: {
          item: { type: 'string', description: 'what to order' },
          count: { type: 'number', default: 1 },
        },
        required: ['item'],
        additionalProperties: false,
      },
      outputSchema: {
        type: 'object',
        properties: { result: { type: 'object', properties: { id: { type: 'number' } } } },
        required: ['result'],
      },
    });
    expect(tool('shop_orders_find')?.annotations).toEqual({ readOnlyHint: true, destructiveHint: false });
    expect(tool('shop_orders_remove')?.annotations).toEqual({ readOnlyHint: false, destructiveHint: true });
    expect(tool('shop_orders_create')?.annotations).toBeUndefined();
    expect(tool('shop_orders_old')?.description).toMatch(/^Deprecated/);
  });

  it('leaves out what opted out, takes files, or is for others', async () => {
    const names = await toolNames(await open({ revision }));
    for (const name of ['shop_orders_hidden', 'shop_orders_restricted', 'answers_upload', 'api_deploy_state'])
      expect(names).not.toContain(name);
    expect(await toolNames(await open({ revision, token: adminToken }))).toContain('shop_orders_restricted');
  });

  it('calls a function and gives its result as structure and as text', async () => {
    const client = await open({ revision });
    const result = await client.callTool({
      name: 'shop_orders_create',
      arguments: { item: 'tea', count: 2 },
    });
    expect(result.structuredContent).toEqual({ result: { id: 7, label: 'tea2' } });
    expect(JSON.parse(textOf(result))).toEqual({ id: 7, label: 'tea2' });
    expect(result.isError).toBeFalsy();
  });

  it('tells an agent everything that is wrong with its arguments', async () => {
    const client = await open({ revision });
    const result = await client.callTool({
      name: 'shop_orders_create',
      arguments: { itm: 'tea', count: '2' },
    });
    expect(result.isError).toBe(true);
    const text = textOf(result);
    expect(text).toMatch(/^VALIDATION_ERROR: /);
    expect(text).toMatch(/^- item: /m);
    expect(text).toMatch(/^- count: expected .*number/m);
    expect(text).toMatch(/^- itm: /m);
    expect(text).toContain('Signature: (item: string, count?: number)');
    expect(result).toMatchObject({
      _meta: { 'api-deploy/code': 'VALIDATION_ERROR', 'api-deploy/status': 422 },
    });
  });

  it('tells code, message and details of an error that was thrown', async () => {
    const client = await open({ revision });
    const result = await client.callTool({ name: 'shop_orders_find', arguments: { id: 3 } });
    expect(result.isError).toBe(true);
    expect(textOf(result)).toBe('ORDER_NOT_FOUND: no order 3\nDetails: {"id":3}');
    const failed = await client.callTool({ name: 'shop_orders_breaks' });
    expect(textOf(failed)).toMatch(/^INTERNAL_ERROR: a secret detail\nRequest id in the log: [\w-]+$/);
  });

  it('passes deadlines, rate limits and roles on', async () => {
    const client = await open({ revision });
    const late = await client.callTool({ name: 'shop_orders_slow' });
    expect(textOf(late)).toMatch(/^FUNCTION_TIMEOUT: .*0\.2 s/);
    const calls = [];
    for (let n = 0; n < 2; n++) calls.push(textOf(await client.callTool({ name: 'shop_orders_rare' })));
    expect(calls[1]).toMatch(/^RATE_LIMITED: /);
    const refused = await client.callTool({ name: 'shop_orders_restricted' });
    expect(textOf(refused)).toMatch(/^FORBIDDEN: .*'admin'/);
  });

  it('an unknown tool is an error of the protocol that suggests another', async () => {
    const client = await open({ revision });
    await expect(client.callTool({ name: 'shop_orders_creat' })).rejects.toMatchObject({
      code: -32602,
      message: expect.stringContaining("did you mean 'shop_orders_create'?"),
    });
    await expect(client.listTools({ cursor: 'nonsense!' })).rejects.toMatchObject({ code: -32602 });
  });

  it('named, recursive and rich types fit their schemas on both ways', async () => {
    const client = await open({ revision });
    const { tools } = await client.listTools();
    const tool = tools.find(({ name }) => name === 'answers_tree');
    expect(tool?.outputSchema).toMatchObject({
      $defs: { Tree: { type: 'object', description: 'A branch.' } },
    });
    // The client holds results against the output schema.
    const result = await client.callTool({ name: 'answers_tree', arguments: { depth: 1 } });
    const { result: tree } = result.structuredContent as { result: object };
    expect(tree).toMatchObject({ at: '1970-01-01T00:00:00.000Z', size: '10', extra: 'not declared' });
    const nothing = await client.callTool({ name: 'answers_tree', arguments: { depth: 0 } });
    expect(nothing.structuredContent).toEqual({ result: null });
    const { extra: _, ...onto } = tree as Record<string, unknown>;
    const back = await client.callTool({ name: 'answers_graft', arguments: { onto } });
    expect(textOf(back)).toBe('1970-01-01T00:00:00.001Z');
  });

  it('gives the items of a stream as a list, as many as are bearable', async () => {
    const client = await open({ revision });
    const counted = await client.callTool({ name: 'answers_countTo', arguments: { last: 3 } });
    expect(counted.structuredContent).toEqual({ result: [{ n: 1 }, { n: 2 }, { n: 3 }] });
    const endless = await client.callTool({ name: 'answers_endless' });
    expect(endless.structuredContent).toMatchObject({ truncated: true });
    expect((endless.structuredContent as { result: unknown[] }).result).toHaveLength(1_000);
    const failed = await client.callTool({ name: 'answers_fails' });
    expect(failed.isError).toBe(true);
    expect(JSON.stringify(failed.content)).toContain('1 items came before: [1]');
  });

  it('tells of the progress of a stream to clients that ask', async () => {
    const client = await open({ revision });
    const seen: number[] = [];
    const request = { name: 'answers_countTo', arguments: { last: 3 } };
    await client.callTool(request, { onprogress: ({ progress }) => void seen.push(progress) });
    expect(seen).toEqual([1, 2, 3]);
  });

  it('gives the text of a returned Response', async () => {
    const client = await open({ revision });
    const page = await client.callTool({ name: 'answers_page', arguments: { status: 200 } });
    expect([textOf(page), page.isError ?? false]).toEqual(['<b>hi</b>', false]);
    const missing = await client.callTool({ name: 'answers_page', arguments: { status: 404 } });
    expect([textOf(missing), missing.isError]).toEqual(['HTTP 404', true]);
    expect(textOf(await client.callTool({ name: 'answers_binary' }))).toContain("'image/png'");
  });

  it('a client that cancels aborts the call', async () => {
    const client = await open({ revision });
    const abortedCalls = async () =>
      (await client.callTool({ name: 'shop_orders_abortedCalls' })).structuredContent as { result: number };
    const { result: before } = await abortedCalls();
    const leave = new AbortController();
    const call = client.callTool({ name: 'shop_orders_waits' }, { signal: leave.signal });
    setTimeout(() => leave.abort(), 100);
    await expect(call).rejects.toThrow();
    await until(async () => (await abortedCalls()).result === before + 1);
  });

  it('two clients do not disturb each other', async () => {
    const [one, other] = [await open({ revision }), await open({ revision, token: adminToken })];
    const ask = async (client: Client) => textOf(await client.callTool({ name: 'shop_orders_whoami' }));
    const answers = await Promise.all(Array.from({ length: 20 }, (_, n) => ask(n % 2 === 0 ? one : other)));
    const roles = answers.map((answer) => answer.split(':')[0]);
    expect(roles).toEqual(Array.from({ length: 20 }, (_, n) => (n % 2 === 0 ? 'business' : 'admin')));
  });

  it('writes a line for the call, with the arguments, beside the one of the request', async () => {
    const client = await open({ revision });
    const item = `log-${revision}`;
    await client.callTool({ name: 'shop_orders_create', arguments: { item, count: 'x', password: 'p4ss' } });
    await until(async () => JSON.stringify(await server.logLines()).includes(item));
    const lines = await server.logLines();
    const line = lines.find((candidate) => JSON.stringify(candidate['body'] ?? '').includes(item));
    expect(line).toMatchObject({
      kind: 'request',
      method: 'MCP',
      endpoint: '/shop/orders/create',
      status: 422,
      code: 'VALIDATION_ERROR',
      principal: expect.stringMatching(/^business:/),
    });
    expect(JSON.stringify(lines)).not.toContain('p4ss');
    const carrier = lines.find(
      (candidate) => candidate['endpoint'] === '/mcp' && candidate['requestId'] === line?.['requestId'],
    );
    expect(carrier).toMatchObject({ method: 'POST', status: 200 });
  });
});
