const head = `import { apiFunction, ApiError, type CallContext } from 'api-deploy';\n`;

/** Files below `apis` with every kind of shape, name and result that a client has to cope with. */
export const tortureFiles: Readonly<Record<string, string>> = {
  'torture.ts': `${head}
/** Where somebody lives. */
export interface Address { street: string; zip?: string }
export enum Color { Red = 'red', Green = 'green' }
export enum Level { Low, High }
export interface Tree { value: number; children: Tree[] }
export interface Ping { pong: Pong | null }
export interface Pong { ping?: Ping; at: Date }
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export type Figure = { kind: 'circle'; radius: number } | { kind: 'square'; side: number };
export interface Page<T> { items: T[]; next?: string }
export class Point { x = 0; y = 0; private hidden = 1; length(): number { return Math.hypot(this.x, this.y) + this.hidden; } }
/** One of each. */
export interface Everything {
  /** @minLength 1 */
  text: string;
  count: number;
  flag: boolean;
  nothing: null;
  big: bigint;
  on: Date;
  link: URL;
  bytes: Uint8Array;
  map: Map<string, Date>;
  set: Set<bigint>;
  tuple: [first: string, second?: number];
  rest: [string, ...boolean[]];
  list: readonly string[];
  record: Record<string, number>;
  color: Color;
  level: Level;
  tree: Tree;
  ping: Ping;
  figure: Figure;
  choice: 'a' | 'it\\'s' | 3 | true;
  template: \`id-\${number}\`;
  nullable: string | null;
  /** @deprecated */
  optional?: string;
  page: Page<Address>;
  point: Point;
  partial: Partial<Address>;
  json: Json;
  whatever: unknown;
  branded: string & { readonly __brand: 'Id' };
  'odd key': { 'x-y': string; 'it\\'s': string };
}

/**
 * Gives back what it got.
 *
 * @param value one of each
 * @returns the same
 */
export const everything = apiFunction((value: Everything): Everything => value);
export const kinds = apiFunction((value: Everything) => [value.big, value.on, value.link, value.bytes, value.map, value.set].map((part) => part.constructor.name));
export const destructured = apiFunction(({ a, b = 2 }: { a: number; b?: number }) => a + b);
export const gathered = apiFunction((first: string, ...more: number[]) => [first, ...more]);
/** @deprecated say hello instead */
export const noArguments = apiFunction(() => 'nothing needed');
export const nothing = apiFunction(async () => {});
export const inferred = apiFunction(async (ctx: CallContext) => ({ at: new Date(0), roles: ctx.principal.roles, deep: [{ n: 1n }] }));
export const fails = apiFunction((code: string) => { throw new ApiError(code, 'it had to fail', { status: 418, details: { code } }); });
export const adminOnly = apiFunction(() => 'secret', { roles: ['admin'] });
const started = new Set<string>();
const aborted = new Set<string>();
export const hang = apiFunction((name: string, ctx: CallContext) => new Promise<never>((_, reject) => {
  started.add(name);
  ctx.signal.addEventListener('abort', () => { aborted.add(name); reject(ctx.signal.reason); });
}));
export const wasStarted = apiFunction((name: string) => started.has(name));
export const wasAborted = apiFunction((name: string) => aborted.has(name));
`,
  'streams.ts': `${head}
import { setTimeout as sleep } from 'node:timers/promises';
export interface Tick { n: number; at: Date }
const ended: string[] = [];
export const ticks = apiFunction(async function* (name: string, to: number): AsyncGenerator<Tick> {
  try {
    for (let n = 1; n <= to; n++) { await sleep(1); yield { n, at: new Date(n) }; }
  } finally { ended.push(name); }
});
export const lines = apiFunction(async function* () { yield 'ä'.repeat(200_000); yield 'a\\nb'; yield ''; });
export const empty = apiFunction(async function* (): AsyncGenerator<string> {});
export const breaks = apiFunction(async function* () { yield 1; throw new ApiError('MIDWAY', 'half of it', { status: 409, details: [1] }); });
export const refuses = apiFunction(async function* (): AsyncGenerator<number> { throw new ApiError('AT_ONCE', 'none of it', { status: 409 }); });
export const hasEnded = apiFunction((name: string) => ended.includes(name));
`,
  'files.ts': `${head}
export const upload = apiFunction(async (title: string, file: File, more?: File[]) => ({
  title, name: file.name, type: file.type, text: await file.text(), more: await Promise.all((more ?? []).map((one) => one.text())),
}));
export const page = apiFunction((status = 200) => new Response('<p>ä</p>', { status, headers: { 'content-type': 'text/html; charset=utf-8', 'x-own': 'yes' } }));
`,
  'billing.ts': `${head}
/** Shares its name with a module. */
export const invoices = apiFunction((year: number) => year);
export interface Address { line: string }
export const address = apiFunction((): Address => ({ line: 'x' }));
`,
  'billing/invoices.ts': `${head}
export const create = apiFunction((n: number) => ({ n }));
export const name = apiFunction(() => 'name');
export const length = apiFunction(() => 7);
`,
  'odd-names/a-b_c.ts': `${head}
const remove = apiFunction((id: number) => id);
export { remove as delete };
export const toString = apiFunction(() => 'text');
export const then = apiFunction(() => 'later');
export default apiFunction((x = 1) => x);
`,
};

