import type { ApiSchemas } from '../../model/api-schemas.ts';
import type { Auth, RequestSpec } from '../../model/request.ts';
import type { ImportedEntry } from '../importer.ts';
import { at, isObject, kindOf, listAt, shorten, textAt } from '../read-node.ts';
import { readBody, readOldBody } from './body.ts';
import { childOf, type Located } from './documents.ts';
import { withExtension } from './extension.ts';
import { readParameters } from './parameters.ts';
import { note, type Reading } from './reading.ts';
import { readResponses, schemaAssertions } from './responses.ts';
import { readSecurity, type SecuritySchemes } from './security.ts';
import { ownServer } from './servers.ts';

export const methods = [
  'get',
  'put',
  'post',
  'delete',
  'options',
  'head',
  'patch',
  'trace',
  'query',
] as const;

/** Where an operation is. */
export interface OperationPlace {
  path: string;
  method: string;
  /** The item of its path: what all operations there share. */
  item: Located;
  operation: Located;
}

/** @throws Error with the reason when the operation is none */
export function readOperation(
  reading: Reading,
  schemes: SecuritySchemes,
  place: OperationPlace,
): ImportedEntry {
  const { path, item, operation } = place;
  const { value } = operation;
  if (!isObject(value)) throw new Error(`expected an object, got ${kindOf(value)}`);
  const method = place.method.toUpperCase();
  const parameters = readParameters(reading, path, [
    childOf(item, 'parameters'),
    childOf(operation, 'parameters'),
  ]);
  const { root } = reading.documents;
  const texts = (key: string): string[] =>
    (at(value, key) === undefined ? listAt(root.value, key) : listAt(value, key)).filter(
      (one) => typeof one === 'string',
    );
  const body =
    reading.version === '2.0'
      ? readOldBody(reading, parameters.ofBody, { consumes: texts('consumes'), method })
      : readBody(reading, childOf(operation, 'requestBody'), method);
  const responses = readResponses(reading, childOf(operation, 'responses'), texts('produces'));
  const own = readSecurity(reading, schemes, childOf(operation, 'security'));
  const server = ownServer(reading, [childOf(operation, 'servers'), childOf(item, 'servers')]);
  for (const key of ['callbacks', 'x-webhooks']) {
    if (at(value, key) !== undefined)
      note(reading, operation, key, 'what a server sends by itself is no request');
  }
  if (at(value, 'externalDocs') !== undefined)
    note(reading, operation, 'externalDocs', 'links to documents are not taken over');
  const headers = body.contentType === undefined ? [] : [{ name: 'Content-Type', value: body.contentType }];
  const request: RequestSpec = {
    method,
    url: `${server ?? ''}${path}`,
    pathParams: parameters.pathParams,
    params: parameters.params,
    headers: [...parameters.headers, ...headers],
    body: body.body,
    auth: own ?? ({ type: 'inherit' } satisfies Auth),
  };
  const entry: ImportedEntry = {
    ...namesOf(place, method),
    request,
    assertions:
      reading.options.schemaAssertions === true ? schemaAssertions(reading, operation, responses) : [],
    extractions: [],
    schemas: {
      ...knownOf(operation),
      ...(parameters.schemas.length === 0 ? {} : { parameters: parameters.schemas }),
      ...(body.schema === undefined ? {} : { body: body.schema }),
      responses,
    },
  };
  return withExtension(reading, entry, operation);
}

type Names = Pick<ImportedEntry, 'where' | 'category' | 'name' | 'description' | 'tags'>;

function namesOf({ operation, item, path }: OperationPlace, method: string): Names {
  const { value, pointer } = operation;
  const tags = listAt(value, 'tags').filter(
    (tag) => typeof tag === 'string' && tag.trim() !== '',
  ) as string[];
  const category = tags[0];
  const summary = textAt(value, 'summary')?.trim() ?? '';
  const name =
    summary || textAt(value, 'operationId') || textAt(item.value, 'summary') || `${method} ${path}`;
  return {
    where: pointer,
    ...(category === undefined ? {} : { category: shorten(category.trim(), 100) }),
    name: shorten(name, 200),
    description: textAt(value, 'description') ?? textAt(item.value, 'description') ?? '',
    tags: [...new Set(tags)],
  };
}

function knownOf(operation: Located): Pick<ApiSchemas, 'operationId' | 'deprecated'> {
  const operationId = textAt(operation.value, 'operationId');
  return {
    ...(operationId === undefined || operationId === '' ? {} : { operationId }),
    ...(at(operation.value, 'deprecated') === true ? { deprecated: true } : {}),
  };
}
