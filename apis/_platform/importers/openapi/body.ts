import type { BodySchema, MediaSchema } from '../../model/api-schemas.ts';
import type { Json } from '../../model/json.ts';
import type { MultipartPart, RequestBody } from '../../model/request.ts';
import { literals } from '../literal.ts';
import { asText, at, isObject, listAt, objectAt, shorten, textAt } from '../read-node.ts';
import { sampleFromSchema } from '../sample-from-schema.ts';
import { childOf, type Located } from './documents.ts';
import { oldSchema, readContent } from './parameters.ts';
import { exampleOf, note, type Reading } from './reading.ts';
import { toXml } from './to-xml.ts';

export interface ReadBody {
  body: RequestBody;
  schema?: BodySchema;
  /** For a header, where the body's type does not say it. */
  contentType?: string;
}

/** The `requestBody` of OpenAPI 3. */
export function readBody(reading: Reading, node: Located<Json | undefined>, method: string): ReadBody {
  if (node.value === undefined) return { body: { type: 'none' } };
  const found = reading.documents.follow(node as Located);
  if (found === undefined) {
    note(
      reading,
      node,
      'request body',
      `its $ref '${asText(at(node.value, '$ref'))}' leads nowhere or in a circle`,
    );
    return { body: { type: 'none' } };
  }
  const description = textAt(found.value, 'description');
  const schema: BodySchema = {
    ...(at(found.value, 'required') === true ? { required: true } : {}),
    ...(description === undefined || description === '' ? {} : { description }),
    content: readContent(reading, childOf(found, 'content')),
  };
  return toBody(reading, found, { schema, method });
}

/** The body of Swagger 2.0: one parameter, or the fields of a form. */
export function readOldBody(
  reading: Reading,
  parameters: Located[],
  { consumes, method }: { consumes: string[]; method: string },
): ReadBody {
  const [first] = parameters;
  if (first === undefined) return { body: { type: 'none' } };
  const whole = parameters.find((parameter) => at(parameter.value, 'in') === 'body');
  if (whole === undefined)
    return toBody(reading, first, { schema: formSchema(reading, parameters, consumes), method });
  const schemaNode = childOf(whole, 'schema');
  const schema = schemaNode.value === undefined ? {} : reading.store.convert(schemaNode as Located);
  const example = exampleOf(reading, whole);
  const media: MediaSchema = { schema, ...(example === undefined ? {} : { example }) };
  const types = consumes.length === 0 ? ['application/json'] : consumes;
  const description = textAt(whole.value, 'description');
  return toBody(reading, whole, {
    schema: {
      ...(at(whole.value, 'required') === true ? { required: true } : {}),
      ...(description === undefined || description === '' ? {} : { description }),
      content: Object.fromEntries(types.map((type) => [type, media])),
    },
    method,
  });
}

function formSchema(reading: Reading, parameters: Located[], consumes: string[]): BodySchema {
  const multipart =
    consumes.includes('multipart/form-data') || parameters.some((one) => at(one.value, 'type') === 'file');
  const name = (parameter: Located): string => textAt(parameter.value, 'name') ?? '';
  const required = parameters.filter((one) => at(one.value, 'required') === true).map(name);
  const properties = parameters.map((parameter): [string, Json] => {
    const schema = reading.store.convert({ ...parameter, value: oldSchema(parameter.value) });
    const description = textAt(parameter.value, 'description');
    return [name(parameter), description === undefined ? schema : { ...(schema as object), description }];
  });
  const schema: Json = {
    type: 'object',
    properties: Object.fromEntries(properties),
    ...(required.length === 0 ? {} : { required }),
  };
  return {
    ...(required.length === 0 ? {} : { required: true }),
    content: { [multipart ? 'multipart/form-data' : 'application/x-www-form-urlencoded']: { schema } },
  };
}

/** The media type that a sample is made for: JSON before forms before the rest. */
export function chosenMediaType(types: string[]): string | undefined {
  const isForm = (type: string): boolean =>
    type === 'application/x-www-form-urlencoded' || type === 'multipart/form-data';
  const essence = (type: string): string => type.split(';')[0]?.trim().toLowerCase() ?? '';
  return (
    types.find((type) => essence(type) === 'application/json') ??
    types.find((type) => essence(type).endsWith('+json') || essence(type) === '*/*') ??
    types.find((type) => isForm(essence(type))) ??
    types[0]
  );
}

