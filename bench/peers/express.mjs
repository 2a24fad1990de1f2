/** Express 5, with zod. */
import express from 'express';
import * as contract from './contract.mjs';
import { answerRequest } from './request-schema.mjs';

const app = express();
app.disable('x-powered-by');
// A digest of every answer, which none of the others makes.
app.disable('etag');
app.use((request, _response, next) => {
  request.startedAt = performance.now();
  next();
});
app.use(express.json({ limit: contract.bodyLimit }));

app.post(contract.endpoint, (request, response) => {
  const { status, envelope, principal } =
    request.body === undefined
      ? { status: 415, envelope: contract.failure('UNSUPPORTED_MEDIA_TYPE', 'expected JSON') }
      : answerRequest(request.body);
  send(request, response, { status, envelope, principal });
});

// Express tells error handlers by their four parameters.
// oxlint-disable-next-line max-params
app.use((error, request, response, _next) => {
  const code = error.status === 400 ? 'INVALID_JSON' : 'INTERNAL_ERROR';
  send(request, response, {
    status: contract.statuses[code],
    envelope: contract.failure(code, error.message),
  });
});

function send(request, response, { status, envelope, principal }) {
  const { startedAt, method, path } = request;
  const requestId = contract.resolveRequestId(request.headers['x-request-id']);
  contract.logRequest({ requestId, method, path, status, startedAt, principal });
  response.status(status).set(contract.contractHeaders(requestId, startedAt)).json(envelope);
}

app.listen(contract.port, contract.host);
