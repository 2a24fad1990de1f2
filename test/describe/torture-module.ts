/** A module with every kind of type that a signature may have, and every kind of answer. */
export const tortureModule = `import { apiFunction, ApiError, type CallContext } from 'api-deploy';
import type { Address } from './_lib/address';

export interface Person {
  /** Never changes. */
  id: string;
  name: string;
  born: Date;
  address?: Address;
  friends: Person[];
}
interface Branch { left?: Twig; right?: Twig }
interface Twig { branch: Branch | null }
interface Named { name: string }
interface Aged extends Named { age: number }
class Point { x = 0; y = 0 }
type Circle = { kind: 'circle'; radius: number };
type Square = { kind: 'square'; side: number };
interface Cat { type: 'cat'; lives: number }
interface Dog { type: 'dog'; barks: boolean }
type Pet = Cat | Dog;
interface Page<T> { items: T[]; next?: string }
enum Colour { Red = 'red', Blue = 'blue' }
enum Level { Low, High }
type UserId = string & { readonly __brand: 'UserId' };
interface Limits {
  /** @minimum 1 @maximum 10 */
  few: number;
  /**
   * @integer
   * @multipleOf 5
   * @example 15
   */
  fives: number;
  /** @minLength 2 @maxLength 8 @pattern ^[a-z]+$ @example "abc" */
  word: string;
  /** @format email @example "a@example.org" */
  mail: string;
  /** @format uuid */
  key: string;
  /** @minItems 1 @maxItems 3 @uniqueItems */
  tags: string[];
  /** @deprecated use few */
  old?: number;
}

/**
 * Primitives and what is like them.
 *
 * The second paragraph has **Markdown**, "quotes" and a \\\`tick\\\`.
 *
 * @param text some text
 * @example text "hello"
 * @returns how many there are
 */
export const primitives = apiFunction(
  (text: string, count: number, flag: boolean, big: bigint, small: 7n, id: UserId, nothing: null, key: \`id-\${number}\`) =>
    [text, count, flag, big, small, id, nothing, key].length,
);
export const builtIns = apiFunction(
  (when: Date, link: URL, bytes: Uint8Array, buffer: Buffer, map: Map<string, Date>, set: Set<number>) =>
    ({ when, link: link.href, bytes, buffer, map, set }),
);
export const unions = apiFunction(
  (shape: Circle | Square, pet: Pet, mixed: string | number | null, size: 's' | 'm' | 1 | true, colour: Colour, level: Level): Pet => pet,
);
export const collections = apiFunction(
  (list: readonly string[], matrix: number[][], pair: [string, number], labelled: [from: Date, to?: Date], rest: [number, ...string[]], record: Record<string, number>, keyed: Record<'a' | 'b', boolean>, patterned: { [key: \`x-\${string}\`]: string }) => list.length,
);
export const objects = apiFunction(
  (person: Person, aged: Aged, point: Point, both: Named & { extra: number }, part: Partial<Omit<Person, 'friends'>>, key: keyof Point, got: Person['address']): Person => person,
);
export const recursive = apiFunction((branch: Branch): Branch => branch);
export const limits = apiFunction((limits: Limits, few: number): Limits => limits);
export const loose = apiFunction((any: any, unknown: unknown, object: object, optional?: string, ...rest: number[]) => null);
export const destructured = apiFunction(({ name = 'World', times = 1 }: { name?: string; times?: number }) => name.repeat(times));
export const context = apiFunction((ctx: CallContext, page = 1): Page<Person> => ({ items: [], next: String(page) }));
export const pages = apiFunction(async (): Promise<Page<string>> => ({ items: [] }));
/** @deprecated use objects */
export const old = apiFunction((): void => {});
/** @readonly */
export const look = apiFunction(() => ({ inferred: 1, list: [{ deep: true }], at: new Date(0) }));
/** @destructive */
export const wipe = apiFunction(() => true, { roles: ['admin'], timeout: 2 });
export const upload = apiFunction((title: string, cover: File, pages?: File[]) => ({ title, size: cover.size, count: pages?.length ?? 0 }));
export const avatar = apiFunction(({ photo }: { photo: Blob | null }) => photo?.size ?? 0);
export const maybeFile = apiFunction((note: string, file?: File) => note + (file?.name ?? ''));
export const events = apiFunction(async function* (count = 2) {
  for (let number = 0; number < count; number++) yield { number, at: new Date(0) };
});
export const raw = apiFunction(() => new Response('raw', { headers: { 'content-type': 'text/plain' } }));
export const fails = apiFunction((): never => { throw new ApiError('TEAPOT', 'short and stout', { status: 418 }); });
export default apiFunction((): 'default' => 'default');
`;

export const tortureFiles: Readonly<Record<string, string>> = {
  'torture.ts': tortureModule,
  '_lib/address.ts': `/** Where someone lives. */\nexport interface Address { street: string; city: string }\n`,
  // The same name with another form, and the same name with the same form.
  'billing/invoices.ts': `import { apiFunction } from 'api-deploy';
import type { Address } from '../_lib/address';
interface Person { vat: string; address: Address }
interface Failure { why: string }
export const create = apiFunction((person: Person, failure?: Failure): Person => person);
`,
  'billing_invoices.ts': `import { apiFunction } from 'api-deploy';\nexport const create = apiFunction(() => 1);\n`,
};
