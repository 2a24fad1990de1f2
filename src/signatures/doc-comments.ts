/** What a doc comment says. */
export interface DocComment {
  /** The text before the first tag; '' when there is none. */
  readonly description: string;
  /** Texts of `@param` tags by name; `options.limit` for a property of a parameter. */
  readonly params: ReadonlyMap<string, string>;
}

export const emptyDocComment: DocComment = { description: '', params: new Map() };

/** `{type}`, then `name`, `[name]` or `[name=default]`, then an optional dash, then the text. */
const paramPattern =
  /^(?:\{[^}]*\}\s*)?(?:\[\s*([\w$.[\]]+?)\s*(?:=[^\]]*)?\]|([\w$.[\]]+))\s*(?:-\s+)?([\s\S]*)$/;

/** Reads the text of a doc comment, with its slashes and stars; anything else gives an empty one. */
export function parseDocComment(comment: string): DocComment {
  const opened = /^\s*\/\*\*(?!\/)/.exec(comment);
  if (opened === null) return emptyDocComment;
  const inner = comment.slice(opened[0].length).replace(/\*\/\s*$/, '');
  const lines = inner.split(/\r?\n/).map((line) => line.replace(/^[ \t]*\*[ \t]?/, ''));
  const [description = '', ...tags] = splitAtTags(lines);
  const params = new Map<string, string>();
  for (const tag of tags) {
    const [, param = ''] = /^@(?:param|arg|argument)\s+([\s\S]*)$/.exec(tag) ?? [];
    const [, optionalName, name = optionalName, text = ''] = paramPattern.exec(param) ?? [];
    if (name !== undefined && !params.has(name)) params.set(name, tidy(text));
  }
  return { description: tidy(description), params };
}

/** The description first, then one text per tag. A tag in a code block is text. */
function splitAtTags(lines: readonly string[]): string[] {
  const blocks: string[][] = [[]];
  let inFence = false;
  for (const line of lines) {
    if (/^\s*```/.test(line)) inFence = !inFence;
    const startsTag = !inFence && /^\s*@[a-zA-Z]/.test(line);
    if (startsTag) blocks.push([line.trimStart()]);
    else blocks.at(-1)?.push(line);
  }
  return blocks.map((block) => block.join('\n'));
}

function tidy(text: string): string {
  return text
    .replace(
      /\{@link(?:code|plain)?\s+([^}|]+?)\s*(?:\|\s*([^}]*?)\s*)?\}/g,
      (_all, target: string, label?: string) => label ?? target,
    )
    .replace(/[ \t]+$/gm, '')
    .trim();
}
