import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorOf, openClient, type OpenClient } from './open-client.ts';

let open: OpenClient;
let client: any;
let api: any;
beforeAll(async () => {
  open = await openClient();
  ({ client, api } = open);
});
afterAll(() => open?.close());

describe('leaving', () => {
  it('an aborted call rejects with the reason, and the function is told', async () => {
    const leave = new AbortController();
    const call = errorOf(api.torture.hang({ name: 'left' }, { signal: leave.signal }));
    await expect.poll(() => api.torture.wasStarted({ name: 'left' })).toBe(true);
    leave.abort(new Error('enough'));
    expect(await call).toBe(leave.signal.reason);
    await expect.poll(() => api.torture.wasAborted({ name: 'left' })).toBe(true);
    expect(await errorOf(api.torture.noArguments({}, { signal: AbortSignal.abort() }))).toMatchObject({
      name: 'AbortError',
    });
  });

  it('timeoutMs ends a call', async () => {
    expect(await errorOf(api.torture.hang({ name: 'late' }, { timeoutMs: 50 }))).toMatchObject({
      name: 'TimeoutError',
      message: 'No answer within 50 ms',
    });
    await expect.poll(() => api.torture.wasAborted({ name: 'late' })).toBe(true);
  });
});

describe('streams', () => {
  it('give their items', async () => {
    const at = (n: number) => new Date(n).toISOString();
    expect(await client.items(api)).toEqual([`1${at(1)}`, `2${at(2)}`, `3${at(3)}`]);
    const lines: string[] = [];
    for await (const line of api.streams.lines()) lines.push(line);
    expect(lines).toEqual(['ä'.repeat(200_000), 'a\nb', '']);
    expect(await api.streams.empty().next()).toEqual({ done: true, value: undefined });
  });

  it('stop when the loop is left', async () => {
    for await (const { n } of api.streams.ticks({ name: 'left', to: 1e9 })) if (n === 3) break;
    await expect.poll(() => api.streams.hasEnded({ name: 'left' })).toBe(true);
  });

  it('stop when the signal is aborted', async () => {
    const leave = new AbortController();
    const read = async () => {
      for await (const { n } of api.streams.ticks({ name: 'aborted', to: 1e9 }, { signal: leave.signal })) {
        if (n === 3) leave.abort(new Error('enough'));
      }
    };
    expect(await errorOf(read())).toBe(leave.signal.reason);
    await expect.poll(() => api.streams.hasEnded({ name: 'aborted' })).toBe(true);
  });

  it('timeoutMs counts until the stream begins, not for all of it', async () => {
    let count = 0;
    for await (const _ of api.streams.ticks({ name: 'slow', to: 1000 }, { timeoutMs: 1000 })) count++;
    expect(count).toBe(1000);
  });

  it('end with the error that the function throws, before or after its first item', async () => {
    const breaking = api.streams.breaks();
    expect(await breaking.next()).toEqual({ done: false, value: 1 });
    const error = await errorOf(breaking.next());
    expect(error).toBeInstanceOf(client.ApiCallError);
    expect(error).toMatchObject({
      code: 'MIDWAY',
      message: 'half of it',
      details: [1],
      endpoint: '/streams/breaks',
    });
    expect(await errorOf(api.streams.refuses().next())).toMatchObject({ code: 'AT_ONCE', status: 409 });
    expect(await errorOf(api.streams.ticks({}).next())).toMatchObject({
      code: 'VALIDATION_ERROR',
      status: 422,
    });
  });

  it('that are cut are no success', async () => {
    const strange = await open.strange((_, response) => {
      response.writeHead(200, { 'content-type': 'application/x-ndjson' }).end('{"data":1}\n\n{"data":2}');
    });
    const items: number[] = [];
    const read = async () => {
      for await (const item of strange.streams.empty()) items.push(item);
    };
    const error = await errorOf(read());
    expect(error).toMatchObject({
      code: 'UNEXPECTED_ANSWER',
      message: expect.stringContaining('a stream that ended before it was done'),
    });
    expect(items).toEqual([1, 2]);
  });
});
