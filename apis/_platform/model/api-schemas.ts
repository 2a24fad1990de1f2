import type { Json } from './json.ts';

/**
 * What is known of the shape of a catalog entry's requests and answers, in the words of OpenAPI 3.1. Every schema is a
 * JSON Schema (2020-12); `{$ref: '#/components/schemas/Name'}` is the schema of that name of the entry's module
 * (`moduleSchemas`), so that thousands of entries share one.
 */
export interface ApiSchemas {
  operationId?: string;
  deprecated?: boolean;
  parameters?: ParameterSchema[];
  body?: BodySchema;
  /** By status: `200`, `4XX`, `default`. */
  responses?: { [status: string]: ResponseSchema };
}

export interface ParameterSchema {
  name: string;
  in: 'path' | 'query' | 'header' | 'cookie';
  required?: boolean;
  description?: string;
  deprecated?: boolean;
  style?: string;
  explode?: boolean;
  schema?: Json;
  /** By media type, in place of `schema`. */
  content?: { [mediaType: string]: MediaSchema };
}

export interface BodySchema {
  required?: boolean;
  description?: string;
  /** By media type. */
  content: { [mediaType: string]: MediaSchema };
}

export interface MediaSchema {
  schema?: Json;
  example?: Json;
  examples?: Json;
  encoding?: Json;
}

export interface ResponseSchema {
  description: string;
  headers?: { [name: string]: Json };
  content?: { [mediaType: string]: MediaSchema };
}
