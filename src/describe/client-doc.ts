import type { Property, Shape } from '../contract/signature.ts';
import { docLines } from './client-literals.ts';

/** Limits of a shape under the names that doc comments give them. */
const limits = [
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'minLength',
  'maxLength',
  'pattern',
  'format',
  'minItems',
  'maxItems',
] as const;

/** What a property's author said about it, with the limits that the service checks. */
export function propertyDoc(property: Property): string[] {
  const { description = '', shape, defaultValue, examples = [], deprecated } = property;
  return docLines([
    description,
    ...limitTags(shape),
    ...(defaultValue === undefined ? [] : [`@default ${JSON.stringify(defaultValue)}`]),
    ...examples.map((example) => `@example ${JSON.stringify(example)}`),
    ...(deprecated === true ? ['@deprecated'] : []),
  ]);
}

const limited: ReadonlySet<Shape['kind']> = new Set(['string', 'number', 'bigint', 'array']);

function limitTags(shape: Shape): string[] {
  if (!limited.has(shape.kind)) return [];
  const tags = limits.flatMap((name) =>
    name in shape ? [`@${name} ${String((shape as { [K in typeof name]?: unknown })[name])}`] : [],
  );
  if (shape.kind === 'number' && shape.integer === true) tags.unshift('@integer');
  if (shape.kind === 'array' && shape.uniqueItems === true) tags.push('@uniqueItems');
  return tags;
}
