import * as fc from 'fast-check';

/** Names that no JSON body may have: they would reach prototypes. */
const refused = new Set(['__proto__', 'constructor', 'prototype']);

/** Names of properties that a schema does not list. */
export const propertyNames = fc
  .oneof(fc.constantFrom('a', 'b', 'id', 'name', 'x-y', 'odd key', '0', '名'), fc.string({ maxLength: 6 }))
  .filter((name) => !refused.has(name));

const { json } = fc.letrec<{ json: unknown }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 2, depthSize: 'small' },
    fc.oneof(
      fc.constantFrom<unknown>(null, true, false, 0, 1, -1.5, 1e300, '', '0', 'x', '2030-01-01', '{}'),
      fc.string({ maxLength: 6 }),
      fc.integer(),
    ),
    fc.array(tie('json'), { maxLength: 3 }),
    fc.dictionary(propertyNames, tie('json'), { maxKeys: 3, noNullPrototype: true }),
  ),
}));

/** Any JSON value. */
export const jsonValues = json;
