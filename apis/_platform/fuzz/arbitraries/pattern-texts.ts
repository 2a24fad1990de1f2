import * as fc from 'fast-check';
import { SchemaError } from '../schema/json-schema.ts';
import { keepFitting } from './keep-fitting.ts';
import { urls } from './format-values.ts';

/**
 * Text that matches a regular expression, wherever in the text if it has no anchors. What fast-check cannot generate
 * (look-arounds, word boundaries, back references), or only after seconds (`\P{…}`), is left to chance: text for the
 * rest of the pattern is generated and tried.
 *
 * @throws SchemaError when the pattern is no regular expression
 */
export function patternTexts(pattern: string): fc.Arbitrary<string> {
  const matcher = toRegExp(pattern);
  const fits = (text: string): boolean => matcher.test(text);
  const wanted = `text that matches /${pattern}/`;
  if (isForUrls(matcher)) return keepFitting(urls(), { fits, wanted });
  const negated = pattern.includes('\\P{');
  const direct = negated ? undefined : generated(matcher);
  if (direct !== undefined) return direct;
  const loose = generated(toRegExp(withoutAssertions(withoutNegations(pattern))));
  return keepFitting(loose === undefined ? anyText() : fc.oneof(loose, anyText()), { fits, wanted });
}

/** As JSON Schema means it: Unicode, found anywhere in the text. */
function toRegExp(pattern: string): RegExp {
  try {
    return new RegExp(pattern, 'u');
  } catch {
    throw new SchemaError(`'${pattern}' is no regular expression`);
  }
}

/** Patterns that only look at the scheme would give texts that no URL parser takes. */
function isForUrls(matcher: RegExp): boolean {
  return (
    ['https://example.com/?a=b', 'mailto:a@example.com'].every((url) => matcher.test(url)) &&
    !matcher.test('a b')
  );
}

function generated(matcher: RegExp): fc.Arbitrary<string> | undefined {
  try {
    return fc.stringMatching(matcher);
  } catch {
    return undefined;
  }
}

const anyText = () =>
  fc.oneof(
    fc.string({ maxLength: 12 }),
    fc.stringMatching(/^[A-Z][a-z]{0,6}$/),
    fc.stringMatching(/^[a-z]{1,8}$/),
    fc.stringMatching(/^\d{1,8}$/),
    fc.stringMatching(/^[A-Za-z0-9]{1,12}[!-/]?$/),
  );

/** `\P{…}` as a few characters that are likely not to have the property. */
function withoutNegations(pattern: string): string {
  return pattern.replace(/\\P\{([^}]*)\}/g, (_text, property: string) => unlike[property] ?? '[!-~]');
}

/** Characters that stay the same when they become upper case, and lower case: what `Uppercase<string>` comes to. */
const unlike: Readonly<Record<string, string>> = { CWU: '[A-Z0-9 _]', CWL: '[a-z0-9 _]' };

const lookAround = /^\(\?<?[=!]/;

/** The pattern without `(?=…)`, `(?!…)`, `(?<=…)`, `(?<!…)`, `\b` and `\B`. */
export function withoutAssertions(pattern: string): string {
  let kept = '';
  let at = 0;
  while (at < pattern.length) {
    const rest = pattern.slice(at);
    if (rest.startsWith('\\b') || rest.startsWith('\\B')) at += 2;
    else if (lookAround.test(rest)) at += lengthOfGroup(rest);
    else {
      const part = rest.startsWith('\\')
        ? rest.slice(0, 2)
        : rest.startsWith('[')
          ? characterClass(rest)
          : rest.slice(0, 1);
      kept += part;
      at += part.length;
    }
  }
  return kept;
}

/** Of the group that the text begins with, with its parentheses. */
function lengthOfGroup(text: string): number {
  let depth = 0;
  for (let at = 0; at < text.length;) {
    const character = text[at];
    if (character === '\\') at += 2;
    else if (character === '[') at += characterClass(text.slice(at)).length;
    else {
      if (character === '(') depth += 1;
      if (character === ')') depth -= 1;
      at += 1;
      if (depth === 0) return at;
    }
  }
  return text.length;
}

function characterClass(text: string): string {
  return /^\[(?:\\[\s\S]|[^\]\\])*\]/.exec(text)?.[0] ?? text.slice(0, 1);
}
