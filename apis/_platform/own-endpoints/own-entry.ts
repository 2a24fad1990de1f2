import { isDeepStrictEqual } from 'node:util';
import type { ServedEndpoint } from 'api-deploy';
import { sampleFromSchema } from '../importers/sample-from-schema.ts';
import type { Assertion } from '../model/checks.ts';
import type { Json } from '../model/json.ts';
import type { RequestBody } from '../model/request.ts';

/** What a catalog entry gets of the endpoint that it mirrors, and what people may change of it. */
export interface OwnEntry {
  name: string;
  description: string;
  method: string;
  url: string;
  body: RequestBody;
  tags: string[];
  assertions: Assertion[];
}

/** The tag of an entry whose endpoint does not exist any more. */
export const goneTag = 'gone';

const longestName = 200;
type Schema = { [key: string]: Json };

/** The entry for an endpoint, with a sample body made from its schema. */
export function toOwnEntry(endpoint: ServedEndpoint): OwnEntry {
  const { path, name, summary, description, roles } = endpoint;
  return {
    name: [...(summary ?? name)].slice(0, longestName).join('').trim() || name,
    description: description ?? '',
    method: 'POST',
    url: `{{baseUrl}}${path}`,
    body: toBody(endpoint),
    tags: [
      ...(endpoint.readOnly ? ['readonly'] : []),
      ...(endpoint.destructive ? ['destructive'] : []),
      ...(endpoint.deprecated ? ['deprecated'] : []),
      ...(endpoint.returns === 'value' ? [] : [endpoint.returns]),
      ...(endpoint.takesFiles ? ['files'] : []),
      ...roles,
    ],
    assertions: [{ on: 'status', operator: 'equals', expected: 200 }],
  };
}

function toBody(endpoint: ServedEndpoint): RequestBody {
  const input = endpoint.input as Schema;
  const sample = sampleOf(input);
  if (!endpoint.takesFiles) return { type: 'json', value: { body: sample } };
  const names = Object.keys(sample);
  const isFile = (key: string): boolean => holdsFile((input['properties'] as Schema)[key]);
  const rest = Object.fromEntries(
    names.filter((key) => !isFile(key)).map((key) => [key, sample[key] ?? null]),
  );
  return {
    type: 'multipart',
    parts: [
      ...(Object.keys(rest).length === 0
        ? []
        : [{ name: 'body', value: JSON.stringify(rest), contentType: 'application/json' }]),
      // Which file it is, is for people to say.
      ...names.filter(isFile).map((key) => ({ name: key, value: '', fileName: `${key}.txt` })),
    ],
  };
}

function sampleOf(input: Schema): Schema {
  const definitions = (input['$defs'] ?? {}) as Schema;
  const resolve = (ref: string): Json | undefined => definitions[ref.replace('#/$defs/', '')];
  const sample = sampleFromSchema(input, { resolve, of: 'request' });
  return typeof sample === 'object' && sample !== null && !Array.isArray(sample) ? sample : {};
}

function holdsFile(schema: Json | undefined): boolean {
  return schema !== undefined && /"format":"binary"/.test(JSON.stringify(schema));
}

const fields = ['name', 'description', 'method', 'url', 'body', 'assertions'] as const;

/**
 * What has to change of `present`, so that it follows from `last` to `next` and keeps what people changed meanwhile.
 */
export function followedFields(present: OwnEntry, last: OwnEntry, next: OwnEntry): Partial<OwnEntry> {
  const changes: Partial<Record<keyof OwnEntry, unknown>> = {};
  for (const field of fields) {
    const isTheirs = !isDeepStrictEqual(present[field], last[field]);
    if (!isTheirs && !isDeepStrictEqual(present[field], next[field])) changes[field] = next[field];
  }
  const tags = [...new Set([...next.tags, ...present.tags.filter((tag) => !last.tags.includes(tag))])];
  // The order is theirs.
  if (!isDeepStrictEqual([...tags].sort(), [...present.tags].sort())) changes.tags = tags;
  return changes as Partial<OwnEntry>;
}

/** Whether people changed what the entry was given. */
export function isChanged(present: OwnEntry, last: OwnEntry): boolean {
  return (
    fields.some((field) => !isDeepStrictEqual(present[field], last[field])) ||
    present.tags.some((tag) => !last.tags.includes(tag))
  );
}
