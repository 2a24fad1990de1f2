import type { Assertion, Extraction } from '../model/checks.ts';
import type { Json } from '../model/json.ts';
import type { MultipartPart, NamedValue, RequestBody, RequestSpec } from '../model/request.ts';
import { SchemaCompiler } from './json-schema.ts';
import { unreadableAssertion, unreadableExtraction } from './read-check.ts';
import { findReferences } from './references.ts';
import type { ValueErrorCode } from './value-error.ts';

/** A part of a request or of its checks that no run could use. */
export interface UnreadablePart {
  /** `assertions[0].path`, `headers[2].value`. */
  path: string;
  code: ValueErrorCode;
  message: string;
}

export interface RequestParts extends Partial<RequestSpec> {
  assertions?: Assertion[];
  extractions?: Extraction[];
}

/** Templates, JSONPaths, patterns and schemas that cannot be read. What is not enabled is not looked at. */
export function unreadableParts(
  { assertions = [], extractions = [], ...request }: RequestParts,
  schemas = new SchemaCompiler(),
): UnreadablePart[] {
  return [
    ...unreadableTemplates(request),
    ...assertions.flatMap((assertion, index) =>
      assertion.enabled === false ? [] : inAssertion(assertion, `assertions[${index}]`, schemas),
    ),
    ...extractions.flatMap((extraction, index) =>
      extraction.enabled === false ? [] : inExtraction(extraction, `extractions[${index}]`),
    ),
  ];
}

/** Texts of a request whose templates cannot be read. */
export function unreadableTemplates(request: Partial<RequestSpec>): UnreadablePart[] {
  const { method, url, pathParams = [], params = [], headers = [], body, auth, settings } = request;
  const values = { method, url, auth, settings } as { [field: string]: Json | undefined };
  return [
    ...Object.entries(values).flatMap(([field, value]) => inTemplates(value ?? null, field)),
    ...inItems(pathParams, 'pathParams'),
    ...inItems(params, 'params'),
    ...inItems(headers, 'headers'),
    ...(body === undefined ? [] : inBody(body)),
  ];
}

function inBody(body: RequestBody): UnreadablePart[] {
  if (body.type === 'form') return inItems(body.fields, 'body.fields');
  if (body.type === 'multipart') return inItems(body.parts, 'body.parts');
  return inTemplates(body, 'body');
}

/** Descriptions are for people; what is not enabled is not sent. */
function inItems(items: readonly (NamedValue | MultipartPart)[], path: string): UnreadablePart[] {
  return items.flatMap((item, index) => {
    if (item.enabled === false) return [];
    const texts = Object.entries(item).filter(([key]) => key !== 'description');
    return texts.flatMap(([key, value]) => inTemplates(value as Json, `${path}[${index}].${key}`));
  });
}

function inAssertion(assertion: Assertion, path: string, schemas: SchemaCompiler): UnreadablePart[] {
  if (assertion.on === 'call') return inTemplates(assertion.arguments ?? {}, `${path}.arguments`);
  return [
    ...inTemplates(assertion.expected ?? null, `${path}.expected`),
    ...unreadableAssertion(assertion, schemas).map(({ field, error: { code, message } }) => ({
      path: `${path}.${field}`,
      code,
      message,
    })),
  ];
}

function inExtraction(extraction: Extraction, path: string): UnreadablePart[] {
  return [
    ...inTemplates(extraction.default ?? null, `${path}.default`),
    ...unreadableExtraction(extraction).map(({ field, error: { code, message } }) => ({
      path: `${path}.${field}`,
      code,
      message,
    })),
  ];
}

function inTemplates(value: Json, path: string): UnreadablePart[] {
  if (typeof value === 'string') return inText(value, path);
  if (Array.isArray(value)) return value.flatMap((item, index) => inTemplates(item, `${path}[${index}]`));
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([name, item]) => [
    ...inText(name, `${path}.${name}`),
    ...inTemplates(item, `${path}.${name}`),
  ]);
}

function inText(text: string, path: string): UnreadablePart[] {
  if (!text.includes('{{')) return [];
  return findReferences(text, path).problems.map(({ code, message }) => ({ path, code, message }));
}