function toBody(reading: Reading, node: Located, given: { schema: BodySchema; method: string }): ReadBody {
  const { schema, method } = given;
  const types = Object.keys(schema.content);
  const type = chosenMediaType(types);
  if (type === undefined) return { body: { type: 'none' } };
  const media = schema.content[type] ?? {};
  // The request itself holds the sample of the type that it is made for.
  const { example, ...kept } = media;
  const stored = { ...schema, content: { ...schema.content, [type]: kept } };
  if (schema.required !== true && (method === 'GET' || method === 'HEAD')) {
    note(reading, node, `body of a ${method}`, 'it is not required: none is sent, its schema is kept');
    return { body: { type: 'none' }, schema: stored };
  }
  const others = types.filter((one) => one !== type);
  if (others.length > 0) {
    const what = `body of type ${shorten(others.join(', '), 200)}`;
    note(reading, node, what, `the request has a body of type ${type}; the schemas of all are kept`);
  }
  const sample = example ?? sampleFromSchema(media.schema, { resolve: reading.store.resolve, of: 'request' });
  const value = literals(sample ?? null);
  const essence = type.split(';')[0]?.trim().toLowerCase() ?? '';
  return { ...bodyOfType(reading, node, { type, essence, media, value }), schema: stored };
}

interface Sampled {
  type: string;
  essence: string;
  media: MediaSchema;
  value: Json;
}

function bodyOfType(reading: Reading, node: Located, sampled: Sampled): ReadBody {
  const { type, essence, media, value } = sampled;
  if (essence === 'application/json' || essence.endsWith('+json') || essence === '*/*') {
    return {
      body: { type: 'json', value: parsedWhereText(value, media) },
      ...(type === 'application/json' || essence === '*/*' ? {} : { contentType: type }),
    };
  }
  if (essence === 'application/x-www-form-urlencoded') {
    const fields = isObject(value) ? Object.entries(value) : [];
    return {
      body: {
        type: 'form',
        fields: fields.flatMap(([name, field]) =>
          Array.isArray(field)
            ? field.map((item) => ({ name, value: asText(item) }))
            : [{ name, value: asText(field ?? '') }],
        ),
      },
    };
  }
  if (essence === 'multipart/form-data')
    return { body: { type: 'multipart', parts: parts(reading, node, sampled) } };
  if (isBinary(reading, media.schema) || /^(?:image|audio|video|font)\/|octet-stream|zip|pdf/.test(essence)) {
    note(reading, node, `body of type ${type}`, 'a file is needed: upload one, and choose it as the body');
    return { body: { type: 'text', text: '', contentType: type } };
  }
  if (/[/+]xml$/.test(essence)) {
    const text = typeof value === 'string' ? value : toXml(value, media.schema, reading.store.resolve);
    return { body: { type: 'text', text, contentType: type } };
  }
  return { body: { type: 'text', text: asText(value), contentType: type } };
}

function parts(reading: Reading, node: Located, { media, value }: Sampled): MultipartPart[] {
  const schema = resolved(reading, media.schema);
  const names = new Set([
    ...Object.keys(objectAt(schema, 'properties')),
    ...Object.keys(isObject(value) ? value : {}),
  ]);
  return [...names].flatMap((name): MultipartPart[] => {
    const property = at(at(schema, 'properties'), name);
    const items = at(resolved(reading, property), 'items');
    const contentType = textAt(at(media.encoding, name), 'contentType')?.split(',')[0]?.trim();
    const typed = contentType === undefined ? {} : { contentType };
    if (isBinary(reading, property) || isBinary(reading, items)) {
      note(
        reading,
        node,
        `file '${name}' of a form`,
        'upload a file, choose it for this part, and enable the part',
      );
      return [{ name, value: '', enabled: false, ...typed }];
    }
    const part = at(value, name);
    if (part === undefined) return [];
    if (isObject(part))
      return [{ name, value: JSON.stringify(part), contentType: contentType ?? 'application/json' }];
    const all = Array.isArray(part) ? part : [part];
    return all.map((item) => ({ name, value: asText(item ?? ''), ...typed }));
  });
}

function resolved(reading: Reading, schema: Json | undefined): Json | undefined {
  let current = schema;
  for (let turn = 0; turn < 20; turn++) {
    const ref: string | undefined = textAt(current, '$ref');
    if (ref === undefined) return current;
    current = reading.store.resolve(ref);
  }
  return undefined;
}

function isBinary(reading: Reading, schema: Json | undefined): boolean {
  const found = resolved(reading, schema);
  return at(found, 'format') === 'binary' || at(found, 'contentMediaType') === 'application/octet-stream';
}

/** Many documents give the example of an object as text of JSON. */
function parsedWhereText(value: Json, media: MediaSchema): Json {
  if (typeof value !== 'string' || at(media.schema, 'type') === 'string') return value;
  if (listAt(media.schema, 'type').includes('string')) return value;
  try {
    const parsed = JSON.parse(value) as Json;
    return typeof parsed === 'object' && parsed !== null ? parsed : value;
  } catch {
    return value;
  }
}
