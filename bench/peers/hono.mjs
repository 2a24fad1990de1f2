/** Hono on @hono/node-server, with zod. */
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import * as contract from './contract.mjs';
import { answerRequest } from './request-schema.mjs';

const app = new Hono();

app.post(contract.endpoint, async (context) => {
  const startedAt = performance.now();
  const requestId = contract.resolveRequestId(context.req.header('x-request-id'));
  const { status, envelope, principal } = await answer(context);
  contract.logRequest({
    requestId,
    method: context.req.method,
    path: context.req.path,
    status,
    startedAt,
    principal,
  });
  return context.json(envelope, status, contract.contractHeaders(requestId, startedAt));
});

async function answer(context) {
  if (!context.req.header('content-type')?.startsWith('application/json')) {
    return { status: 415, envelope: contract.failure('UNSUPPORTED_MEDIA_TYPE', 'expected JSON') };
  }
  let request;
  try {
    request = await context.req.json();
  } catch {
    return { status: 400, envelope: contract.failure('INVALID_JSON', 'the body is not JSON') };
  }
  return answerRequest(request);
}

serve({ fetch: app.fetch, port: contract.port, hostname: contract.host });
