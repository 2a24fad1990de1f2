import { z } from 'zod';
import { operators } from '../model/checks.ts';

/*
 * The parts of a catalog entry as data that came from outside must look: what an export wrote beside the words of its
 * format, and what plugins read.
 */

const json = z.json();
const text = z.string();

const namedValue = z.strictObject({
  name: text.min(1).max(1000),
  value: text,
  enabled: z.boolean().optional(),
  description: text.max(2000).optional(),
});

const part = z.strictObject({
  name: text,
  value: text.optional(),
  file: z.int().optional(),
  fileName: text.optional(),
  contentType: text.optional(),
  enabled: z.boolean().optional(),
});

const body = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('none') }),
  z.strictObject({ type: z.literal('json'), value: json }),
  z.strictObject({ type: z.literal('text'), text, contentType: text.optional() }),
  z.strictObject({ type: z.literal('form'), fields: z.array(namedValue) }),
  z.strictObject({ type: z.literal('multipart'), parts: z.array(part) }),
  z.strictObject({
    type: z.literal('graphql'),
    query: text,
    variables: json.optional(),
    operationName: text.optional(),
  }),
  z.strictObject({ type: z.literal('binary'), file: z.int(), contentType: text.optional() }),
]);

const login = { username: text, password: text };

export const authShape = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('inherit') }),
  z.strictObject({ type: z.literal('none') }),
  z.strictObject({ type: z.literal('basic'), ...login }),
  z.strictObject({ type: z.literal('bearer'), token: text }),
  z.strictObject({
    type: z.literal('apiKey'),
    name: text,
    value: text,
    in: z.enum(['header', 'query', 'cookie']),
  }),
  z.strictObject({ type: z.literal('digest'), ...login }),
  z.strictObject({
    type: z.literal('oauth2'),
    grant: z.enum(['clientCredentials', 'password']),
    tokenUrl: text,
    clientId: text,
    clientSecret: text.optional(),
    username: text.optional(),
    password: text.optional(),
    scope: text.optional(),
    clientAuth: z.enum(['header', 'body']).optional(),
  }),
  z.strictObject({
    type: z.literal('awsSigV4'),
    accessKeyId: text,
    secretAccessKey: text,
    sessionToken: text.optional(),
    region: text,
    service: text,
  }),
]);

const settings = z.strictObject({
  timeouts: z
    .strictObject({
      connect: z.number().optional(),
      firstByte: z.number().optional(),
      total: z.number().optional(),
    })
    .optional(),
  retries: z
    .strictObject({
      count: z.int().min(0).max(20),
      delay: z.number().min(0).max(60_000).optional(),
      statuses: z.array(z.number()).optional(),
    })
    .optional(),
  redirects: z.int().min(0).max(50).optional(),
  proxy: text.optional(),
  tls: z
    .strictObject({
      insecure: z.boolean().optional(),
      ca: text.optional(),
      cert: text.optional(),
      key: text.optional(),
      passphrase: text.optional(),
      serverName: text.optional(),
    })
    .optional(),
  httpVersion: z.enum(['1.1', '2']).optional(),
  cookies: z.boolean().optional(),
});

export const requestShape = z.strictObject({
  method: text.min(1).max(20),
  url: text.min(1).max(8000),
  pathParams: z.array(namedValue),
  params: z.array(namedValue),
  headers: z.array(namedValue),
  body,
  auth: authShape,
  settings: settings.optional(),
});

const checkBase = { name: text.optional(), enabled: z.boolean().optional() };
const check = { ...checkBase, operator: z.enum(operators), expected: json.optional() };

const assertion = z.discriminatedUnion('on', [
  z.strictObject({ on: z.enum(['status', 'body', 'time', 'size', 'certificateDays']), ...check }),
  z.strictObject({ on: z.literal('header'), header: text, ...check }),
  z.strictObject({ on: z.literal('jsonPath'), path: text, ...check }),
  z.strictObject({
    on: z.literal('call'),
    call: text,
    arguments: z.record(text, json).optional(),
    ...checkBase,
  }),
]);

const extraction = z.strictObject({
  name: text.min(1).max(200),
  from: z.enum(['jsonPath', 'regex', 'header', 'cookie', 'status', 'body']),
  path: text.optional(),
  scope: z.enum(['step', 'scenario', 'environment']).optional(),
  default: json.optional(),
  enabled: z.boolean().optional(),
});

const media = z.looseObject({ schema: json.optional() });

export const schemasShape = z.strictObject({
  operationId: text.optional(),
  deprecated: z.boolean().optional(),
  parameters: z
    .array(z.looseObject({ name: text, in: z.enum(['path', 'query', 'header', 'cookie']) }))
    .optional(),
  body: z.looseObject({ content: z.record(text, media) }).optional(),
  responses: z.record(text, z.looseObject({ description: text })).optional(),
});

export const entryShape = z.strictObject({
  category: text.min(1).max(100).optional(),
  name: text.min(1).max(200),
  description: text,
  tags: z.array(text),
  request: requestShape,
  assertions: z.array(assertion),
  extractions: z.array(extraction),
  schemas: schemasShape.optional(),
});

export const variableShape = z.strictObject({
  name: text.min(1).max(200),
  value: json,
  secret: z.boolean().optional(),
  enabled: z.boolean().optional(),
});

/** The first thing that is wrong, with its path. */
export function shapeProblem(error: z.ZodError): string {
  const [issue] = error.issues;
  return issue === undefined ? 'unknown' : `${issue.path.join('.') || 'value'}: ${issue.message}`;
}
