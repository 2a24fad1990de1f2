import { describe, expect, it } from 'vitest';
import { compileClient } from './client-project.ts';
import { clientOf, date, object, ref, string, type Signatures } from './client-snapshot.ts';

describe('functions', () => {
  it('are sorted and nested; a function may share its name with a module', async () => {
    const text = clientOf({
      '/billing/invoices/name': { returns: string },
      '/billing/invoices/create': { parameters: { n: string } },
      '/billing/invoices': {},
      '/a-b/sync-hello': { parameters: { 'name?': string } },
      '/a-b/default': {},
    });
    const use = `import { createClient } from './client.ts';
const api = createClient({ baseUrl: '' });
export const all = [api.billing.invoices(), api.billing.invoices.name(), api.billing.invoices.create({ n: '' }), api['a-b']['sync-hello'](), api['a-b'].default()];
`;
    expect(await compileClient(text, { 'use.ts': use })).toBe('');
    expect(text.match(/POST \/\S+/g)).toEqual([
      'POST /a-b/default',
      'POST /a-b/sync-hello',
      'POST /billing/invoices',
      'POST /billing/invoices/create',
      'POST /billing/invoices/name',
    ]);
  });

  it('carry their doc comments, limits and deprecation', () => {
    const text = clientOf({
      '/m/f': {
        description: 'Does it.\n\nEnds */ nothing.',
        returnsDescription: 'how often',
        deprecated: true,
        parameters: {
          'n?': { kind: 'number', integer: true, minimum: 1 },
          s: { kind: 'string', pattern: '^a*/b$' },
        },
      },
    });
    expect(text).toContain(`  readonly m: {
    /**
     * Does it.
     *
     * Ends *\\/ nothing.
     *
     * POST /m/f
     * @returns how often
     * @deprecated
     */
    f(args: {
      /**
       * @integer
       * @minimum 1
       */
      n?: number | undefined;
      /** @pattern ^a*\\/b$ */
      s: string;
    }, options?: CallOptions): Promise<null>;
  };`);
  });

  it('without any the client still compiles', async () => {
    expect(await compileClient(clientOf({}))).toBe('');
  });
});

it('the text depends on what is served only, not on its order', () => {
  const one = { '/a/f': {}, '/b/g': { returns: ref('T'), definitions: { T: object({}), U: string } } };
  const other = { '/b/g': { returns: ref('T'), definitions: { U: string, T: object({}) } }, '/a/f': {} };
  expect(clientOf(one)).toBe(clientOf(other));
  expect(clientOf(one, 4)).toBe(clientOf(one, 3).replace('generation 3', 'generation 4'));
  expect(clientOf(one)).toMatch(/^\/\/ .*generated, do not edit.*\n\/\/ api-deploy 1\.2\.3, generation 3\n/);
});

it('what does not fit the signatures does not compile', async () => {
  const use = `import { createClient, ApiCallError, type KnownErrorCode, type Order, type OrderInput } from './client.ts';
const api = createClient({ baseUrl: new URL('http://127.0.0.1'), token: () => 'x' });
export async function use(signal: AbortSignal): Promise<void> {
  const order: Order = await api.orders.save({ order: { at: new Date(), total: 5n } }, { signal, timeoutMs: 5 });
  const text: string = order.at;
  const input: OrderInput = { at: text, total: order.total };
  await api.orders.save({ order: input, tag: undefined });
  for await (const item of api.orders.watch()) item.toFixed();
  const response: Response = await api.orders.file();
  response.status.toFixed();
  // @ts-expect-error a parameter is missing
  await api.orders.save({});
  // @ts-expect-error all of them are missing
  await api.orders.save();
  // @ts-expect-error wrong type
  await api.orders.save({ order: { at: 5, total: 1 } });
  // @ts-expect-error unknown parameter
  await api.orders.save({ order: input, other: 1 });
  // @ts-expect-error unknown property further in
  await api.orders.save({ order: { at: '', total: 1, other: 1 } });
  // @ts-expect-error a function without parameters
  await api.orders.file({ name: 'x' });
  // @ts-expect-error a date in a result is text
  order.at.getTime();
  // @ts-expect-error no such function
  await api.orders.nothing();
  // @ts-expect-error a stream is no promise
  (await api.orders.watch()).toFixed();
  // @ts-expect-error no such option
  await api.orders.file({}, { retries: 1 });
  // @ts-expect-error the base URL is missing
  createClient({ token: 'x' });
}
export function codeOf(error: unknown): string | undefined {
  if (!(error instanceof ApiCallError)) return undefined;
  // @ts-expect-error no code of the service
  const wrong: KnownErrorCode = 'NO_SUCH_CODE';
  if (error.code === 'VALIDATION_ERROR' || error.code === 'MINE') return error.code;
  return wrong;
}
`;
  const definitions = { Order: object({ at: date, total: { kind: 'bigint' } }) };
  const signatures: Signatures = {
    '/orders/save': {
      parameters: { order: ref('Order'), 'tag?': string },
      returns: ref('Order'),
      definitions,
    },
    '/orders/watch': { returns: { kind: 'stream', shape: { kind: 'number' } } },
    '/orders/file': { returns: { kind: 'response', shape: { kind: 'unknown' } } },
  };
  expect(await compileClient(clientOf(signatures), { 'use.ts': use })).toBe('');
});
