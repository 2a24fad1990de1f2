/**
 * A plain server around one imported function, for tools that restart or re-evaluate it on save. The server
 * itself is kept on `globalThis`, which is how `bun --hot` wants it; with tools that restart it is always new.
 */
import { createServer } from 'node:http';
import { hello } from './hello.js';

const endpoint = '/hello/hello';

globalThis.benchHandler = (incoming, outgoing) => {
  const chunks = [];
  incoming.on('data', (chunk) => chunks.push(chunk));
  incoming.on('end', () => {
    const { body = {} } = JSON.parse(Buffer.concat(chunks).toString('utf8'));
    const text = JSON.stringify({ success: true, data: hello(body.name), endpoint });
    outgoing.writeHead(200, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(text),
    });
    outgoing.end(text);
  });
};

globalThis.benchServer ??= createServer((incoming, outgoing) =>
  globalThis.benchHandler(incoming, outgoing),
).listen(Number(process.env.PORT), '127.0.0.1');
