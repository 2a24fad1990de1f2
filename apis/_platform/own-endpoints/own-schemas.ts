import type { ServedEndpoint } from 'api-deploy';
import type { ApiSchemas } from '../model/api-schemas.ts';
import type { Json } from '../model/json.ts';
import type { ModuleDefinitions } from './module-definitions.ts';

/** What is known of the shape of an endpoint's requests and answers, envelopes and all. */
export function toOwnSchemas(endpoint: ServedEndpoint, definitions: ModuleDefinitions): ApiSchemas {
  const { path, input, output, returns, takesFiles, deprecated } = endpoint;
  const request: Json = {
    type: 'object',
    properties: { token: { type: 'string' }, body: definitions.refer(input) },
  };
  const answer: Json = {
    type: 'object',
    properties: {
      success: { const: true },
      data: output === undefined ? true : definitions.refer(output),
      endpoint: { const: path },
    },
    required: ['success', 'data', 'endpoint'],
  };
  return {
    operationId: path.slice(1).replaceAll(/[^\w-]/g, '_'),
    ...(deprecated ? { deprecated } : {}),
    body: {
      required: true,
      content: { [takesFiles ? 'multipart/form-data' : 'application/json']: { schema: request } },
    },
    responses: {
      '200': {
        description: 'What the function gave back.',
        ...(returns === 'value' ? { content: { 'application/json': { schema: answer } } } : {}),
      },
    },
  };
}
