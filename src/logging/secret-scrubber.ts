import { redacted } from './sensitive-text.ts';

/** Replaces every occurrence of the configured tokens in a text. */
export type Scrub = (text: string) => string;

/** Shorter tokens occur in any text by chance; blanking them would destroy the log. Characters. */
const shortestScrubbed = 6;

/** Up to here a search per token is quicker than one expression for all. */
const searchedOneByOne = 32;

/**
 * A scrubber for tokens that may change at any time. Tokens below 6 characters are left alone. Texts
 * may be JSON: a token is found in its escaped form too.
 */
export function createSecretScrubber(secrets: () => readonly string[]): Scrub {
  let known: readonly string[] = [];
  let scrub: Scrub = (text) => text;
  return (text) => {
    const current = secrets();
    if (!sameItems(known, current)) {
      known = [...current];
      scrub = scrubberOf(known);
    }
    return scrub(text);
  };
}

function scrubberOf(secrets: readonly string[]): Scrub {
  const forms = new Set<string>();
  for (const secret of secrets) {
    if (secret.length < shortestScrubbed) continue;
    forms.add(secret).add(JSON.stringify(secret).slice(1, -1)).add(encodeURIComponent(secret));
  }
  // Longest first: a token that contains another must not leave its rest behind.
  const ordered = [...forms].sort((a, b) => b.length - a.length);
  if (ordered.length > searchedOneByOne) {
    const any = new RegExp(
      ordered.map((form) => form.replace(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`)).join('|'),
      'g',
    );
    return (text) => text.replace(any, redacted);
  }
  return (text) => {
    let result = text;
    for (const form of ordered) if (result.includes(form)) result = result.replaceAll(form, redacted);
    return result;
  };
}

function sameItems(a: readonly string[], b: readonly string[]): boolean {
  return a === b || (a.length === b.length && a.every((item, index) => item === b[index]));
}
