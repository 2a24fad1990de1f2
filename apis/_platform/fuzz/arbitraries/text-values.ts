import * as fc from 'fast-check';
import { numberOf, textOf, type SchemaObject } from '../schema/json-schema.ts';
import { base64Texts, formatValues } from './format-values.ts';
import { keepFitting } from './keep-fitting.ts';
import { patternTexts } from './pattern-texts.ts';

/** Text that fits `format`, `pattern` and lengths; undefined where none can. */
export function textValues(schema: SchemaObject): fc.Arbitrary<string> | undefined {
  const least = numberOf(schema['minLength']) ?? 0;
  const most = numberOf(schema['maxLength']) ?? Infinity;
  if (most < least) return undefined;
  const pattern = textOf(schema['pattern']);
  const shaped = shapedTexts(schema);
  if (shaped === undefined) return plainTexts(least, most);
  const matcher = pattern === undefined ? undefined : new RegExp(pattern, 'u');
  return keepFitting(shaped, {
    fits: (text) => {
      const length = [...text].length;
      return length >= least && length <= most && matcher?.test(text) !== false;
    },
    wanted: `text of ${least} to ${most} characters for ${JSON.stringify({ format: schema['format'], pattern })}`,
  });
}

function shapedTexts(schema: SchemaObject): fc.Arbitrary<string> | undefined {
  const format = textOf(schema['format']);
  const known =
    format !== undefined && Object.hasOwn(formatValues, format) ? formatValues[format] : undefined;
  if (known !== undefined) return known();
  if (schema['contentEncoding'] === 'base64') return base64Texts();
  const pattern = textOf(schema['pattern']);
  return pattern === undefined ? undefined : patternTexts(pattern);
}

let characters: fc.Arbitrary<string> | undefined;

/** Characters count as Unicode counts them. Made once, when first needed: fast-check lists all of them for it. */
function anyCharacters(): fc.Arbitrary<string> {
  characters ??= fc.oneof(
    { arbitrary: fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 1 }), weight: 3 },
    { arbitrary: fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }), weight: 1 },
    { arbitrary: fc.constantFrom(...'\'"<>&%$\\/{}\n\t\0 é中😀'), weight: 1 },
  );
  return characters;
}

/** Texts that programs stumble over. */
const oddTexts = [
  '',
  ' ',
  '0',
  '-1',
  'null',
  'undefined',
  'true',
  'NaN',
  "' OR '1'='1",
  '<script>alert(1)</script>',
  '../../etc/passwd',
  '{{name}}',
  '%00',
  'toString',
  'İıſ',
  '中文',
  '👨‍👩‍👧',
];

/** Longest text that is made to reach an upper limit. */
const longest = 20_000;

function plainTexts(least: number, most: number): fc.Arbitrary<string> {
  const usual = fc
    .array(anyCharacters(), { minLength: least, maxLength: Math.min(most, least + 12) })
    .map((units) => units.join(''));
  const fits = (text: string): boolean => [...text].length >= least && [...text].length <= most;
  const others = oddTexts.filter(fits);
  if (most <= longest) others.push('a'.repeat(most));
  if (least > 0 && least <= longest) others.push('b'.repeat(least));
  return others.length === 0
    ? usual
    : fc.oneof(
        { withCrossShrink: true },
        { arbitrary: usual, weight: 3 },
        { arbitrary: fc.constantFrom(...others), weight: 1 },
      );
}
