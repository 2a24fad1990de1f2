/** Nothing but `node:http`, written by hand for this one function: what no general runtime can beat. */
import { createServer } from 'node:http';
import * as contract from './contract.mjs';

const jsonType = /^application\/json\s*(?:;|$)/i;

createServer((incoming, outgoing) => {
  const startedAt = performance.now();
  const chunks = [];
  let length = 0;
  incoming.on('data', (chunk) => {
    length += chunk.length;
    if (length > contract.bodyLimit) incoming.destroy();
    else chunks.push(chunk);
  });
  incoming.on('end', () => {
    const requestId = contract.resolveRequestId(incoming.headers['x-request-id']);
    const { status, envelope, principal } = answer(incoming, chunks);
    const text = JSON.stringify(envelope);
    contract.logRequest({
      requestId,
      method: incoming.method,
      path: incoming.url,
      status,
      startedAt,
      principal,
    });
    outgoing.writeHead(status, {
      'content-type': 'application/json; charset=UTF-8',
      ...contract.contractHeaders(requestId, startedAt),
      'content-length': Buffer.byteLength(text),
    });
    outgoing.end(text);
  });
}).listen(contract.port, contract.host);

function answer(incoming, chunks) {
  if (incoming.method !== 'POST' || incoming.url !== contract.endpoint)
    return refuse('ENDPOINT_NOT_FOUND', 'not served');
  if (!jsonType.test(incoming.headers['content-type'] ?? ''))
    return refuse('UNSUPPORTED_MEDIA_TYPE', 'expected JSON');
  let request;
  try {
    request = JSON.parse((chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)).toString('utf8'));
  } catch {
    return refuse('INVALID_JSON', 'the body is not JSON');
  }
  if (typeof request !== 'object' || request === null || Array.isArray(request))
    return refuse('INVALID_REQUEST', 'expected an object');
  for (const key of Object.keys(request)) {
    if (key !== 'token' && key !== 'body') return refuse('INVALID_REQUEST', `unknown key '${key}'`);
  }
  const { token, body = {} } = request;
  if (token === undefined) return refuse('MISSING_TOKEN', 'no token');
  if (typeof token !== 'string') return refuse('INVALID_REQUEST', 'token: expected a string');
  const principal = contract.authenticate(token);
  if (principal === undefined) return refuse('INVALID_TOKEN', 'unknown token');
  const problems = validate(body);
  if (problems.length > 0) return { ...refuse('VALIDATION_ERROR', problems[0].message, problems), principal };
  return { status: 200, envelope: contract.success(contract.syncHello(body.name)), principal };
}

function validate(body) {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    return [{ path: '', message: 'expected an object' }];
  const problems = [];
  for (const key of Object.keys(body)) {
    if (key !== 'name') problems.push({ path: key, message: `unknown parameter '${key}'` });
  }
  if (body.name !== undefined && typeof body.name !== 'string')
    problems.push({ path: 'name', message: 'expected a string' });
  return problems;
}

function refuse(code, message, details) {
  return { status: contract.statuses[code], envelope: contract.failure(code, message, details) };
}
