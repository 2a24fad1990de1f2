import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What all runners send their requests to. `/order` is small; `/large` is 1.5 MB. Prints its port. */
const order = Buffer.from(
  JSON.stringify({
    id: 42,
    status: 'paid',
    total: 99.5,
    items: [
      { sku: 'a-1', count: 2 },
      { sku: 'b-2', count: 1 },
    ],
  }),
);
const large = Buffer.from(JSON.stringify({ id: 42, status: 'paid', padding: 'x'.repeat(1_500_000) }));

const server = createServer((request, response) => {
  const body = request.url?.startsWith('/large') === true ? large : order;
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length });
  response.end(body);
});
server.listen(0, '127.0.0.1', () => console.log(`port ${(server.address() as AddressInfo).port}`));
