/** Fastify 5: JSON Schema for what comes in (Ajv) and what goes out (fast-json-stringify), its own pino for the log. */
import fastify from 'fastify';
import * as contract from './contract.mjs';

const app = fastify({
  bodyLimit: contract.bodyLimit,
  // Fastify's own two lines per request would be twice the work of the others.
  disableRequestLogging: true,
  genReqId: (incoming) => contract.resolveRequestId(incoming.headers['x-request-id']),
  logger: contract.logFile === undefined ? false : { ...contract.logOptions, stream: contract.openLogFile() },
  // By default unknown keys are taken out in silence, and types are converted; the contract refuses both.
  ajv: { customOptions: { removeAdditional: false, coerceTypes: false, allErrors: true } },
});

app.addHook('onRequest', (request, _reply, done) => {
  request.startedAt = performance.now();
  done();
});

// Before the validation: a stranger is not told what a function takes.
app.addHook('preValidation', (request, reply, done) => {
  const token = request.body?.token;
  if (token === undefined) return void reply.code(401).send(contract.failure('MISSING_TOKEN', 'no token'));
  if (typeof token !== 'string')
    return void reply.code(400).send(contract.failure('INVALID_REQUEST', 'token: expected a string'));
  request.principal = contract.authenticate(token);
  if (request.principal === undefined)
    return void reply.code(401).send(contract.failure('INVALID_TOKEN', 'unknown token'));
  done();
});

// oxlint-disable-next-line max-params
app.addHook('onSend', (request, reply, _payload, done) => {
  reply.headers(contract.contractHeaders(request.id, request.startedAt));
  done();
});

if (contract.logFile !== undefined) {
  app.addHook('onResponse', (request, reply, done) => {
    const { id: requestId, method, url: path, startedAt, principal } = request;
    app.log.info(
      contract.requestLine({ requestId, method, path, status: reply.statusCode, startedAt, principal }),
    );
    done();
  });
}

app.setErrorHandler((error, _request, reply) => {
  const code =
    error.validation !== undefined
      ? 'VALIDATION_ERROR'
      : error.statusCode === 415
        ? 'UNSUPPORTED_MEDIA_TYPE'
        : error.statusCode === 400
          ? 'INVALID_JSON'
          : 'INTERNAL_ERROR';
  reply.code(contract.statuses[code]).send(contract.failure(code, error.message, error.validation));
});

app.post(
  contract.endpoint,
  {
    schema: {
      body: {
        type: 'object',
        additionalProperties: false,
        properties: {
          token: { type: 'string' },
          body: {
            type: 'object',
            additionalProperties: false,
            properties: { name: { type: 'string', default: 'World' } },
            default: {},
          },
        },
      },
      response: {
        200: {
          type: 'object',
          required: ['success', 'data', 'endpoint'],
          properties: {
            success: { type: 'boolean' },
            data: { type: 'string' },
            endpoint: { type: 'string' },
          },
        },
      },
    },
  },
  (request, reply) => {
    reply.send(contract.success(contract.syncHello(request.body.body.name)));
  },
);

const text = { type: 'string' };
const strict = (properties, required = Object.keys(properties)) => ({
  type: 'object',
  additionalProperties: false,
  required,
  properties,
});

// The same work as `targets/orders.ts`.
app.post(
  '/orders/total',
  {
    schema: {
      body: strict(
        {
          token: text,
          body: strict({
            orders: {
              type: 'array',
              items: strict({
                id: text,
                customer: strict({ name: text, email: text, address: strict({ street: text, city: text }) }),
                items: {
                  type: 'array',
                  items: strict(
                    {
                      sku: text,
                      quantity: { type: 'number' },
                      price: { type: 'number' },
                      tags: { type: 'array', items: text },
                      note: text,
                    },
                    ['sku', 'quantity', 'price', 'tags'],
                  ),
                },
              }),
            },
          }),
        },
        ['body'],
      ),
      response: {
        200: strict({
          success: { type: 'boolean' },
          data: strict({ orders: { type: 'number' }, sum: { type: 'number' } }),
          endpoint: text,
        }),
      },
    },
  },
  (request, reply) => {
    const { orders } = request.body.body;
    let sum = 0;
    for (const order of orders) for (const item of order.items) sum += item.quantity * item.price;
    reply.send({ success: true, data: { orders: orders.length, sum }, endpoint: '/orders/total' });
  },
);

await app.listen({ port: contract.port, host: contract.host });
