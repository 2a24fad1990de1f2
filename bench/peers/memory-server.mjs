/**
 * A plain server around a module that is saved again and again, for tools that restart or re-evaluate it; or, on
 * `/import?v=<n>`, evaluates it anew itself. The server is kept on `globalThis`, which is how `bun --hot` wants it.
 */
import { createServer } from 'node:http';
import { setImmediate as turn } from 'node:timers/promises';
import * as big from './big.js';

let latest = big;

async function memoryKept() {
  for (let pass = 0; pass < 4; pass++) {
    globalThis.gc?.();
    globalThis.Bun?.gc(true);
    await turn();
  }
  const { rss, heapUsed } = process.memoryUsage();
  return { rss, heap: heapUsed };
}

globalThis.benchHandler = async (incoming, outgoing) => {
  const { pathname, searchParams } = new URL(incoming.url, 'http://localhost');
  if (pathname === '/import') latest = await import(`./big.js?v=${searchParams.get('v')}`);
  const memory = pathname === '/memory' ? await memoryKept() : {};
  outgoing.setHeader('connection', 'close');
  outgoing.end(JSON.stringify({ ...latest.version(), ...memory }));
};

globalThis.benchServer ??= createServer((incoming, outgoing) =>
  globalThis.benchHandler(incoming, outgoing),
).listen(Number(process.env.PORT), '127.0.0.1');
