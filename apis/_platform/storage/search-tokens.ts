/** A part of a text that is indexed as one, and where it stands in it. */
export interface TextRun {
  kind: 'word' | 'cjk';
  /** In lower case, without accents. */
  text: string;
  /** In the original, in UTF-16 units. */
  start: number;
  end: number;
}

/** Characters that are written without spaces between words. */
const cjk = String.raw`[[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}ー]&&[\p{L}\p{N}]]`;
const runs = new RegExp(String.raw`(?<cjk>${cjk}+)|(?<word>[[\p{L}\p{N}\p{M}]--${cjk}]+)`, 'gv');
/** `getUserById`, `HTTPServer2` */
const humps = /\p{Lu}+(?!\p{Ll})|\p{Lu}?\p{Ll}+|\p{N}+|[^\p{Lu}\p{Ll}\p{N}]+/gu;

/** Words, and runs of Chinese, Japanese or Korean. */
export function* textRuns(text: string): Generator<TextRun> {
  for (const match of text.matchAll(runs)) {
    const [run] = match;
    const end = match.index + run.length;
    const kind = match.groups?.['cjk'] === undefined ? 'word' : 'cjk';
    const text = folded(run);
    // Nothing is left of accents without a letter.
    if (text !== '') yield { kind, text, start: match.index, end };
  }
}

/**
 * What the index keeps of a text, separated by spaces. A word is kept whole and by its humps. Chinese, Japanese and
 * Korean are kept as pairs of neighbours and the last character, so that one character is the beginning of a token, and
 * several are a phrase.
 */
export function searchTokens(text: string): string {
  const tokens: string[] = [];
  for (const { kind, text: run, start, end } of textRuns(text)) {
    if (kind === 'cjk') {
      tokens.push(...pairs(run), [...run].at(-1) ?? '');
      continue;
    }
    tokens.push(run);
    const parts = humpsOf(text.slice(start, end));
    if (parts.length > 1) tokens.push(...parts);
  }
  return tokens.join(' ');
}

/**
 * A query in the words of SQLite's FTS5: everything must be found, words by their beginning. Undefined when there is
 * nothing to look for.
 */
export function searchExpression(query: string): string | undefined {
  const parts = new Set<string>();
  for (const { kind, text, start, end } of textRuns(query)) {
    if (kind === 'word') parts.add(wordExpression(text, query.slice(start, end)));
    else if ([...text].length === 1) parts.add(`"${text}"*`);
    else parts.add(`"${pairs(text).join(' ')}"`);
  }
  return parts.size === 0 ? undefined : [...parts].join(' AND ');
}

/** `userById` is also found where its humps are, as in `getUserById`. */
function wordExpression(word: string, original: string): string {
  const parts = /\p{Ll}\p{Lu}/u.test(original) ? humpsOf(original) : [];
  if (parts.length < 2) return `"${word}"*`;
  return `("${word}"* OR (${parts.map((part) => `"${part}"*`).join(' AND ')}))`;
}

function humpsOf(word: string): string[] {
  return (word.match(humps) ?? []).map(folded).filter((part) => part !== '');
}

function pairs(run: string): string[] {
  const characters = [...run];
  return characters.slice(1).map((character, index) => `${characters[index]}${character}`);
}

function folded(text: string): string {
  // Accents that stand alone (`ﱞ`) come apart into a space that carries them.
  return text.normalize('NFKD').replace(/\p{M}/gu, '').normalize('NFKC').trim().toLowerCase();
}
