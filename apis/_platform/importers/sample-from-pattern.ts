/**
 * A short text that matches a regular expression, as far as the usual parts go: literals, classes, groups, choices,
 * repetitions, `\d \w \s`. Undefined where it has others, or where the text does not match after all.
 */
export function sampleFromPattern(pattern: string): string | undefined {
  if (pattern.length > 1000) return undefined;
  let expression: RegExp;
  try {
    expression = new RegExp(pattern, 'u');
  } catch {
    return undefined;
  }
  const reader = { pattern, index: 0, depth: 0 };
  const text = choice(reader);
  if (text === undefined || reader.index < pattern.length || text.length > 10_000) return undefined;
  return expression.test(text) ? text : undefined;
}

interface Reader {
  readonly pattern: string;
  index: number;
  depth: number;
}

/** The first of `a|b|c`; the others are read past. */
function choice(reader: Reader): string | undefined {
  if (++reader.depth > 50) return undefined;
  let first: string | undefined;
  for (let turn = 0; ; turn++) {
    const text = sequence(reader);
    if (text === undefined) return undefined;
    if (turn === 0) first = text;
    if (reader.pattern[reader.index] !== '|') break;
    reader.index++;
  }
  reader.depth--;
  return first;
}

function sequence(reader: Reader): string | undefined {
  let text = '';
  while (reader.index < reader.pattern.length && !'|)'.includes(reader.pattern[reader.index] ?? '')) {
    const part = atom(reader);
    if (part === undefined) return undefined;
    const times = repetitions(reader);
    if (times * part.length > 10_000) return undefined;
    text += part.repeat(times);
  }
  return text;
}

function atom(reader: Reader): string | undefined {
  const { pattern } = reader;
  const character = String.fromCodePoint(pattern.codePointAt(reader.index) ?? 0);
  reader.index += character.length;
  switch (character) {
    case '^':
    case '$':
      return '';
    case '.':
      return 'a';
    case '[':
      return characterClass(reader);
    case '(': {
      const special = /^\?(?::|<[A-Za-z]\w*>)/.exec(pattern.slice(reader.index, reader.index + 60));
      if (pattern[reader.index] === '?' && special === null) return undefined;
      reader.index += special?.[0].length ?? 0;
      const text = choice(reader);
      if (text === undefined || pattern[reader.index] !== ')') return undefined;
      reader.index++;
      return text;
    }
    case '\\':
      return escape(reader);
    default:
      return character;
  }
}

function escape(reader: Reader): string | undefined {
  const code = reader.pattern[reader.index++] ?? '';
  const known = { d: '1', w: 'a', s: ' ', D: 'a', W: '-', S: 'a', t: '\t', n: '\n', r: '\r', b: '', B: '' };
  if (Object.hasOwn(known, code)) return known[code as keyof typeof known];
  return /[\w\s]/.test(code) || code === '' ? undefined : code;
}

/** The first letter or digit that the class has, else its first character. */
function characterClass(reader: Reader): string | undefined {
  const end = /^(?:\\.|[^\]\\])*\]/su.exec(reader.pattern.slice(reader.index));
  if (end === null) return undefined;
  const body = end[0];
  reader.index += body.length;
  const test = new RegExp(`[${body}`, 'u');
  for (const candidate of 'aA0bB1cxXyzZ_-. :/@#') if (test.test(candidate)) return candidate;
  for (let code = 0x21; code < 0x2_00; code++) {
    if (test.test(String.fromCodePoint(code))) return String.fromCodePoint(code);
  }
  return undefined;
}

/** How often what was just read is taken: the least, but once where that is allowed. */
function repetitions(reader: Reader): number {
  const found = /^(?:[*+?]|\{(\d+)(?:(,)(\d*))?\})\??/.exec(
    reader.pattern.slice(reader.index, reader.index + 30),
  );
  if (found === null) return 1;
  reader.index += found[0].length;
  if (found[1] === undefined) return 1;
  const least = Number(found[1]);
  return least === 0 && found[2] !== undefined && found[3] !== '0' ? 1 : least;
}
