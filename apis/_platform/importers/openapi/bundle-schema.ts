import type { Json } from '../../model/json.ts';
import { at, isObject } from '../read-node.ts';

const prefix = '#/components/schemas/';
/** Characters of JSON: a check carries its whole schema. */
const maxSize = 256 * 1024;

/** A schema with all that it refers to below `$defs`, so that it stands by itself; undefined when that is too large. */
export function bundleSchema(schema: Json, resolve: (ref: string) => Json | undefined): Json | undefined {
  const found = new Map<string, Json>();
  let size = JSON.stringify(schema).length;
  const queue = [schema];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    for (const name of refsIn(next)) {
      if (found.has(name)) continue;
      const target = resolve(prefix + name) ?? {};
      size += JSON.stringify(target).length;
      if (size > maxSize) return undefined;
      found.set(name, target);
      queue.push(target);
    }
  }
  const own = rewritten(schema);
  if (found.size === 0) return own;
  const definitions = [...found].map(([name, target]): [string, Json] => [name, rewritten(target)]);
  return { ...(isObject(own) ? own : {}), $defs: Object.fromEntries(definitions) };
}

/** Names of the shared schemas that a value refers to. */
export function refsIn(value: Json): Set<string> {
  const names = new Set<string>();
  const stack: Json[] = [value];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    if (typeof next !== 'object' || next === null) continue;
    const ref = at(next, '$ref');
    if (typeof ref === 'string' && ref.startsWith(prefix)) names.add(ref.slice(prefix.length));
    for (const child of Object.values(next)) if (typeof child === 'object') stack.push(child);
    const mapping = at(at(next, 'discriminator'), 'mapping');
    for (const target of isObject(mapping) ? Object.values(mapping) : []) {
      if (typeof target === 'string' && target.startsWith(prefix)) names.add(target.slice(prefix.length));
    }
  }
  return names;
}

/** The same value with each reference to a shared schema put through `rename`. */
export function renameRefs(value: Json, rename: (name: string) => string): Json {
  if (Array.isArray(value)) return value.map((item) => renameRefs(item, rename));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, child]): [string, Json] => {
      if (typeof child === 'string' && child.startsWith(prefix))
        return [key, rename(child.slice(prefix.length))];
      return [key, renameRefs(child, rename)];
    }),
  );
}

function rewritten(value: Json): Json {
  return renameRefs(value, (name) => `#/$defs/${name}`);
}

/** As `refsIn`, of JSON as text. */
export function schemaRefs(json: string): string[] {
  const names = [...json.matchAll(/"#\/components\/schemas\/([\w.-]+)"/g)].map((match) => match[1] ?? '');
  return [...new Set(names)];
}

/** JSON as text with shared schemas under other names. */
export function renameInJson(json: string, names: ReadonlyMap<string, string>): string {
  if (names.size === 0) return json;
  return json.replaceAll(/"#\/components\/schemas\/([\w.-]+)"/g, (whole, name: string) => {
    const renamed = names.get(name);
    return renamed === undefined ? whole : `"${prefix}${renamed}"`;
  });
}
