import { inspect } from 'node:util';
import type { z } from 'zod';
import type { ConfigProblem } from './config-error.ts';
import { configKeys } from './config-keys.ts';
import type { MergedConfig } from './config-layer.ts';
import { configKeyNames, configSchema, type Config, type ConfigKey } from './schema.ts';

/** Longest part of a wrong value that a message repeats. Characters. */
const shownLength = 80;

/** Keys whose values are secrets. */
const secretKeys = new Set<string>(['validTokens', 'adminTokens']);

/** Checks the merged values and fills in the defaults; every problem is listed, with its source. */
export function parseConfig({ values, sources }: MergedConfig): Config | ConfigProblem[] {
  const result = configSchema.safeParse(values);
  if (result.success) return result.data;
  return result.error.issues.map((issue) => {
    const key = String(issue.path[0]) as ConfigKey;
    return { key, message: messageOf(key, issue, values[key]), source: sources[key] ?? 'default' };
  });
}

function messageOf(key: ConfigKey, issue: z.core.$ZodIssue, value: unknown): string {
  const expected = configKeyNames.includes(key) ? configKeys[key].expected : 'a known key';
  if (!secretKeys.has(key)) return `expected ${expected}, got ${shown(value)}`;
  const index = issue.path[1];
  if (typeof index === 'number')
    return `expected ${expected}; item ${index + 1} is none (its value is kept secret)`;
  return `expected ${expected}, got a ${value === null ? 'null' : typeof value}`;
}

function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : inspect(value, { depth: 1, breakLength: Infinity });
  return `'${text.length > shownLength ? `${text.slice(0, shownLength)}…` : text}'`;
}
