import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringFormats, type Shape } from '../../src/contract/signature.ts';
import { createJudge } from './agreement.ts';
import { makeSignature } from './make-signature.ts';
import { propertyOptions } from './property-options.ts';
import { fittingValues } from './value-arbitrary.ts';

/** Characters that formats are made of, and some that they are not. */
const characters = fc.constantFrom(...'0159aAfFgzZTtPWYMDHS:.-+@/?#[]%_~ "\'\n\u00e9😀');

/** Texts that are nearly right: one to three characters replaced, added or taken away. */
function nearly(text: string): fc.Arbitrary<string> {
  const edit = fc.tuple(fc.nat(text.length), fc.nat(1), fc.array(characters, { maxLength: 2 }));
  return fc
    .array(edit, { minLength: 1, maxLength: 3 })
    .map((edits) =>
      edits.reduce(
        (before, [at, cut, added]) => before.slice(0, at) + added.join('') + before.slice(at + cut),
        text,
      ),
    );
}

const dates = fc
  .tuple(fc.nat(2100), fc.nat(13), fc.nat(32))
  .map((parts) => parts.map((part, at) => String(part).padStart(at === 0 ? 4 : 2, '0')).join('-'));
const groups = fc
  .array(fc.constantFrom('', '0', 'ab', 'ffff', '12345', '1.2.3.4'), { maxLength: 9 })
  .map((list) => list.join(':'));
const uris = fc
  .tuple(
    fc.constantFrom('http:', 'urn:', 'x+y.1-2:', '1a:', ''),
    fc.constantFrom('//', '/', ''),
    fc.constantFrom('', 'user:pw@', 'a@b@'),
    fc.constantFrom('host', '[::1]', '[v1.a]', '[::g]', '1.2.3.4', 'a%20b', 'ä'),
    fc.constantFrom('', ':80', ':', '/a/b;c=1', '/a//', '?q=[1]', '?q=1/2', '#f#', '#f', '|'),
  )
  .map((parts) => parts.join(''));

describe('formats of text', () => {
  it.each(stringFormats)('%s means the same to the validator and to ajv-formats', (format) => {
    const shape: Shape = { kind: 'string', format };
    const judge = createJudge(makeSignature({ v: shape }));
    const good = fittingValues(shape, {}) as fc.Arbitrary<string>;
    const texts = fc.oneof(good.chain(nearly), good, dates, groups, uris, fc.string());
    fc.assert(
      fc.property(texts, (v) => {
        const { zod, ajv } = judge({ v });
        expect({ v, zod }).toEqual({ v, zod: ajv });
      }),
      propertyOptions({ runs: 2000, seconds: 3 }),
    );
  });
});

describe('numbers', () => {
  it('are multiples of decimals', () => {
    const steps = fc.constantFrom(0.1, 0.01, 0.07, 0.3, 1.1, 2, 5, 1e-6);
    const counts = fc.integer({ min: -100_000, max: 100_000 });
    fc.assert(
      fc.property(steps, fc.array(counts, { minLength: 1, maxLength: 20 }), (multipleOf, counts) => {
        const judge = createJudge(makeSignature({ v: { kind: 'number', multipleOf } }));
        const digits = String(multipleOf).includes('e') ? 6 : (String(multipleOf).split('.')[1]?.length ?? 0);
        for (const count of counts) {
          const right = Number((count * multipleOf).toFixed(digits));
          expect({ right, ...judge({ v: right }) }).toEqual({ right, zod: true, ajv: true });
          const wrong = (count + 0.25) * multipleOf;
          expect({ wrong, ...judge({ v: wrong }) }).toEqual({ wrong, zod: false, ajv: false });
        }
      }),
      propertyOptions({ runs: 60, seconds: 3 }),
    );
  });
});
