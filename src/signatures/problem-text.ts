export type Path = readonly PropertyKey[];

const shownLength = 60;

/** What came, as JSON, cut where it is long. */
export function gotText(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value instanceof Blob) return 'a file';
  const json = JSON.stringify(value) ?? typeof value;
  return `'${json.length > shownLength ? `${json.slice(0, shownLength)}…` : json}'`;
}

export function literalText(value: unknown): string {
  return typeof value === 'string' ? `'${value}'` : String(value);
}

const listed = 20;

/** `a | b`, or with another word between; long lists are cut. */
export function listText(texts: readonly string[], between = ' | '): string {
  const different = [...new Set(texts)];
  if (different.length <= listed) return different.join(between);
  return `${different.slice(0, listed).join(between)}${between}… ${different.length - listed} more`;
}

/** The value at a path, or undefined where there is none. */
export function valueAt(input: unknown, path: Path): unknown {
  let value = input;
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<PropertyKey, unknown>)[key];
  }
  return value;
}

/** `user.email`, `tags[0]`, `user["odd key"]` */
export function pathText(path: Path): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`;
    const name = String(key);
    if (!/^[\w$-]+$/.test(name)) return `${text}[${JSON.stringify(name)}]`;
    return text === '' ? name : `${text}.${name}`;
  }, '');
}
