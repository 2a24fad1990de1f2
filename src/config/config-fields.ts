import { availableParallelism } from 'node:os';
import * as z from 'zod';
import { parseDuration } from './parse-duration.ts';
import { parseSize } from './parse-size.ts';

/** Seconds; timers of Node.js hold at most 2^31 - 1 ms, a little more than 24 days. */
export const longestTimer = 24 * 86_400;

/** When a log file is closed and the next one begun. */
export type LogRotation = { readonly everySeconds: number } | { readonly sizeBytes: number };

/** Calls per principal: `limit` in each window of `window` seconds. */
export interface RateLimitSetting {
  readonly limit: number;
  readonly window: number;
}

/** A duration in, seconds out. Both bounds in seconds, both included. */
export function duration(range: { min: number; max: number }) {
  return parsed<number | string, number>((value) => within(parseDuration(value), range));
}

/** A duration, or 0 or `'off'`, which both give 0. */
export function durationOrOff(range: { min: number; max: number }) {
  return parsed<number | string, number>((value) => {
    const seconds = value === 'off' ? 0 : parseDuration(value);
    return seconds === 0 ? 0 : within(seconds, range);
  });
}

/** A size in, bytes out. Both bounds in bytes, both included. */
export function size(range: { min: number; max: number }) {
  return parsed<number | string, number>((value) => within(parseSize(value), range));
}

export function logRotation() {
  return parsed<number | string, LogRotation>((value) => {
    if (value === 'daily') return { everySeconds: 86_400 };
    if (value === 'hourly') return { everySeconds: 3_600 };
    const everySeconds = within(parseDuration(value), { min: 1, max: longestTimer });
    if (everySeconds !== undefined) return { everySeconds };
    const sizeBytes = /[a-z]/i.test(String(value)) ? parseSize(value) : undefined;
    return sizeBytes !== undefined && sizeBytes >= 1_000 ? { sizeBytes } : undefined;
  });
}

type RateLimitInput = string | { readonly limit: number; readonly window: number | string };

/** `{limit, window}`, `'100/60s'`, or `'none'`. */
export function rateLimit() {
  return z
    .custom<RateLimitInput>()
    .transform((value, context): RateLimitSetting | undefined => {
      if (value === 'none') return undefined;
      const setting = toRateLimit(value);
      if (setting === undefined)
        context.issues.push({ code: 'custom', input: value, message: 'no rate limit' });
      return setting;
    })
    .optional();
}

function toRateLimit(value: unknown): RateLimitSetting | undefined {
  if (typeof value === 'string') {
    const [limit = '', window = '', ...more] = value.split('/');
    return more.length > 0 || !/^\s*\d+\s*$/.test(limit)
      ? undefined
      : toRateLimit({ limit: Number(limit), window });
  }
  if (typeof value !== 'object' || value === null) return undefined;
  if (Object.keys(value).some((key) => key !== 'limit' && key !== 'window')) return undefined;
  const { limit, window } = value as { limit?: unknown; window?: unknown };
  const seconds = within(parseDuration(window), { min: 0.001, max: longestTimer });
  if (!Number.isInteger(limit) || (limit as number) < 1 || seconds === undefined) return undefined;
  return { limit: limit as number, window: seconds };
}

/** `folder/name{date}.ext` or `folder/name.ext`: the forms whose files can be told apart and found again. */
export function logFilePath() {
  return z.string().refine((value) => {
    const name = value.split(/[/\\]/).pop() ?? '';
    const folder = value.slice(0, value.length - name.length);
    return (
      /^[^{}<>"|?*:]*[^{}<>"|?*:.](\{date\})?\.[A-Za-z0-9]{2,}$/.test(name) && !/[{}<>"|?*]/.test(folder)
    );
  });
}

/** A host as a `Host` header has it, in lower case; without a port, every port of it is meant. */
export function hostName() {
  return parsed<string, string>((value) => {
    if (typeof value !== 'string' || value.includes('*') || !URL.canParse(`http://${value}`))
      return undefined;
    const { host, hostname, port } = new URL(`http://${value}`);
    // `http:` hides its own port; what is left of the text must be a host and nothing else.
    const full = port === '' && value.endsWith(':80') ? `${hostname}:80` : host;
    return full === value.toLowerCase() ? full : undefined;
  });
}

/** An origin as browsers send it: scheme, host, and the port unless it is the scheme's own. */
export function webOrigin() {
  return parsed<string, string>((value) => {
    if (typeof value !== 'string' || !/^[a-z][a-z\d+.-]*:\/\/[^/?#@\s*]+\/?$/i.test(value)) return undefined;
    if (!URL.canParse(value)) return undefined;
    const { origin, protocol, host } = new URL(value);
    return origin === 'null' ? `${protocol}//${host}` : origin;
  });
}

/** Far more than any machine has cores for; a number beyond it is a slip of the pen. */
const mostWorkers = 256;

/** A number of processes; `'auto'` is one for each core that this process may use. */
export function workerCount() {
  return parsed<number | 'auto', number>((value) => {
    if (value === 'auto') return availableParallelism();
    const count = typeof value === 'string' && /^\s*\d+\s*$/.test(value) ? Number(value) : value;
    return Number.isInteger(count) && count >= 1 && count <= mostWorkers ? count : undefined;
  });
}

function within(value: number | undefined, range: { min: number; max: number }): number | undefined {
  return value !== undefined && value >= range.min && value <= range.max ? value : undefined;
}

/** A zod type for a value with several written forms; `parse` gives undefined for what is none of them. */
function parsed<Input, Output>(parse: (value: Input) => Output | undefined) {
  return z.custom<Input>().transform((value, context): Output => {
    const output = parse(value);
    if (output !== undefined) return output;
    context.issues.push({ code: 'custom', input: value, message: 'not in an accepted form' });
    return z.NEVER;
  });
}
