/**
 * Splits text into the commands of a shell and their words, as bash does, or Windows' cmd where the text looks like
 * it. Variables, substitutions and redirections are not known: they stay words.
 */
export function splitShell(text: string): string[][] {
  return isCmd(text) ? splitCmd(text) : splitBash(text);
}

/** Browsers copy for cmd with `^"` or with a caret at the end of the line. */
function isCmd(text: string): boolean {
  return /\^\r?\n/.test(text) || /\s\^"/.test(text);
}

interface Words {
  commands: string[][];
  word: string | undefined;
}

function endWord(words: Words): void {
  if (words.word !== undefined) words.commands.at(-1)?.push(words.word);
  words.word = undefined;
}

function endCommand(words: Words): void {
  endWord(words);
  if ((words.commands.at(-1)?.length ?? 0) > 0) words.commands.push([]);
}

function splitBash(text: string): string[][] {
  const words: Words = { commands: [[]], word: undefined };
  for (let index = 0; index < text.length; index++) {
    const char = text[index] ?? '';
    const next = text[index + 1] ?? '';
    if (char === '\\' && (next === '\n' || (next === '\r' && text[index + 2] === '\n')))
      index += next === '\r' ? 2 : 1;
    else if (char === '\\') {
      words.word = (words.word ?? '') + next;
      index++;
    } else if (char === "'") index = singleQuoted(text, index, words);
    else if (char === '"') index = doubleQuoted(text, index, words);
    else if (char === '$' && next === "'") index = ansiQuoted(text, index + 1, words);
    else if (char === '#' && words.word === undefined) {
      const end = text.indexOf('\n', index);
      index = (end < 0 ? text.length : end) - 1;
    } else if (char === '\n' || char === ';' || char === '|' || (char === '&' && next === '&')) {
      endCommand(words);
      if (char === '&' || (char === '|' && next === '|')) index++;
    } else if (/\s/.test(char)) endWord(words);
    else words.word = (words.word ?? '') + char;
  }
  endCommand(words);
  return words.commands.filter((command) => command.length > 0);
}

function singleQuoted(text: string, start: number, words: Words): number {
  const end = text.indexOf("'", start + 1);
  const stop = end < 0 ? text.length : end;
  words.word = (words.word ?? '') + text.slice(start + 1, stop);
  return stop;
}

function doubleQuoted(text: string, start: number, words: Words): number {
  let word = words.word ?? '';
  let index = start + 1;
  for (; index < text.length && text[index] !== '"'; index++) {
    if (text[index] !== '\\') word += text[index];
    else if (text[index + 1] === '\n') index++;
    else if ('"\\$`'.includes(text[index + 1] ?? ' ')) word += text[++index];
    else word += '\\';
  }
  words.word = word;
  return index;
}

const escapes: Record<string, string> = {
  n: '\n',
  r: '\r',
  t: '\t',
  a: '\u0007',
  b: '\b',
  f: '\f',
  v: '\v',
  e: '\u001B',
};

/** `$'…'` with its escapes. */
function ansiQuoted(text: string, start: number, words: Words): number {
  let word = words.word ?? '';
  let index = start + 1;
  for (; index < text.length && text[index] !== "'"; index++) {
    if (text[index] !== '\\') {
      word += text[index];
      continue;
    }
    const code = /^(?:u([\da-fA-F]{1,4})|U([\da-fA-F]{1,8})|x([\da-fA-F]{1,2})|([0-7]{1,3}))/.exec(
      text.slice(index + 1, index + 10),
    );
    if (code === null) {
      const escaped = text[++index] ?? '';
      word += Object.hasOwn(escapes, escaped) ? escapes[escaped] : escaped;
      continue;
    }
    const point =
      code[4] === undefined
        ? Number.parseInt(code[1] ?? code[2] ?? code[3] ?? '0', 16)
        : Number.parseInt(code[4], 8);
    word += point <= 0x10_ff_ff ? String.fromCodePoint(point) : '';
    index += code[0].length;
  }
  words.word = word;
  return index;
}

/** Carets first, then quotes with `\"` and `""` as the C runtime reads them. */
function splitCmd(text: string): string[][] {
  const plain = text
    .replaceAll(/\^\r?\n\s*\r?\n/g, '\n')
    .replaceAll(/\^\r?\n[ \t]*/g, ' ')
    .replaceAll(/\^([^\n])/g, '$1');
  const words: Words = { commands: [[]], word: undefined };
  let quoted = false;
  for (let index = 0; index < plain.length; index++) {
    const char = plain[index] ?? '';
    const slashes = /^\\+(?=")/.exec(plain.slice(index, index + 100))?.[0].length ?? 0;
    if (slashes > 0) {
      words.word = (words.word ?? '') + '\\'.repeat(Math.floor(slashes / 2));
      index += slashes - 1;
      if (slashes % 2 === 1) words.word += plain[++index] ?? '';
    } else if (char === '"' && quoted && plain[index + 1] === '"') {
      words.word = `${words.word ?? ''}"`;
      index++;
    } else if (char === '"') {
      quoted = !quoted;
      words.word ??= '';
    } else if (!quoted && (char === '\n' || char === '&')) endCommand(words);
    else if (!quoted && /\s/.test(char)) endWord(words);
    else words.word = (words.word ?? '') + char;
  }
  endCommand(words);
  return words.commands.filter((command) => command.length > 0);
}
