import fc from 'fast-check';
import { anyJson } from './value-arbitrary.ts';

/** Values that differ from this one in one place. */
export function mutated(value: unknown): fc.Arbitrary<unknown[]> {
  const places = placesOf(value);
  const change = fc.tuple(
    fc.constantFrom(...places),
    fc.oneof(fc.constantFrom(...edits), anyJson.map(replaceBy)),
  );
  return fc
    .array(change, { minLength: 2, maxLength: 8 })
    .map((changes) => changes.map(([path, edit]) => changed(value, path, edit)));
}

type Path = readonly string[];
type Edit = (value: unknown) => unknown;

const replaceBy =
  (other: unknown): Edit =>
  () =>
    other;

const edits: readonly Edit[] = [
  () => null,
  (value) =>
    typeof value === 'number' ? String(value) : typeof value === 'string' ? Number(value) || 0 : value,
  (value) => (typeof value === 'number' ? value + 0.125 : typeof value === 'string' ? `${value} ` : value),
  (value) =>
    typeof value === 'number' ? -value * 1e9 : typeof value === 'string' ? `${value}${value}` : value,
  (value) => (typeof value === 'string' ? value.slice(1) : value),
  (value) => (typeof value === 'string' ? value.toUpperCase() : typeof value === 'boolean' ? !value : value),
  (value) => [value],
  (value) => (Array.isArray(value) ? [...(value as unknown[]), ...(value as unknown[])] : value),
  (value) => (Array.isArray(value) ? [...(value as unknown[]), 1] : value),
  (value) => (Array.isArray(value) ? value.slice(0, -1) : value),
  (value) => (isObject(value) ? { ...value, extra: 1 } : value),
  (value) => (isObject(value) ? Object.fromEntries(Object.entries(value).slice(1)) : value),
  (value) =>
    isObject(value) ? Object.fromEntries(Object.entries(value).map(([key, one]) => [`${key}s`, one])) : value,
];

function placesOf(value: unknown, path: Path = []): readonly Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, child]) => placesOf(child, [...path, key]))];
}

function changed(value: unknown, path: Path, edit: Edit): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return edit(value);
  if (Array.isArray(value))
    return value.map((child, at) => (String(at) === key ? changed(child, rest, edit) : (child as unknown)));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, child]) => [name, name === key ? changed(child, rest, edit) : child]),
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