/** Uses the client of these files, with types; what must not compile is marked so. */
export const tortureUse = `import { ApiCallError, createClient, type ApiClient, type Everything, type EverythingInput, type Tree } from './client.ts';
export * from './client.ts';

export function input(): EverythingInput {
  return {
    text: 'ä', count: 1.5, flag: true, nothing: null, big: 12345678901234567890n, on: new Date(0),
    link: new URL('https://example.org/a?b=c'), bytes: new Uint8Array([1, 2, 255]), map: new Map([['k', new Date(1)]]),
    set: new Set([1n, 2n]), tuple: ['a'], rest: ['a', true, false], list: ['x'], record: { a: 1 }, color: 'red', level: 1,
    tree: { value: 1, children: [{ value: 2, children: [] }] }, ping: { pong: { at: new Date(2), ping: { pong: null } } },
    figure: { kind: 'circle', radius: 1 }, choice: "it's", template: 'id-7', nullable: null, optional: undefined,
    page: { items: [{ street: 's' }] }, point: { x: 1, y: 2 }, partial: {}, json: [{ a: [null, true, 'x'] }],
    whatever: { any: ['thing'] }, branded: 'id', 'odd key': { 'x-y': '1', "it's": '2' },
  };
}

export async function everything(api: ApiClient): Promise<Everything> {
  const result = await api.torture.everything({ value: input() });
  const on: string = result.on;
  const big: string = result.big;
  const map: [string, string][] = result.map;
  const tree: Tree = result.tree;
  return { ...result, on, big, map, tree };
}

export async function others(api: ApiClient): Promise<unknown[]> {
  const text: string = await api.torture.noArguments();
  const nothing: null = await api.torture.nothing();
  const roles: ('business' | 'admin')[] = (await api.torture.inferred()).roles;
  const sum: number = await api.torture.destructured({ a: 1 });
  const year: number = await api.billing.invoices({ year: 2030 });
  const created: { n: number } = await api.billing.invoices.create({ n: 1 });
  const name: string = await api.billing.invoices.name();
  const length: number = await api.billing.invoices.length();
  const odd = api['odd-names']['a-b_c'];
  const removed: number = await odd.delete({ id: 3 });
  const gathered = await api.torture.gathered({ first: 'a', more: [1, 2] });
  return [text, nothing, roles, sum, year, created, name, length, removed, await odd.toString(), await odd.then(), await odd.default(), gathered];
}

export async function items(api: ApiClient): Promise<string[]> {
  const found: string[] = [];
  for await (const { n, at } of api.streams.ticks({ name: 'all', to: 3 })) found.push(n.toFixed() + at);
  return found;
}

export async function files(api: ApiClient): Promise<unknown[]> {
  const file = new File(['content'], 'ä.txt', { type: 'text/plain' });
  const one = await api.files.upload({ title: 'one', file });
  const three = await api.files.upload({ title: 'three', file: new Blob(['blob']), more: [file, new Blob(['last'])] });
  const page: Response = await api.files.page({ status: 404 });
  return [one, three, page.status, page.headers.get('x-own'), await page.text()];
}

export function mistakes(api: ApiClient): unknown {
  return [
    // @ts-expect-error a required property of a named type is missing
    () => api.torture.everything({ value: {} }),
    // @ts-expect-error no number
    () => api.torture.everything({ value: { ...input(), count: '1' } }),
    // @ts-expect-error not one of the enum's values
    () => api.torture.everything({ value: { ...input(), color: 'blue' } }),
    // @ts-expect-error does not fit the template
    () => api.torture.everything({ value: { ...input(), template: 'x-7' } }),
    // @ts-expect-error no such branch
    () => api.torture.everything({ value: { ...input(), figure: { kind: 'circle', side: 1 } } }),
    // @ts-expect-error a tuple's element has another type
    () => api.torture.everything({ value: { ...input(), tuple: [1] } }),
    // @ts-expect-error recursive, but wrong further in
    () => api.torture.everything({ value: { ...input(), tree: { value: 1, children: [{ value: '2', children: [] }] } } }),
    // @ts-expect-error a date is needed, not a number
    () => api.torture.everything({ value: { ...input(), on: 0 } }),
    // @ts-expect-error the file is missing
    () => api.files.upload({ title: 'x' }),
    // @ts-expect-error text is no file
    () => api.files.upload({ title: 'x', file: 'text' }),
    // @ts-expect-error a function with a required parameter
    () => api.billing.invoices(),
    // @ts-expect-error unknown parameter
    () => api.torture.destructured({ a: 1, c: 2 }),
    // @ts-expect-error a private field is no part of it
    () => api.torture.everything({ value: { ...input(), point: { x: 1, y: 2, hidden: 1 } } }),
  ];
}

export { ApiCallError, createClient };
`;
