import type { JsonValue, Parameter, Signature } from '../contract/signature.ts';
import type { JsonSchema, MediaType, RequestBody } from './openapi-document.ts';
import type { FilePart, SplitRequest } from './openapi-form-files.ts';

/** An empty token counts as none, so that a form that is filled in from this example works with Bearer. */
const token: JsonSchema = {
  type: 'string',
  description: 'Your token; left out, or empty, when it comes as `Authorization: Bearer …`.',
  examples: [''],
};

/** `body` is the schema of what `request.json` takes. */
export function requestBody(request: SplitRequest, body: JsonSchema): RequestBody {
  const { json, files } = request;
  const required = json.parameters.some(({ optional }) => !optional);
  const envelope = jsonContent(json, body, required);
  if (files.length === 0) return { required, content: { 'application/json': envelope } };
  const filesRequired = files.some(({ parameter }) => !parameter.optional);
  const form: MediaType = {
    schema: formSchema(request, body, required),
    ...(json.parameters.length === 0 ? {} : { encoding: { body: { contentType: 'application/json' } } }),
  };
  return {
    required: required || filesRequired,
    content: {
      'multipart/form-data': form,
      ...(filesRequired ? {} : { 'application/json': envelope }),
    },
  };
}

function jsonContent({ parameters }: Signature, body: JsonSchema, required: boolean): MediaType {
  const example = exampleOf(parameters);
  return {
    schema: {
      type: 'object',
      properties: { token, body },
      ...(required ? { required: ['body'] } : {}),
      additionalProperties: false,
    },
    ...(example === undefined ? {} : { example: { body: example } }),
  };
}

function formSchema({ json, files }: SplitRequest, body: JsonSchema, bodyRequired: boolean): JsonSchema {
  const required = [
    ...(bodyRequired ? ['body'] : []),
    ...files.flatMap(({ parameter: { name, optional } }) => (optional ? [] : [name])),
  ];
  const parts = files.map((file): [string, JsonSchema] => [file.parameter.name, fileSchema(file)]);
  return {
    type: 'object',
    properties: {
      token,
      ...(json.parameters.length === 0 ? {} : { body }),
      ...Object.fromEntries(parts),
    },
    ...(required.length === 0 ? {} : { required }),
    additionalProperties: false,
  };
}

function fileSchema({ many, parameter: { description, deprecated } }: FilePart): JsonSchema {
  const file = { type: 'string', format: 'binary', contentMediaType: 'application/octet-stream' };
  const about = {
    ...(description === undefined ? {} : { description }),
    ...(deprecated === undefined ? {} : { deprecated }),
  };
  return many ? { type: 'array', items: file, ...about } : { ...file, ...about };
}

/**
 * A body of the parameters that have an example or a default, or undefined when a required one has neither:
 * half an example would be refused.
 */
function exampleOf(parameters: readonly Parameter[]): Record<string, JsonValue> | undefined {
  const values: [string, JsonValue][] = [];
  for (const { name, examples, defaultValue, optional } of parameters) {
    const value = examples?.[0] ?? defaultValue;
    if (value !== undefined) values.push([name, value]);
    else if (!optional) return undefined;
  }
  return Object.fromEntries(values);
}
