import { isObject, removed, type Mutation } from './mutations.ts';

/** Where in a value, from its root. */
export type Place = readonly (string | number)[];

/** All places of a value, the root first. */
export function placesOf(value: unknown, place: Place = []): readonly Place[] {
  if (typeof value !== 'object' || value === null) return [place];
  const keys: readonly (string | number)[] = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
  const parts = value as Readonly<Record<string | number, unknown>>;
  return [place, ...keys.flatMap((key) => placesOf(parts[key], [...place, key]))];
}

/** A copy that differs at this place alone; undefined where the mutation does not apply there. */
export function mutate(value: unknown, place: Place, { change }: Mutation): unknown {
  const [key, ...rest] = place;
  if (key === undefined) return change(value);
  const parts = value as Readonly<Record<string | number, unknown>>;
  const part = mutate(parts[key], rest, { name: '', change });
  if (part === undefined) return undefined;
  if (Array.isArray(value))
    return (value as unknown[]).flatMap((one, at) => (at !== key ? [one] : part === removed ? [] : [part]));
  if (!isObject(value)) return undefined;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, one]) =>
      name !== key ? [[name, one]] : part === removed ? [] : [[name, part]],
    ),
  );
}

/** `user.tags[0]`; `body` for the root. */
export function describePlace(place: Place): string {
  const text = place.map((key) => (typeof key === 'number' ? `[${key}]` : `.${key}`)).join('');
  return text === '' ? 'body' : text.replace(/^\./, '');
}
