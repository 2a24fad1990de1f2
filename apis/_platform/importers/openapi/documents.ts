import { posix } from 'node:path';
import type { Json } from '../../model/json.ts';
import type { ImportInput } from '../importer.ts';
import { parseDocument } from '../parse-document.ts';
import { at, isObject, pointerToken } from '../read-node.ts';

/** A value with the file it is in: what its `$ref`s are relative to, and where it can be pointed at. */
export interface Located<T extends Json | undefined = Json> {
  readonly value: T;
  readonly file: string;
  readonly pointer: string;
}

export function childOf(parent: Located, key: string | number): Located<Json | undefined> {
  const { value, file } = parent;
  const child = Array.isArray(value) ? value[Number(key)] : at(value, String(key));
  return { value: child, file, pointer: `${parent.pointer}/${pointerToken(String(key))}` };
}

/** The elements of an object or list, each with its place. */
export function childrenOf(parent: Located<Json | undefined>): [key: string, Located][] {
  const { value, file, pointer } = parent;
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).map(([key, child]) => [
    key,
    { value: child, file, pointer: `${pointer}/${pointerToken(key)}` },
  ]);
}

/** The files of one description, and what leads from one to another. */
export class Documents {
  readonly root: Located;
  #parsed = new Map<string, Json>();
  #texts: Map<string, string>;

  constructor(input: ImportInput) {
    this.#texts = new Map(input.others.map((file) => [normal(file.name), file.text]));
    const name = normal(input.name);
    this.#texts.set(name, input.text);
    this.root = { value: this.#read(name, input.name), file: name, pointer: '' };
  }

  /** What a `$ref` in `file` leads to; undefined when the file was not given or has nothing there. */
  resolve(ref: string, file: string): Located | undefined {
    const [target, fragment = ''] = splitRef(ref);
    const name = target === '' ? file : this.#find(target, file);
    if (name === undefined) return undefined;
    let found: Located = { value: this.#read(name, name), file: name, pointer: '' };
    const path = decode(fragment);
    if (path !== '' && !path.startsWith('/')) return this.#anchored(found, path);
    for (const token of path.split('/').slice(1)) {
      const next = childOf(found, token.replaceAll('~1', '/').replaceAll('~0', '~'));
      if (next.value === undefined) return undefined;
      found = next as Located;
    }
    return found;
  }

  /** Follows `$ref` until there is none; undefined when one leads nowhere or in a circle. */
  follow(node: Located): Located | undefined {
    const seen = new Set<string>();
    let current: Located | undefined = node;
    for (;;) {
      const ref: Json | undefined = at(current.value, '$ref');
      if (typeof ref !== 'string') return current;
      const key: string = `${current.file} ${ref}`;
      if (seen.has(key)) return undefined;
      seen.add(key);
      current = this.resolve(ref, current.file);
      if (current === undefined) return undefined;
    }
  }

  /** Files and URLs that are referred to, in any file that can be reached, and are not there. */
  missing(): string[] {
    const missing = new Set<string>();
    const visited = new Set<string>();
    const queue = [this.root.file];
    for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
      if (visited.has(name)) continue;
      visited.add(name);
      for (const target of targetsIn(this.#read(name, name))) {
        const found = this.#find(target, name);
        if (found === undefined) missing.add(absolute(target, name));
        else queue.push(found);
      }
    }
    return [...missing];
  }

  /** Names of the files that were read. */
  get used(): string[] {
    return [...this.#parsed.keys()];
  }

  /** By its path, else by its last part where only one file has it: uploads come without folders. */
  #find(target: string, from: string): string | undefined {
    const wanted = absolute(target, from);
    if (this.#texts.has(wanted)) return wanted;
    if (isUrl(wanted)) return undefined;
    const same = [...this.#texts.keys()].filter((name) => posix.basename(name) === posix.basename(wanted));
    return same.length === 1 ? same[0] : undefined;
  }

  #read(name: string, shown: string): Json {
    const known = this.#parsed.get(name);
    if (known !== undefined) return known;
    const value = parseDocument({ name: shown, text: this.#texts.get(name) ?? '' });
    this.#parsed.set(name, value);
    // Its name alone is asked for from now on.
    this.#texts.set(name, '');
    return value;
  }

  /** `#name`: a schema that says so by `$anchor`. */
  #anchored(document: Located, name: string): Located | undefined {
    const stack: Located[] = [document];
    const seen = new Set<unknown>();
    for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
      if (seen.has(next.value)) continue;
      seen.add(next.value);
      if (at(next.value, '$anchor') === name || at(next.value, '$dynamicAnchor') === name) return next;
      stack.push(...childrenOf(next).map(([, child]) => child));
    }
    return undefined;
  }
}

function splitRef(ref: string): [target: string, fragment?: string] {
  const hash = ref.indexOf('#');
  return hash < 0 ? [ref] : [ref.slice(0, hash), ref.slice(hash + 1)];
}

/** Where `$ref`s lead outside their file; properties that are called `$ref` hold schemas, and are no texts. */
function* targetsIn(value: Json): Generator<string> {
  const stack: Json[] = [value];
  const seen = new Set<Json>();
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    if (typeof next !== 'object' || next === null || seen.has(next)) continue;
    seen.add(next);
    const ref = at(next, '$ref');
    if (typeof ref === 'string') {
      const [target] = splitRef(ref);
      if (target !== '') yield target;
    }
    for (const [key, child] of Object.entries(next)) if (!isExample(key, next)) stack.push(child);
  }
}

/** Examples may hold a `$ref` that is data; one that leads to an example object is in a map called `examples`. */
function isExample(key: string, holder: Json): boolean {
  return isObject(holder) && (key === 'example' || key === 'default' || key === 'const' || key === 'enum');
}

function isUrl(name: string): boolean {
  return /^https?:\/\//i.test(name);
}

function absolute(target: string, from: string): string {
  if (isUrl(target)) return target;
  if (isUrl(from)) return URL.canParse(target, from) ? new URL(target, from).href : target;
  return normal(posix.join(posix.dirname(from), decode(target)));
}

function normal(name: string): string {
  if (isUrl(name)) return name;
  return posix.normalize(name.replaceAll('\\', '/')).replace(/^(?:\.\/)+/, '');
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
