import { types } from 'node:util';
import { ApiError } from './api-error.ts';
import { toJsonString } from './own-json.ts';

/** Deeper values are refused: neither our walk nor `JSON.stringify` may exhaust the stack. */
const maxDepth = 1000;

/**
 * What a function returned, as JSON text.
 *
 * `undefined` → null (as a property: left out), Date → ISO 8601, bigint → string, Map → `[[key, value],
 * …]`, Set → array, Buffer, typed array and ArrayBuffer → base64, Error → `{name, message}`, `toJSON` is
 * honoured, other objects → their own enumerable properties.
 *
 * @throws ApiError INTERNAL_ERROR naming the path of a value that JSON cannot represent: NaN, Infinity, an
 * invalid Date, a function, a symbol, a promise, a cycle, or nesting beyond 1000 levels
 */
export function toJsonText(value: unknown): string {
  if (isPlain(value, 0)) return toJsonString(value) ?? 'null';
  const walk: Walk = { path: [], ancestors: new Map() };
  return toJsonString(toPlain(value, walk) ?? null);
}

/** Whether `JSON.stringify` alone gives the right text; the usual case, so it must not copy or build paths. */
function isPlain(value: unknown, depth: number): boolean {
  switch (typeof value) {
    case 'string':
    case 'boolean':
    case 'undefined':
      return true;
    case 'number':
      return Number.isFinite(value);
    case 'object':
      return value === null || (depth < maxDepth && isPlainObject(value, depth + 1));
    default:
      return false;
  }
}

function isPlainObject(value: object, depth: number): boolean {
  if (Array.isArray(value)) {
    if ('toJSON' in value) return false;
    for (const element of value) if (!isPlain(element, depth)) return false;
    return true;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if ((prototype !== Object.prototype && prototype !== null) || 'toJSON' in value) return false;
  const record = value as Record<string, unknown>;
  for (const key of Object.keys(record)) if (!isPlain(record[key], depth)) return false;
  return true;
}

interface Walk {
  /** Keys from the root to the present value. */
  readonly path: (string | number)[];
  /** Objects around the present value, with the length of their path. */
  readonly ancestors: Map<object, number>;
}

/** A copy that `JSON.stringify` gives the right text for. */
function toPlain(value: unknown, walk: Walk): unknown {
  switch (typeof value) {
    case 'number':
      return Number.isFinite(value) ? value : refuse(walk, `is ${value}`);
    case 'bigint':
      return value.toString();
    case 'function':
      return refuse(walk, 'is a function');
    case 'symbol':
      return refuse(walk, 'is a symbol');
    case 'object':
      return value === null ? null : toPlainObject(value, walk);
    default:
      return value;
  }
}

function toPlainObject(value: object, walk: Walk): unknown {
  if (types.isDate(value)) {
    return Number.isNaN(value.getTime()) ? refuse(walk, 'is an invalid Date') : value.toISOString();
  }
  if (ArrayBuffer.isView(value)) {
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64');
  }
  if (types.isAnyArrayBuffer(value)) return Buffer.from(value).toString('base64');
  if (types.isBoxedPrimitive(value)) return toPlain(value.valueOf(), walk);
  if (types.isPromise(value)) return refuse(walk, 'is a promise (is an `await` missing?)');

  const earlier = walk.ancestors.get(value);
  if (earlier !== undefined) return refuse(walk, `refers back to ${pathText(walk.path.slice(0, earlier))}`);
  if (walk.ancestors.size >= maxDepth) return refuse(walk, `is nested deeper than ${maxDepth} levels`);
  walk.ancestors.set(value, walk.path.length);
  const plain = copyChildren(value, walk);
  walk.ancestors.delete(value);
  return plain;
}

function copyChildren(value: object, walk: Walk): unknown {
  if ('toJSON' in value && typeof value.toJSON === 'function') {
    const replaced: unknown = value.toJSON(String(walk.path.at(-1) ?? ''));
    // An object may return itself: then its own properties count, as in `JSON.stringify`.
    return replaced === value ? copyProperties(value, walk) : toPlain(replaced, walk);
  }
  if (Array.isArray(value)) return copyElements(value, walk);
  if (types.isMap(value) || types.isSet(value)) return copyElements([...value], walk);
  if (types.isNativeError(value)) return { name: value.name, message: value.message };
  return copyProperties(value, walk);
}

function copyElements(values: readonly unknown[], walk: Walk): unknown[] {
  const copy: unknown[] = [];
  for (let index = 0; index < values.length; index++) {
    walk.path.push(index);
    copy.push(toPlain(values[index], walk));
    walk.path.pop();
  }
  return copy;
}

function copyProperties(value: object, walk: Walk): Record<string, unknown> {
  // Without a prototype, a key `__proto__` is a property like any other.
  const copy = Object.create(null) as Record<string, unknown>;
  for (const [key, child] of Object.entries(value)) {
    walk.path.push(key);
    copy[key] = toPlain(child, walk);
    walk.path.pop();
  }
  return copy;
}

function refuse(walk: Walk, problem: string): never {
  throw new ApiError('INTERNAL_ERROR', `${pathText(walk.path)} ${problem}, which JSON cannot represent`);
}

/** `data.items[3].price`; the middle of a very long path is left out. */
function pathText(path: readonly (string | number)[]): string {
  const segments = path.map((key) => {
    if (typeof key === 'number') return `[${key}]`;
    return /^[A-Za-z_$][\w$]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
  });
  const shown = segments.length <= 32 ? segments : [...segments.slice(0, 16), '…', ...segments.slice(-8)];
  return `data${shown.join('')}`;
}
