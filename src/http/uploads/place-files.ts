import { ApiError } from '../../contract/api-error.ts';
import type { FileSlot } from './file-slots.ts';

export interface PlacedFile {
  readonly slot: FileSlot;
  readonly file: unknown;
}

/**
 * The body with its files where their names say, as the validator takes it. `body` itself stays as it is,
 * and is given back when files cannot be put into it: that the validator tells best.
 *
 * @throws ApiError INVALID_REQUEST when a place is taken already
 */
export function placeFiles(body: unknown, files: readonly PlacedFile[]): unknown {
  const root = body === undefined ? {} : body;
  if (!isRecord(root)) return body;
  const copy = { ...root };
  const lists = new Map<string, unknown[]>();
  for (const { slot, file } of files) {
    const name = slot.path.join('.');
    const list = lists.get(name);
    if (list !== undefined) {
      list.push(file);
      continue;
    }
    const value: unknown = slot.many ? [file] : file;
    if (Array.isArray(value)) lists.set(name, value);
    place(copy, slot.path, value);
  }
  return copy;
}

function place(root: Record<string, unknown>, path: readonly string[], value: unknown): void {
  let record = root;
  for (const key of path.slice(0, -1)) {
    const inner = Object.hasOwn(record, key) ? record[key] : {};
    if (!isRecord(inner)) throw taken(path);
    record = define(record, key, { ...inner });
  }
  const last = path.at(-1) ?? '';
  if (Object.hasOwn(record, last)) throw taken(path);
  define(record, last, value);
}

function define<T>(record: Record<string, unknown>, key: string, value: T): T {
  Object.defineProperty(record, key, { value, enumerable: true, writable: true, configurable: true });
  return value;
}

function taken(path: readonly string[]): ApiError {
  const name = path.join('.');
  return new ApiError(
    'INVALID_REQUEST',
    `'${name}': expected one value, got more; send it as one file, or inside 'body'`,
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
