import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { adminToken, businessToken } from '../support/start-server.ts';
import { servedNames, serveDocuments, type ServedDocuments } from './served-documents.ts';

let documents: ServedDocuments;

beforeAll(async () => {
  documents = await serveDocuments();
});

afterAll(async () => {
  await documents.stop();
});

describe('what is answered is what is described', () => {
  interface Asked {
    readonly method?: 'GET' | 'POST';
    readonly path: string;
    /** In the document. */
    readonly described?: string;
    readonly payload?: unknown;
    readonly status: number;
  }

  const token = businessToken;
  const asked: readonly Asked[] = [
    { path: '/', status: 200 },
    { path: '/health', status: 200 },
    { path: '/readiness', status: 200 },
    { path: `/api/reload?token=${adminToken}`, described: '/api/reload', status: 200 },
    { path: '/api/reload', status: 401 },
    { path: `/api/reload?token=${businessToken}`, described: '/api/reload', status: 403 },
    { method: 'POST', path: '/api/reload', payload: { token: adminToken }, status: 200 },
    { method: 'POST', path: '/api/reload-config', payload: { token: adminToken }, status: 200 },
    { method: 'POST', path: '/api/reload-config', payload: { tokn: '' }, status: 400 },
    { path: `/api/generations?token=${adminToken}`, described: '/api/generations', status: 200 },
    { method: 'POST', path: '/api/generations', payload: { token: adminToken, generation: 1 }, status: 200 },
    {
      method: 'POST',
      path: '/api/generations',
      payload: { token: adminToken, generation: 999 },
      status: 404,
    },
    {
      method: 'POST',
      path: '/api/rollback',
      payload: { token: adminToken, generation: 'latest' },
      status: 200,
    },
    { method: 'POST', path: '/api/rollback', payload: { token: adminToken, generation: 1 }, status: 200 },
    { method: 'POST', path: '/api/rollback', payload: { token: adminToken }, status: 422 },
    { method: 'POST', path: '/api/rollback', payload: { generation: 1 }, status: 401 },
    { method: 'POST', path: '/torture/look', payload: { token }, status: 200 },
    { method: 'POST', path: '/torture/old', payload: { token }, status: 200 },
    { method: 'POST', path: '/torture/context', payload: { token, body: { page: 2 } }, status: 200 },
    { method: 'POST', path: '/torture/default', payload: { token }, status: 200 },
    {
      method: 'POST',
      path: '/torture/recursive',
      payload: { token, body: { branch: { left: { branch: null } } } },
      status: 200,
    },
    {
      method: 'POST',
      path: '/torture/recursive',
      payload: { token, body: { branch: 1, more: 2 } },
      status: 422,
    },
    { method: 'POST', path: '/torture/look', payload: { token: 'wrong' }, status: 401 },
    { method: 'POST', path: '/torture/look', payload: {}, status: 401 },
    { method: 'POST', path: '/torture/look', payload: [], status: 400 },
    { method: 'POST', path: '/torture/wipe', payload: { token }, status: 403 },
    { method: 'POST', path: '/torture/fails', payload: { token }, status: 418 },
  ];

  test.each(asked)(
    '$path $payload → $status',
    async ({ method = 'GET', path, described = path, payload, status }) => {
      const { server, document } = documents.served.torture;
      const answer = await fetch(server.url + path, {
        method,
        ...(payload === undefined
          ? {}
          : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(payload) }),
      });
      expect(answer.status).toBe(status);
      const { responses } = document.paths[described][method.toLowerCase()];
      const response = dereferenced(document, responses[status] ?? responses.default);
      const [type = ''] = (answer.headers.get('content-type') ?? '').split(';');
      const validate = compile(document, response.content[type].schema);
      const json: unknown = await answer.json();
      expect([validate(json), validate.errors, json]).toEqual([true, null, json]);
      for (const name of Object.keys(response.headers)) expect(answer.headers.get(name)).not.toBeNull();
    },
  );

  test('examples of requests are accepted', async () => {
    for (const name of servedNames) {
      const { server, document } = documents.served[name];
      for (const [path, { post }] of Object.entries<any>(document.paths)) {
        const example = post?.requestBody?.content['application/json']?.example;
        if (example === undefined || path.startsWith('/api/')) continue;
        const answer = await server.call(path, example.body, adminToken).catch(() => undefined);
        expect([path, answer?.status]).not.toEqual([path, 422]);
      }
    }
  });
});

function dereferenced(document: any, value: any): any {
  if (typeof value.$ref !== 'string') return value;
  return value.$ref
    .slice(2)
    .split('/')
    .reduce((inner: any, key: string) => inner[key], document);
}

function compile(document: any, schema: object): ValidateFunction {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  ajv.addSchema({ $id: 'document', components: document.components });
  const text = JSON.stringify(schema).replaceAll('"#/components/', '"document#/components/');
  return ajv.compile(JSON.parse(text) as object);
}
