import type { Json } from '../model/json.ts';
import { ValueError } from './value-error.ts';

/** `user.list[0].x` as a name of its own, or as a way into the variable `user`. */
export interface Reference {
  kind: 'reference';
  /** As written. */
  text: string;
  head: string;
  path: (string | number)[];
}

export type Operand = Reference | { kind: 'literal'; value: Json };

export interface Call {
  name: string;
  args: Operand[];
}

/** `{{from | filter:arg | …}}`. A built-in has a name that begins with `$`, and may have arguments itself. */
export interface Expression {
  /** As written between the braces. */
  text: string;
  from: Operand | { kind: 'builtin'; call: Call };
  filters: Call[];
}

/**
 * Reads what stands between `{{` and `}}`: a name with a way into its value (`user.id`, `list[0].x`), a built-in
 * (`$randomInt:1:6`) or a quoted text; then filters. Arguments follow colons: a quoted text, a number, `true`,
 * `false`, `null`, or the name of a variable.
 */
export function parseExpression(text: string): Expression {
  const [first = '', ...rest] = splitOutsideQuotes(text, '|').map((part) => part.trim());
  if (first === '') {
    throw invalid(text, "a name is missing. For the braces themselves write {{'{{'}}");
  }
  const filters = rest.map((part) => {
    if (part === '') throw invalid(text, 'a filter is missing after |');
    return parseCall(part, text);
  });
  if (first.startsWith('$'))
    return { text, from: { kind: 'builtin', call: parseCall(first, text) }, filters };
  return { text, from: parseSource(first, text), filters };
}

function parseCall(part: string, text: string): Call {
  const [name = '', ...args] = splitOutsideQuotes(part, ':').map((piece) => piece.trim());
  if (!/^\$?\w+$/.test(name)) throw invalid(text, `"${name}" is no name of a filter or built-in`);
  return {
    name,
    args: args.map((arg) => {
      if (arg === '') throw invalid(text, `an argument of ${name} is empty; write '' for an empty text`);
      return parseArgument(arg, text);
    }),
  };
}

function parseArgument(arg: string, text: string): Operand {
  const literal = { true: true, false: false, null: null }[arg];
  if (literal !== undefined) return { kind: 'literal', value: literal };
  if (/^-?\d+(\.\d+)?$/.test(arg)) return { kind: 'literal', value: Number(arg) };
  return parseSource(arg, text);
}

function parseSource(part: string, text: string): Operand {
  const quote = part[0];
  if (quote === "'" || quote === '"') {
    if (part.length < 2 || part.indexOf(quote, 1) !== part.length - 1) {
      throw invalid(text, `the text ${part} does not end with ${quote}`);
    }
    return { kind: 'literal', value: part.slice(1, -1) };
  }
  return parseReference(part, text);
}

const segment = /\.([^.[\]]+)|\[(-?\d+)\]|\[(?:'([^']*)'|"([^"]*)")\]/y;

function parseReference(part: string, text: string): Reference {
  const head = /^[^.[\]{}'"]+/.exec(part)?.[0];
  if (head === undefined) throw invalid(text, `"${part}" is no name`);
  const path: (string | number)[] = [];
  segment.lastIndex = head.length;
  while (segment.lastIndex < part.length) {
    const at = segment.lastIndex;
    const match = segment.exec(part);
    if (!match)
      throw invalid(text, `"${part.slice(at)}" is no way into a value; write .name, [0] or ['name']`);
    path.push(match[2] === undefined ? (match[1] ?? match[3] ?? match[4] ?? '') : Number(match[2]));
  }
  return { kind: 'reference', text: part, head: head.trim(), path };
}

function splitOutsideQuotes(text: string, separator: '|' | ':'): string[] {
  const parts: string[] = [];
  let quote = '';
  let from = 0;
  for (let index = 0; index < text.length; index += 1) {
    const char = text[index] ?? '';
    if (quote !== '') quote = char === quote ? '' : quote;
    else if (char === "'" || char === '"') quote = char;
    else if (char === separator) {
      parts.push(text.slice(from, index));
      from = index + 1;
    }
  }
  parts.push(text.slice(from));
  return parts;
}

function invalid(text: string, why: string): ValueError {
  return new ValueError('TEMPLATE_INVALID', `{{${text}}} cannot be read: ${why}.`);
}
