import type { ImportedEntry } from '../../importers/importer.ts';
import { chosenMediaType } from '../../importers/openapi/body.ts';
import { asText, at, type JsonObject } from '../../importers/read-node.ts';
import type { BodySchema } from '../../model/api-schemas.ts';
import type { Json } from '../../model/json.ts';
import type { NamedValue, RequestBody } from '../../model/request.ts';

/** The body that an entry sends, as the example of its media type; undefined where it neither has nor may have one. */
export function toRequestBody({ request, schemas }: ImportedEntry): JsonObject | undefined {
  const { body, headers } = request;
  const known = schemas?.body;
  if (body.type === 'none') return known as unknown as JsonObject | undefined;
  const header = headers.find(({ name }) => name.toLowerCase() === 'content-type')?.value;
  const type = mediaTypeOf(body, header);
  if (known === undefined) return { required: true, content: { [type]: newMedia(body) } };
  return withExample(known, body, type);
}

function withExample(known: BodySchema, body: RequestBody, type: string): JsonObject {
  const chosen = chosenMediaType(Object.keys(known.content));
  const own = known as unknown as JsonObject;
  const isSame = chosen !== undefined && essence(chosen) === essence(type);
  const any = chosen === '*/*' && body.type === 'json';
  if (chosen === undefined || (!isSame && !any)) return own;
  const media = known.content[chosen] ?? {};
  const example = exampleOf(body, media.schema);
  return {
    ...own,
    content: {
      ...known.content,
      [chosen]: { ...media, ...(example === undefined ? {} : { example }) },
    } as Json,
  };
}

function essence(type: string): string {
  return type.split(';')[0]?.trim().toLowerCase() ?? '';
}

function mediaTypeOf(body: RequestBody, header: string | undefined): string {
  switch (body.type) {
    case 'form':
      return 'application/x-www-form-urlencoded';
    case 'multipart':
      return 'multipart/form-data';
    case 'text':
      return body.contentType ?? header ?? 'text/plain';
    case 'binary':
      return body.contentType ?? header ?? 'application/octet-stream';
    case 'json':
    case 'graphql':
      return header ?? 'application/json';
    case 'none':
      return '';
    default: {
      const never: never = body;
      return never;
    }
  }
}

function newMedia(body: RequestBody): JsonObject {
  const example = exampleOf(body, undefined);
  const schema: JsonObject | undefined =
    body.type === 'multipart'
      ? {
          type: 'object',
          properties: Object.fromEntries(
            body.parts.map((part) => [
              part.name,
              part.file === undefined ? { type: 'string' } : { type: 'string', format: 'binary' },
            ]),
          ),
        }
      : body.type === 'binary'
        ? { type: 'string', format: 'binary' }
        : undefined;
  return { ...(schema === undefined ? {} : { schema }), ...(example === undefined ? {} : { example }) };
}

function exampleOf(body: RequestBody, schema: Json | undefined): Json | undefined {
  switch (body.type) {
    case 'json':
      return body.value;
    case 'text':
      return body.text;
    case 'form':
      return fieldsOf(body.fields, schema);
    case 'multipart': {
      const texts = body.parts.filter((part) => part.file === undefined && part.enabled !== false);
      return fieldsOf(
        texts.map(({ name, value = '' }) => ({ name, value })),
        schema,
      );
    }
    case 'graphql':
      return {
        query: body.query,
        ...(body.variables === undefined ? {} : { variables: body.variables }),
        ...(body.operationName === undefined ? {} : { operationName: body.operationName }),
      };
    case 'none':
    case 'binary':
      return undefined;
    default: {
      const never: never = body;
      return never;
    }
  }
}

/** Fields as an object; several of one name as a list; JSON where the schema says that a field is an object. */
function fieldsOf(fields: readonly NamedValue[], schema: Json | undefined): Json {
  const grouped = new Map<string, Json[]>();
  for (const { name, value } of fields) {
    const property = at(at(schema, 'properties'), name);
    const items = at(property, 'type') === 'array' ? at(property, 'items') : property;
    grouped.set(name, [...(grouped.get(name) ?? []), typed(value, at(items, 'type'))]);
  }
  return Object.fromEntries(
    [...grouped].map(([name, values]) => {
      const isList = values.length > 1 || at(at(at(schema, 'properties'), name), 'type') === 'array';
      return [name, isList ? values : (values[0] ?? '')];
    }),
  );
}

function typed(text: string, type: Json | undefined): Json {
  if (type === 'string' || type === undefined) return text;
  try {
    const value = JSON.parse(text) as Json;
    return asText(value) === text ? value : text;
  } catch {
    return text;
  }
}
