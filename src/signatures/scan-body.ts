const closing: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

/**
 * Whether a text is one block, or one expression without a comma, that everything opened in it is closed in. Of
 * TypeScript without JSX; `false` also where only a parser could tell, such as what a slash after `)` means.
 */
export function isOneBody(text: string, form: 'block' | 'expression'): boolean {
  /** What closes each bracket that is open; a backtick for a part put into a template. */
  const open: string[] = [];
  /** The last sign that is neither space nor comment. */
  let last = '';
  let closedAt = 0;
  let at = 0;
  while (at < text.length) {
    const sign = text.charAt(at);
    const isOutside = open.length === 0;
    const end = endOfToken(text, { at, last, open });
    if (end === undefined) return false;
    if (isOutside && !isSpaceOrComment(text, at)) {
      if (form === 'expression' && /[,;<]/.test(sign)) return false;
      if (form === 'block' && (sign !== '{' || last !== '')) return false;
    }
    if (!isSpaceOrComment(text, at)) {
      last = text.charAt(end - 1);
      closedAt = end;
    }
    at = end;
  }
  // A comment behind a body is no part of it.
  return open.length === 0 && last !== '' && closedAt === text.length;
}

interface Scan {
  readonly at: number;
  readonly last: string;
  readonly open: string[];
}

/** Where the token that begins here ends; undefined when it does not, or nobody can be sure. */
function endOfToken(text: string, { at, last, open }: Scan): number | undefined {
  const sign = text.charAt(at);
  if (sign === "'" || sign === '"') return endOfString(text, at);
  if (sign === '/') return endOfSlash(text, at, last);
  if (sign === '`' || (sign === '}' && open.at(-1) === '`')) {
    if (sign === '}') open.pop();
    return endOfTemplatePart(text, at + 1, open);
  }
  const closes = closing[sign];
  if (closes !== undefined) open.push(closes);
  else if (/[)\]}]/.test(sign) && open.pop() !== sign) return undefined;
  // An escape may spell any word.
  return sign === '\\' ? undefined : at + 1;
}

function isSpaceOrComment(text: string, at: number): boolean {
  return /^(?:\s|\/[/*])/.test(text.slice(at, at + 2));
}

function endOfSlash(text: string, at: number, last: string): number | undefined {
  const next = text.charAt(at + 1);
  if (next === '/') {
    // One that runs on behind the text would swallow what follows.
    const found = /[\n\r\u2028\u2029]/.exec(text.slice(at));
    return found === null ? undefined : at + found.index;
  }
  if (next === '*') {
    const found = text.indexOf('*/', at + 2);
    return found === -1 ? undefined : found + 2;
  }
  const meaning = meaningOfSlash(text, at, last);
  if (meaning === 'unknown') return undefined;
  return meaning === 'division' ? at + 1 : endOfRegex(text, at);
}

const regexFollows = /[(,=:[&|?{;%*~^]/;
const valueEnds = /[\w$\]'"`]/;
/** After these words comes a value, unless they are a property's name; some of them may name a variable. */
const words =
  /(?:^|[^\w$.])(?:(return|typeof|case|void|throw|in|delete|instanceof|new|else|do)|of|await|yield)$/;

function meaningOfSlash(text: string, at: number, last: string): 'division' | 'regex' | 'unknown' {
  const before = text.slice(Math.max(0, at - 40), at).trimEnd();
  // A comment lies between, or a long space.
  if (before.at(-1) !== last) return last === '' ? 'regex' : 'unknown';
  if (regexFollows.test(last)) return 'regex';
  if (!valueEnds.test(last)) return 'unknown';
  const word = words.exec(before);
  if (word === null) return 'division';
  return word[1] === undefined ? 'unknown' : 'regex';
}

function endOfRegex(text: string, from: number): number | undefined {
  let inClass = false;
  for (let at = from + 1; at < text.length; at++) {
    const sign = text.charAt(at);
    if (sign === '\n' || sign === '\r') return undefined;
    if (sign === '\\') at++;
    else if (sign === '[') inClass = true;
    else if (sign === ']') inClass = false;
    else if (sign === '/' && !inClass) return at + 1;
  }
  return undefined;
}

function endOfString(text: string, from: number): number | undefined {
  const quote = text.charAt(from);
  for (let at = from + 1; at < text.length; at++) {
    const sign = text.charAt(at);
    if (sign === quote) return at + 1;
    if (sign === '\n' || sign === '\r') return undefined;
    if (sign === '\\') at++;
  }
  return undefined;
}

/** To the template's end, or to the next part that is put into it. */
function endOfTemplatePart(text: string, from: number, open: string[]): number | undefined {
  for (let at = from; at < text.length; at++) {
    const sign = text.charAt(at);
    if (sign === '`') return at + 1;
    if (sign === '$' && text.charAt(at + 1) === '{') {
      open.push('`');
      return at + 2;
    }
    if (sign === '\\') at++;
  }
  return undefined;
}
