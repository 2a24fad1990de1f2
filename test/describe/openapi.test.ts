import { describe, expect, test } from 'vitest';
import { errorCodes } from '../../src/contract/error-codes.ts';
import type { OpenapiDocument, Operation, Response } from '../../src/describe/openapi-document.ts';
import { createOpenapiResource } from '../../src/describe/openapi-resource.ts';
import { toOpenapi } from '../../src/describe/openapi.ts';
import type { Snapshot } from '../../src/registry/snapshot.ts';
import {
  number,
  parameter,
  plainSchemas,
  snapshotOf,
  text,
  type FunctionSource,
} from './openapi-snapshot.ts';

const options = { version: '1.2.3', schemas: plainSchemas };

function documentOf(functions: Readonly<Record<string, FunctionSource>>): OpenapiDocument {
  return toOpenapi(snapshotOf(functions), options);
}

function operationOf(source: FunctionSource): Operation {
  const operation = documentOf({ '/shop/order': source }).paths['/shop/order']?.post;
  if (operation === undefined) throw new Error('no operation');
  return operation;
}

function okOf(operation: Operation): Response {
  const ok = operation.responses['200'];
  if (ok === undefined || '$ref' in ok) throw new Error('no answer of its own');
  return ok;
}

describe('operations', () => {
  test('a doc comment becomes summary and description, with the signature as written', () => {
    const operation = operationOf({
      description: 'Places an order.\n\nSends a letter, too.',
      text: '(item: string) => number',
      deprecated: true,
      effect: 'destructive',
    });
    expect(operation).toMatchObject({
      operationId: 'shop_order',
      tags: ['shop'],
      summary: 'Places an order.',
      deprecated: true,
      'x-effect': 'destructive',
      security: [{ BearerAuth: [] }, {}],
    });
    expect(operation.description).toBe(
      'Places an order.\n\nSends a letter, too.\n\n```ts\n(item: string) => number\n```',
    );
  });

  test('without a doc comment the function has its name as summary', () => {
    expect(operationOf({}).summary).toBe('order');
  });

  test('ids that several paths would have get a digest, all of them', () => {
    const { paths } = documentOf({ '/a/b_c': {}, '/a_b/c': {}, '/a/d': {} });
    const ids = ['/a/b_c', '/a_b/c', '/a/d'].map((path) => paths[path]?.post?.operationId);
    expect(ids[0]).toMatch(/^a_b_c_[0-9a-f]{8}$/);
    expect(ids[1]).toMatch(/^a_b_c_[0-9a-f]{8}$/);
    expect(ids[0]).not.toBe(ids[1]);
    expect(ids[2]).toBe('a_d');
  });

  test('a module may be called system', () => {
    const { tags } = documentOf({ '/system/run': {} });
    expect(tags.map(({ name }) => name)).toEqual(['system', 'system (runtime)']);
  });

  test('a function with roles may be forbidden, another may not', () => {
    expect(operationOf({ options: { roles: ['admin'] } }).responses).toHaveProperty('403');
    expect(operationOf({ options: { roles: ['admin'] } }).description).toContain('the role `admin`');
    expect(operationOf({}).responses).not.toHaveProperty('403');
  });
});

describe('requests', () => {
  test('the body is required as soon as one parameter is', () => {
    const required = operationOf({ parameters: [parameter('item', text)] }).requestBody;
    expect(required?.required).toBe(true);
    expect(required?.content['application/json']?.schema).toMatchObject({
      required: ['body'],
      additionalProperties: false,
      properties: { token: { type: 'string' }, body: { properties: { item: { type: 'string' } } } },
    });
    const optional = operationOf({ parameters: [parameter('item', text, { optional: true })] }).requestBody;
    expect(optional?.required).toBe(false);
    expect(optional?.content['application/json']?.schema).not.toHaveProperty('required');
  });

  test('the example takes @example before the default, and leaves the token out', () => {
    const { requestBody } = operationOf({
      parameters: [
        parameter('item', text, { examples: ['pen'], defaultValue: 'ink' }),
        parameter('count', number, { defaultValue: 3, optional: true }),
        parameter('note', text, { optional: true }),
      ],
    });
    const { example } = requestBody?.content['application/json'] ?? {};
    expect(example).toEqual({ body: { item: 'pen', count: 3 } });
  });

  test('half an example is none', () => {
    const { requestBody } = operationOf({
      parameters: [parameter('item', text), parameter('count', number, { examples: [3] })],
    });
    expect(requestBody?.content['application/json']).not.toHaveProperty('example');
  });

  test('files are parts of a form of their own', () => {
    const { requestBody } = operationOf({
      parameters: [
        parameter('title', text),
        parameter('cover', { kind: 'file' }, { description: 'The cover.' }),
        parameter('pages', { kind: 'array', element: { kind: 'file' } }, { optional: true }),
      ],
    });
    expect(Object.keys(requestBody?.content ?? {})).toEqual(['multipart/form-data']);
    const form = requestBody?.content['multipart/form-data'];
    expect(form?.encoding).toEqual({ body: { contentType: 'application/json' } });
    expect(form?.schema).toMatchObject({
      required: ['body', 'cover'],
      properties: {
        token: { type: 'string' },
        body: { type: 'object', properties: { title: { type: 'string' } } },
        cover: { type: 'string', format: 'binary', description: 'The cover.' },
        pages: { type: 'array', items: { type: 'string', format: 'binary' } },
      },
    });
    expect(form?.schema).not.toHaveProperty('properties.body.properties.cover');
  });

  test('where every file is optional, JSON will do', () => {
    const { requestBody } = operationOf({
      parameters: [parameter('cover', { kind: 'file' }, { optional: true })],
    });
    expect(Object.keys(requestBody?.content ?? {})).toEqual(['multipart/form-data', 'application/json']);
    expect(requestBody?.required).toBe(false);
  });
});

