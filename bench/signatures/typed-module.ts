/** How a file looks in one version. */
export interface ModuleVersion {
  /** Part of a function's text. */
  readonly version: number;
  /** Whether the function `hello` takes an optional parameter `note`. */
  readonly hasNote: boolean;
}

export const firstVersion: ModuleVersion = { version: 0, hasNote: false };

/** A file that all modules take a type from. */
export const sharedTypes = `export type Currency = 'EUR' | 'USD' | 'GBP';

/** An amount in the smallest unit of its currency. */
export interface Money {
  readonly cents: number;
  readonly currency: Currency;
}
`;

/** A module of four functions with interfaces, unions, optional and imported types; `index` makes it unlike the others. */
export function typedModule(index: number, { version, hasNote }: ModuleVersion): string {
  const note = hasNote ? ", note?: 'short' | 'long'" : '';
  const noted = hasNote ? " + (note === undefined ? '' : `, ${note} note`)" : '';
  return `import { apiFunction } from 'api-deploy';
import type { Money } from './_lib/money.ts';

export type State${index} = 'open' | 'paid' | { cancelled: string; at?: Date };

export interface Item${index} {
  id: number;
  name: string;
  price: Money;
  state: State${index};
  tags?: string[];
}

export interface Page${index} {
  items: Item${index}[];
  next?: number;
}

/** Finds items of kind ${index}. */
export const find = apiFunction((text: string, limit = 10, state?: State${index}): Page${index} => ({
  items: [{ id: limit, name: text, price: { cents: 100, currency: 'EUR' }, state: state ?? 'open' }],
}));

/** Saves one. */
export const save = apiFunction(
  async (item: Item${index}, options?: { force?: boolean; reason?: string | null }) => ({
    ...item,
    forced: options?.force === true,
  }),
);

/** Changes some of its fields. */
export const change = apiFunction((id: number, fields: Partial<Omit<Item${index}, 'id'>>) => ({ id, ...fields }));

/** Says which version of this file answers. */
export const hello = apiFunction((name = 'World'${note}) => \`\${name}, version ${version}.\`${noted});
`;
}
