import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Server as NetServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { getRequestListener } from '@hono/node-server';
import type { Config } from '../config/schema.ts';
import type { LogPort } from '../contract/log-port.ts';
import type { Registry } from '../registry/registry.ts';
import type { Answer } from './answer.ts';
import type { HttpApp } from './app.ts';
import { malformedAnswer, refuseMalformed } from './refuse-malformed.ts';
import { writeAnswer } from './write-answer.ts';

/**
 * Milliseconds. Headers and body must arrive in time, against clients that trickle; a function's own time
 * does not count. Idle connections outlive the 60 s after which the usual load balancers close theirs, so
 * that none of them sends a request into a connection that we are closing.
 */
const timeouts = {
  headersTimeout: 15_000,
  // Uploads over slow lines take their time; `readBytes` and `readChunks` watch that something comes.
  requestTimeout: 3_600_000,
  keepAliveTimeout: 65_000,
  connectionsCheckingInterval: 5_000,
} as const;

/** How long idle connections stay open for the polite 503, before they are closed. Milliseconds. */
const farewell = 100;

export interface HttpServerOptions {
  readonly app: HttpApp;
  readonly settings: Pick<Config, 'host' | 'port'>;
  readonly registry: Registry;
  readonly logs: LogPort;
}

export interface HttpServer {
  /**
   * Resolves when connections are accepted; with port 0, the system chooses one.
   *
   * @throws Error with a readable message when the address is taken or not ours
   */
  listen(): Promise<{ readonly port: number; readonly url: string }>;
  /**
   * Stops accepting, lets calls in flight finish for at most `seconds`, and closes what is left. The
   * service's state must be 'stopping' by then: late requests on open connections are refused because of
   * it.
   */
  drain(seconds: number): Promise<{ /** Connections cut at the timeout. */ readonly cut: number }>;
}

export function createHttpServer(options: HttpServerOptions): HttpServer {
  const server = createNodeServer(options);
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  return {
    listen: () => listen(server, options),
    async drain(seconds) {
      if (!server.listening) return { cut: 0 };
      // `http.Server.close` would also close idle connections at once, and with them reset requests that
      // are on their way; the plain `close` only stops accepting.
      const closed = new Promise<void>((resolve) => NetServer.prototype.close.call(server, () => resolve()));
      const deadline = new AbortController();
      const timeout = sleep(seconds * 1000, 'timeout', { signal: deadline.signal }).catch(() => 'closed');
      if (sockets.size > 0) await Promise.race([closed, timeout, sleep(farewell)]);
      for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy();
      server.closeIdleConnections();
      const end = await Promise.race([closed, timeout]);
      deadline.abort();
      const cut = end === 'timeout' ? sockets.size : 0;
      server.closeAllConnections();
      for (const socket of sockets) socket.destroy();
      await closed;
      // Nothing is left to close; this stops the timer that checks connections.
      server.close();
      return { cut };
    },
  };
}

function createNodeServer({ app, registry, logs }: HttpServerOptions) {
  const malformed = (message: string): Answer =>
    malformedAnswer(message, { status: 400, generation: registry.current.generation });
  const handle = getRequestListener(app.fetch, {
    // For HTTP/1.0, which needs no `Host`; health checks of some load balancers speak it.
    hostname: 'localhost',
    // See `send` in app.ts.
    overrideGlobalObjects: false,
    errorHandler(error) {
      const { status, headers, text } = malformed(`The request cannot be used: ${describe(error)}`);
      return new Response(text, { status, headers });
    },
  });
  const server = createServer({ ...timeouts, requireHostHeader: false }, (incoming, outgoing) => {
    if (incoming.headers.host !== undefined || incoming.httpVersion === '1.0')
      void handle(incoming, outgoing);
    else writeAnswer(outgoing, malformed('Host: expected the header, got none'));
  });
  // Whoever reads the body answers `100 Continue`; see `NodeRequest`.
  server.on('checkContinue', (incoming: IncomingMessage, outgoing: ServerResponse) =>
    server.emit('request', incoming, outgoing),
  );
  server.on('checkExpectation', (incoming, outgoing) => server.emit('request', incoming, outgoing));
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    logs.system('debug', 'A malformed request was refused', { cause: error.code ?? error.message });
    refuseMalformed(error, socket, registry.current.generation);
  });
  return server;
}

/** What stands in the way of a URL: `Invalid host header`, `Backslash in request path` … */
function describe(error: unknown): string {
  return error instanceof Error ? error.message : 'its target or its Host is not valid';
}

function listen(server: NetServer, { settings: { host, port }, logs }: HttpServerOptions) {
  return new Promise<{ port: number; url: string }>((resolve, reject) => {
    const onError = (cause: NodeJS.ErrnoException): void =>
      reject(new Error(listenProblem(cause, host, port), { cause }));
    server.once('error', onError);
    server.listen(port, host, () => {
      server.off('error', onError);
      // From here on: a connection that could not be accepted, for want of file descriptors mostly.
      // Serving goes on.
      server.on('error', (err) => logs.error('A connection could not be accepted', { err }));
      const { port: chosen } = server.address() as AddressInfo;
      resolve({ port: chosen, url: `http://${urlHost(host)}:${chosen}` });
    });
  });
}

function listenProblem({ code, message }: NodeJS.ErrnoException, host: string, port: number): string {
  switch (code) {
    case 'EADDRINUSE':
      return `port ${port} on ${host} is in use; stop what uses it, or choose another with PORT or --port`;
    case 'EACCES':
      return `port ${port} may not be used by this user; choose one above 1023 with PORT or --port`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `host '${host}' is no address of this machine; set HOST or --host, for example 127.0.0.1`;
    default:
      return `cannot listen on ${host}:${port}: ${message}`;
  }
}

function urlHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}
