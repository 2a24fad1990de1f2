import { isInlineTag, valueTokens } from './doc-tag-names.ts';
import { nowhere, type Place } from './place.ts';
import { isTagInText } from './read-tag.ts';

/** `@minimum 1`: name and text of a tag, and where its `@` is. */
export interface DocTag {
  readonly name: string;
  readonly text: string;
  readonly place: Place;
}

/** What a doc comment says. */
export interface DocComment {
  /** The text before the first tag; '' when there is none. */
  readonly description: string;
  /** Texts of `@param` tags by name; `options.limit` for a property of a parameter. */
  readonly params: ReadonlyMap<string, string>;
  /** Constraints that stand inside these texts, by the same names. */
  readonly paramTags: ReadonlyMap<string, readonly DocTag[]>;
  /** All other tags. */
  readonly tags: readonly DocTag[];
}

export const emptyDocComment: DocComment = {
  description: '',
  params: new Map(),
  paramTags: new Map(),
  tags: [],
};

/** `{type}`, then `name`, `[name]` or `[name=default]`, then an optional dash, then the text. */
const paramPattern =
  /^(?:\{[^}]*\}\s*)?(?:\[\s*([\w$.[\]]+?)\s*(?:=[^\]]*)?\]|([\w$.[\]]+))\s*(?:-\s+)?([\s\S]*)$/;

/**
 * Reads the text of a doc comment, with its slashes and stars; anything else gives an empty one.
 * `placeAt` tells where in its file an offset of the comment is.
 */
export function parseDocComment(
  comment: string,
  placeAt: (offset: number) => Place = () => nowhere,
): DocComment {
  const opened = /^\s*\/\*\*(?!\/)/.exec(comment);
  if (opened === null) return emptyDocComment;
  const [first, ...blocks] = splitAtTags(commentLines(comment, opened[0].length));
  const params = new Map<string, string>();
  const paramTags = new Map<string, readonly DocTag[]>();
  const tags: DocTag[] = [];
  const splitInside = (block: Block, start: number): InlineTags => {
    const offset = offsetIn(block, start);
    return splitInlineTags(textOf(block).slice(start), (index) => placeAt(offset(index)));
  };
  for (const block of blocks) {
    const text = textOf(block);
    const [head, name = ''] = /^@([a-zA-Z]+)\s*/.exec(text) ?? [''];
    if (!['param', 'arg', 'argument'].includes(name)) {
      const place = placeAt(block[0]?.offset ?? 0);
      // `@minimum 1 @maximum 9` on one line are two tags.
      const inside = isInlineTag(name) ? splitInside(block, head.length) : undefined;
      tags.push(
        { name, text: inside?.before ?? text.slice(head.length).trim(), place },
        ...(inside?.tags ?? []),
      );
      continue;
    }
    const [, optionalName, param = optionalName, about = ''] =
      paramPattern.exec(text.slice(head.length)) ?? [];
    if (param === undefined || params.has(param)) continue;
    const inline = splitInside(block, text.length - about.length);
    params.set(param, tidy(inline.text));
    if (inline.tags.length > 0) paramTags.set(param, inline.tags);
  }
  const described = splitInside(first ?? [], 0);
  return { description: tidy(described.text), params, paramTags, tags: [...described.tags, ...tags] };
}

type Block = readonly CommentLine[];

interface CommentLine {
  readonly text: string;
  /** Of the text's first character in the comment. */
  readonly offset: number;
}

/** Lines without the stars that they begin with. */
function commentLines(comment: string, from: number): CommentLine[] {
  const end = comment.length - (/\*\/\s*$/.exec(comment)?.[0].length ?? 0);
  const lines: CommentLine[] = [];
  let offset = from;
  for (const line of comment.slice(from, end).split('\n')) {
    const star = /^[ \t]*\*[ \t]?/.exec(line)?.[0].length ?? 0;
    lines.push({ text: line.slice(star).replace(/\r$/, ''), offset: offset + star });
    offset += line.length + 1;
  }
  return lines;
}

/** The description first, then one block per tag. A tag in a code block is text. */
function splitAtTags(lines: Block): CommentLine[][] {
  const blocks: CommentLine[][] = [[]];
  let inFence = false;
  for (const line of lines) {
    if (/^\s*```/.test(line.text)) inFence = !inFence;
    const indent = /^\s*(?=@[a-zA-Z])/.exec(line.text)?.[0].length;
    if (inFence || indent === undefined) blocks.at(-1)?.push(line);
    else blocks.push([{ text: line.text.slice(indent), offset: line.offset + indent }]);
  }
  return blocks;
}

function textOf(block: Block): string {
  return block.map((line) => line.text).join('\n');
}

/** Offsets in the comment of what is `start` characters into the block's joined text. */
function offsetIn(block: Block, start: number): (index: number) => number {
  return (index) => {
    let rest = start + index;
    for (const line of block) {
      if (rest <= line.text.length) return line.offset + rest;
      rest -= line.text.length + 1;
    }
    return block[0]?.offset ?? 0;
  };
}

interface InlineTags {
  /** Without the tags and what belongs to them. */
  readonly text: string;
  /** The part before the first tag. */
  readonly before: string;
  readonly tags: readonly DocTag[];
}

/** `who to greet @minLength 1`: the text, and the constraints in it. Other words with an `@` stay text. */
function splitInlineTags(text: string, placeAt: (index: number) => Place): InlineTags {
  const found = [...text.matchAll(/(?<=^|\s)@([a-zA-Z]+)(?![\w.@-])/g)].filter((match) =>
    isTagInText(match[1] ?? '', text.slice(match.index + match[0].length).trim()),
  );
  const [first] = found;
  if (first === undefined || text.includes('```')) return { text, before: text.trim(), tags: [] };
  const before = text.slice(0, first.index).trim();
  const texts = [before];
  const tags = found.map((match, at): DocTag => {
    const [whole, name = ''] = match;
    const all = text.slice(match.index + whole.length, found[at + 1]?.index);
    const words = valueTokens(name);
    const value = words === undefined ? all : (firstWords[words].exec(all)?.[0] ?? '');
    texts.push(all.slice(value.length).trim());
    return { name, text: value.trim(), place: placeAt(match.index) };
  });
  return { text: texts.filter((part) => part !== '').join(' '), before, tags };
}

const firstWords: readonly [RegExp, RegExp] = [/^(?:\s+(?:true|false)\b)?/, /^\s*\S*/];

function tidy(text: string): string {
  return text
    .replace(
      /\{@link(?:code|plain)?\s+([^}|]+?)\s*(?:\|\s*([^}]*?)\s*)?\}/g,
      (_all, target: string, label?: string) => label ?? target,
    )
    .replace(/[ \t]+$/gm, '')
    .trim();
}
