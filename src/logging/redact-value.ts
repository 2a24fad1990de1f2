import { types } from 'node:util';
import type { Scrub } from './secret-scrubber.ts';
import { isSensitiveName, redacted, redactText } from './sensitive-text.ts';

export interface RedactOptions {
  /** Characters of JSON that are wanted, roughly; the walk stops there. */
  readonly budget: number;
  readonly scrub: Scrub;
}

export interface RedactedValue {
  /** A copy that `JSON.stringify` takes, whatever was given. */
  readonly value: unknown;
  /** False when the budget was used up: something is missing at the end. */
  readonly complete: boolean;
}

interface Walk {
  left: number;
  complete: boolean;
  readonly ancestors: Set<object>;
  readonly scrub: Scrub;
}

/** Deeper values are left out; the runtime accepts bodies of depth 64. */
const deepest = 100;
/** Texts that are JSON themselves are looked into up to this length. Characters. */
const longestInnerJson = 16_384;
/** A text is scrubbed with this much beyond the cut, so that no token is cut in half and missed. Characters. */
const overlap = 1_024;

/** Copies a value for the log, with secrets replaced by `[redacted]`; the cost is bounded by the budget. */
export function redactValue(value: unknown, { budget, scrub }: RedactOptions): RedactedValue {
  const walk: Walk = { left: budget, complete: true, ancestors: new Set(), scrub };
  const copy = copyOf(value, walk);
  return { value: copy, complete: walk.complete };
}

function copyOf(value: unknown, walk: Walk): unknown {
  if (typeof value === 'string') return copyText(value, walk);
  if (typeof value === 'object' && value !== null) return copyObject(value, walk);
  if (typeof value === 'bigint') return copyText(String(value), walk);
  if (typeof value === 'function' || typeof value === 'symbol') return `[${typeof value}]`;
  walk.left -= 4;
  return value;
}

function copyText(text: string, walk: Walk): string {
  const room = Math.max(walk.left, 0);
  const safe = safeText(text, room, walk);
  if (safe.length > room) walk.complete = false;
  const copy = safe.slice(0, room);
  walk.left -= copy.length + 2;
  return copy;
}

function safeText(text: string, room: number, walk: Walk): string {
  if (text.length <= longestInnerJson && /^\s*[[{]/.test(text)) {
    const inner = parsedJson(text);
    if (inner !== undefined) {
      const part: Walk = { ...walk, left: room };
      const copy = JSON.stringify(copyOf(inner, part));
      if (!part.complete) walk.complete = false;
      return walk.scrub(copy);
    }
  }
  return redactText(walk.scrub(text.slice(0, room + overlap)));
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function copyObject(value: object, walk: Walk): unknown {
  if (walk.ancestors.has(value)) return '[circular]';
  if (walk.ancestors.size >= deepest) return '[too deep]';
  walk.ancestors.add(value);
  try {
    return copyMembers(value, walk);
  } catch {
    return '[unreadable]'; // a getter or a proxy threw
  } finally {
    walk.ancestors.delete(value);
  }
}

function copyMembers(value: object, walk: Walk): unknown {
  walk.left -= 2;
  if (Array.isArray(value) || types.isSet(value)) return copyItems(value, walk);
  if (types.isMap(value)) return copyEntries(mapEntries(value), walk);
  if (types.isDate(value))
    return copyText(Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString(), walk);
  if (ArrayBuffer.isView(value) || types.isAnyArrayBuffer(value)) return `[${value.byteLength} bytes]`;
  if (types.isNativeError(value)) return copyText(`${value.name}: ${value.message}`, walk);
  return copyEntries(ownEntries(value), walk);
}

function copyItems(items: Iterable<unknown>, walk: Walk): unknown[] {
  const copy: unknown[] = [];
  for (const item of items) {
    if (outOfBudget(walk)) break;
    walk.left -= 1;
    copy.push(copyOf(item, walk));
  }
  return copy;
}

function copyEntries(entries: Iterable<[string, unknown]>, walk: Walk): object {
  const copy: Record<string, unknown> = {};
  for (const [name, value] of entries) {
    if (outOfBudget(walk)) break;
    const key = copyText(name, walk);
    walk.left -= 1;
    const inner = isSensitiveName(name) ? copyText(redacted, walk) : copyOf(value, walk);
    // Not an assignment: the name may be `__proto__`.
    Object.defineProperty(copy, key, { value: inner, enumerable: true, configurable: true, writable: true });
  }
  return copy;
}

function* ownEntries(value: object): Generator<[string, unknown]> {
  for (const name of Object.keys(value)) yield [name, (value as Record<string, unknown>)[name]];
}

function* mapEntries(map: Map<unknown, unknown>): Generator<[string, unknown]> {
  for (const [key, value] of map) yield [String(key), value];
}

function outOfBudget(walk: Walk): boolean {
  if (walk.left > 0) return false;
  walk.complete = false;
  return true;
}
