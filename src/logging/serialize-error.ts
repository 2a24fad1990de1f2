import type { Scrub } from './secret-scrubber.ts';
import { redactText } from './sensitive-text.ts';

export interface SerializeErrorOptions {
  /** Maps compiled positions to those of the TypeScript source. */
  readonly mapStack: (stack: string) => string;
  readonly scrub: Scrub;
}

export interface SerializedError {
  readonly type: string;
  readonly message: string;
  readonly code?: string | number;
  readonly stack?: string;
  readonly cause?: SerializedError;
  /** Of an AggregateError. */
  readonly errors?: readonly SerializedError[];
}

/** Longer chains of causes are cut. */
const deepestCause = 5;
const mostErrors = 10;
const longestMessage = 4_000;
const longestStack = 8_000;

/** Any thrown value as plain data for the log. Never throws, whatever the value's getters do. */
export function serializeError(thrown: unknown, options: SerializeErrorOptions): SerializedError {
  return serialize(thrown, options, 0);
}

function serialize(thrown: unknown, options: SerializeErrorOptions, depth: number): SerializedError {
  if (typeof thrown !== 'object' || thrown === null) {
    return { type: typeof thrown, message: clean(String(thrown), longestMessage, options) };
  }
  const code = read(thrown, 'code');
  const stack = read(thrown, 'stack');
  const cause = read(thrown, 'cause');
  const errors = read(thrown, 'errors');
  const deeper = depth < deepestCause;
  return {
    type: clean(typeOf(thrown), 200, options),
    message: clean(messageOf(thrown), longestMessage, options),
    ...(typeof code === 'string' || typeof code === 'number' ? { code } : {}),
    ...(typeof stack === 'string' ? { stack: clean(mapped(stack, options), longestStack, options) } : {}),
    ...(cause !== undefined && cause !== null && deeper
      ? { cause: serialize(cause, options, depth + 1) }
      : {}),
    ...(Array.isArray(errors) && deeper
      ? { errors: errors.slice(0, mostErrors).map((error) => serialize(error, options, deepestCause)) }
      : {}),
  };
}

function typeOf(thrown: object): string {
  const name = read(thrown, 'name');
  if (typeof name === 'string' && name !== '') return name;
  const type = read(read(thrown, 'constructor'), 'name');
  return typeof type === 'string' && type !== '' ? type : 'Object';
}

function messageOf(thrown: object): string {
  const message = read(thrown, 'message');
  if (typeof message === 'string') return message;
  try {
    return `thrown: ${Object.prototype.toString.call(thrown)}`;
  } catch {
    return 'thrown: an object that cannot be read';
  }
}

function mapped(stack: string, { mapStack }: SerializeErrorOptions): string {
  try {
    return mapStack(stack);
  } catch {
    return stack;
  }
}

function clean(text: string, longest: number, { scrub }: SerializeErrorOptions): string {
  const safe = redactText(scrub(text.slice(0, longest * 2)));
  return safe.length > longest ? `${safe.slice(0, longest)}…` : safe;
}

/** Reads a property of a value that nothing is known about. */
function read(value: unknown, name: string): unknown {
  try {
    return (value as Record<string, unknown> | undefined)?.[name];
  } catch {
    return undefined;
  }
}