describe('answers', () => {
  test('a value comes in the envelope, with the headers of every answer', () => {
    const ok = okOf(
      operationOf({ returns: { kind: 'value', shape: number }, returnsDescription: 'The sum.' }),
    );
    expect(ok.description).toBe('The sum.');
    expect(Object.keys(ok.headers)).toEqual(['X-Request-Id', 'X-Process-Time', 'X-Generation']);
    expect(ok.content['application/json']?.schema).toMatchObject({
      required: ['success', 'data', 'endpoint'],
      properties: {
        success: { const: true },
        data: { type: 'number' },
        endpoint: { const: '/shop/order' },
      },
    });
  });

  test('a stream comes as events or as JSON lines', () => {
    const ok = okOf(operationOf({ returns: { kind: 'stream', shape: number } }));
    expect(ok.content['text/event-stream']?.schema).toEqual({ type: 'number' });
    const lines = ok.content['application/x-ndjson']?.schema['anyOf'];
    expect(lines).toMatchObject([{ required: ['data'] }, { required: ['done'] }, { required: ['error'] }]);
  });

  test('a Response may be anything', () => {
    const ok = okOf(operationOf({ returns: { kind: 'response', shape: { kind: 'unknown' } } }));
    expect(Object.keys(ok.content)).toEqual(['*/*']);
  });

  test('every error code is described under its status, except for methods that no path has', () => {
    const { components, paths } = documentOf({ '/a/b': { options: { roles: ['admin'] } } });
    const described = new Set<string>();
    for (const [name, { content, description }] of Object.entries(components.responses)) {
      const codes = Object.keys(content['application/json']?.examples ?? {});
      for (const code of codes) {
        described.add(code);
        expect(description).toContain(code);
        const { status } = errorCodes[code as keyof typeof errorCodes];
        const used = Object.values(paths).flatMap(({ get, post }) =>
          [get, post].map((operation) => operation?.responses[String(status)]),
        );
        expect(used).toContainEqual({ $ref: `#/components/responses/${name}` });
      }
    }
    const known = Object.keys(errorCodes).filter((code) => code !== 'METHOD_NOT_ALLOWED');
    expect([...described].sort()).toEqual(known.sort());
  });

  test('codes that pass by themselves say when to try again', () => {
    const { responses } = documentOf({ '/a/b': {} }).components;
    const withRetry = Object.keys(responses).filter(
      (name) => 'Retry-After' in (responses[name]?.headers ?? {}),
    );
    expect(withRetry.sort()).toEqual(['RateLimited', 'Stopping', 'Unavailable']);
  });
});

describe('the served document', () => {
  const functions = { '/b/f': { parameters: [parameter('x', text)] }, '/a/f': {} };

  function withSameEndpoints(snapshot: Snapshot): Snapshot {
    return { ...snapshot, generation: snapshot.generation + 1 };
  }

  test('is the same whatever the order of files', () => {
    const reversed = Object.fromEntries(Object.entries(functions).reverse());
    expect(JSON.stringify(documentOf(functions))).toBe(JSON.stringify(documentOf(reversed)));
  });

  test('is made once for a generation, and its tag changes only with its text', () => {
    const openapi = createOpenapiResource(options);
    const snapshot = snapshotOf(functions);
    const first = openapi(snapshot);
    expect(openapi(snapshot)).toBe(first);
    expect(first.etag).toMatch(/^"[\w-]{22}"$/);
    const next = openapi(withSameEndpoints(snapshot));
    expect(next).not.toBe(first);
    expect(next.etag).toBe(first.etag);
    expect(openapi(snapshotOf({ '/a/f': {} })).etag).not.toBe(first.etag);
  });

  test('asks for the schemas of a signature once', () => {
    let asked = 0;
    const openapi = createOpenapiResource({
      version: '1.2.3',
      schemas: {
        body: (signature) => {
          asked++;
          return plainSchemas.body(signature);
        },
        returned: (signature) => plainSchemas.returned(signature),
      },
    });
    const snapshot = snapshotOf(functions);
    openapi(snapshot);
    openapi(withSameEndpoints(snapshot));
    expect(asked).toBe(2);
  });
});
