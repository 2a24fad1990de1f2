import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countKeys } from '../../src/http/repeated-key.ts';
import { toPlainCheck } from '../../src/signatures/to-plain-check.ts';
import { toZod } from '../../src/signatures/to-zod.ts';
import { array, makeSignature, object, ref, string, union } from './make-signature.ts';
import { mutated } from './mutated-value.ts';
import { propertyOptions } from './property-options.ts';
import { allCases } from './shape-arbitrary.ts';
import { anyJson, fittingValues } from './value-arbitrary.ts';

const trials = allCases.chain(({ shape, definitions }) => {
  const values = fittingValues(shape, definitions) ?? anyJson;
  return fc.array(values, { minLength: 3, maxLength: 6 }).chain((fitting) =>
    fc.record({
      shape: fc.constant(shape),
      definitions: fc.constant(definitions),
      values: fc
        .tuple(
          fc.constant(fitting),
          fc.array(anyJson, { maxLength: 4 }),
          ...fitting.map((value) => mutated(value)),
        )
        .map((lists) => lists.flat(1)),
    }),
  );
});

/** As a request is looked at: by its text, and by what became of it. */
function isPlain(body: unknown, check: ReturnType<typeof toPlainCheck>): boolean {
  const text = JSON.stringify(body);
  return check.keysOf(JSON.parse(text)) === countKeys(Buffer.from(text));
}

describe('the plain check', () => {
  it('takes nothing but what the validator takes and leaves as it is', () => {
    let plain = 0;
    fc.assert(
      fc.property(trials, ({ shape, definitions, values }) => {
        const signature = makeSignature({ v: shape, 'w?': shape }, definitions);
        const check = toPlainCheck(signature);
        const schema = toZod(signature);
        for (const [at, v] of values.entries()) {
          const body = at % 3 === 0 ? { v, w: v } : at % 7 === 0 ? { v, x: v } : { v };
          if (!isPlain(body, check)) continue;
          plain++;
          const parsed = schema.safeParse(body);
          expect({ body, fits: parsed.success }).toEqual({ body, fits: true });
          // toStrictEqual: what zod adds as `undefined` would be a difference too.
          expect(parsed.data).toStrictEqual(body);
        }
      }),
      propertyOptions({ runs: 400, seconds: 8 }),
    );
    expect(plain).toBeGreaterThan(100);
  });

  it('takes everything that fits plain types', () => {
    const order = object({
      id: string,
      customer: object({ name: string, 'note?': { kind: 'string', maxLength: 5 } }),
      items: array(object({ quantity: { kind: 'number', minimum: 1 }, tags: array(string) })),
      state: union({ kind: 'literal', value: 'new' }, { kind: 'literal', value: 'old' }, { kind: 'null' }),
      'parent?': ref('Order'),
      extra: { kind: 'unknown' },
    });
    const definitions = { Order: order };
    const check = toPlainCheck(makeSignature({ v: order }, definitions));
    fc.assert(
      fc.property(fittingValues(order, definitions, 7) as fc.Arbitrary<unknown>, (v) => {
        const holds =
          JSON.stringify(v).includes('"__proto__"') || JSON.stringify(v).includes('"constructor"');
        expect({ v, plain: isPlain({ v }, check) }).toEqual({ v, plain: !holds });
      }),
      propertyOptions({ runs: 200, seconds: 4 }),
    );
  });
});

describe('what is not plain', () => {
  const number = { kind: 'number' } as const;
  const deep = (levels: number): unknown => (levels === 0 ? { v: 1 } : { v: 1, next: deep(levels - 1) });
  const list = { List: object({ v: number, 'next?': ref('List') }) };
  const unlike = {
    Left: object({ 'in?': ref('Both'), a: number }),
    Right: object({ 'in?': ref('Both'), b: number }),
  };

  it.each([
    ['a type that becomes another', makeSignature({ v: { kind: 'date' } }), { v: '2030-01-01' }],
    [
      "what an author's pattern says",
      makeSignature({ v: { kind: 'string', pattern: '^(a+)+$' } }),
      { v: 'a' },
    ],
    ['text of a form', makeSignature({ v: { kind: 'string', format: 'email' } }), { v: 'a@b.example' }],
    ['a name that every object has', makeSignature({ 'toString?': string }), {}],
    [
      'a tuple that lacks an end',
      makeSignature({ v: { kind: 'tuple', elements: [{ shape: number, optional: true, rest: false }] } }),
      { v: [] },
    ],
    [
      'a dangerous key where any is taken',
      makeSignature({ v: { kind: 'unknown' } }),
      { v: { constructor: 1 } },
    ],
    ['what is missing, also where anything is taken', makeSignature({ v: { kind: 'unknown' } }), { w: 1 }],
    ['65 levels, the envelope counted', makeSignature({ v: ref('List') }, list), { v: deep(62) }],
    [
      'objects that nothing tells apart at a glance',
      makeSignature({ v: ref('Both') }, { ...unlike, Both: union(ref('Left'), ref('Right')) }),
      { v: { a: 1 } },
    ],
  ])('%s', (_, signature, body) => {
    expect(isPlain(body, toPlainCheck(signature))).toBe(false);
  });

  it('a name that somebody has added to all objects', () => {
    const check = toPlainCheck(makeSignature({ v: number }));
    expect(check.keysOf({ v: 1 })).toBe(1);
    // oxlint-disable-next-line no-extend-native -- somebody may
    Object.defineProperty(Object.prototype, 'v', { value: 1, configurable: true });
    try {
      expect(check.keysOf({ evil: 1 })).toBe(-1);
    } finally {
      delete (Object.prototype as Record<string, unknown>)['v'];
    }
  });

  it('61 levels below the body are taken', () => {
    expect(isPlain({ v: deep(60) }, toPlainCheck(makeSignature({ v: ref('List') }, list)))).toBe(true);
  });
});
