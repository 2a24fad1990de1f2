import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Server as NetServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { getRequestListener } from '@hono/node-server';
import type { Config } from '../config/schema.ts';
import { ApiError } from '../contract/api-error.ts';
import type { LogPort } from '../contract/log-port.ts';
import type { Meter } from '../contract/meter.ts';
import { overloaded } from '../contract/overloaded.ts';
import type { Registry } from '../registry/registry.ts';
import { acceptWaiting } from './accept-waiting.ts';
import type { Answer } from './answer.ts';
import type { HttpApp } from './app.ts';
import { checkRequest, maxHeaderFields } from './check-request.ts';
import { Connections } from './connections.ts';
import { DirectIncoming } from './direct/direct-incoming.ts';
import type { DirectLane, Router } from './direct/direct-lane.ts';
import { DirectResponse } from './direct/direct-response.ts';
import { readWaiting } from './read-waiting.ts';
import {
  endRequests,
  linger,
  noteExchange,
  refuseInTurn,
  refusedAnswer,
  toParserRefusal,
} from './refuse-malformed.ts';
import { writeAnswer } from './write-answer.ts';

/** Milliseconds, where the configuration has no say. */
const fixedTimeouts = {
  // Uploads over slow lines take their time; `readBytes` and `readChunks` watch that something comes.
  requestTimeout: 3_600_000,
  connectionsCheckingInterval: 2_000,
} as const;

/** Peers that are gone without a word are found by TCP itself: first asked after this time of silence. Milliseconds. */
const keepAliveProbe = { keepAlive: true, keepAliveInitialDelay: 60_000 } as const;

/**
 * Connections that the system accepts before this process does; it may allow fewer (`somaxconn`). More than the usual
 * 511: those that find no place there do not hear 503, they try again after a second, and then after more.
 */
const backlog = 4_096;

/**
 * How long idle connections stay open for a last polite answer, before they are closed: a request may be on its way, over
 * a slow line or from a client that gets little time. Milliseconds.
 */
const defaultFarewell = 500;

/** A client that has just connected gets more: it is about to send its request. Milliseconds. */
const silentFarewell = 500;

export interface HttpServerOptions {
  readonly app: HttpApp;
  /** Makes what answers plain calls ahead of the app. Default: nothing does. */
  readonly createLane?: (router: Router) => DirectLane;
  /** Where to listen is read once, all else at each connection. */
  readonly settings: () => Pick<
    Config,
    'directLane' | 'headersTimeout' | 'host' | 'keepAliveTimeout' | 'maxConnections' | 'port'
  >;
  readonly registry: Registry;
  readonly logs: LogPort;
  readonly meter: Meter;
}

/** A listening socket of the operating system, which several processes may accept connections from. */
export type ListeningHandle = object;

export interface Listening {
  readonly port: number;
  readonly url: string;
  /** For other processes. */
  readonly handle: ListeningHandle | undefined;
}

export interface HttpServer {
  /**
   * Resolves when connections are accepted; with port 0, the system chooses one. `shared`: accepts from this
   * socket, in place of one of its own.
   *
   * @throws Error with a readable message when the address is taken or not ours
   */
  listen(shared?: ListeningHandle): Promise<Listening>;
  /**
   * Stops accepting, lets calls in flight finish for at most `seconds`, and closes what is left. The
   * service's state must be 'stopping' or 'leaving' by then: late requests on open connections are refused,
   * or told to be the last. `farewell`: milliseconds that idle connections stay open. Default: 500.
   */
  drain(
    seconds: number,
    farewell?: number,
  ): Promise<{ /** Connections cut at the timeout. */ readonly cut: number }>;
}

export function createHttpServer(options: HttpServerOptions): HttpServer {
  const sockets = new Connections(() => options.settings().maxConnections);
  const server = createNodeServer(options, sockets);
  return {
    listen: (shared) => listen(server, options, shared),
    async drain(seconds, farewell = defaultFarewell) {
      if (!server.listening) return { cut: 0 };
      await acceptWaiting(server);
      // `http.Server.close` would also close idle connections at once, and with them reset requests that
      // are on their way; the plain `close` only stops accepting.
      const closed = new Promise<void>((resolve) => NetServer.prototype.close.call(server, () => resolve()));
      const deadline = new AbortController();
      const timeout = sleep(seconds * 1000, 'timeout', { signal: deadline.signal }).catch(() => 'closed');
      if (sockets.size > 0) await Promise.race([closed, timeout, sleep(farewell)]);
      await readWaiting();
      server.closeIdleConnections();
      const silent = [...sockets].filter(({ bytesRead }) => bytesRead === 0);
      if (silent.length > 0) await Promise.race([closed, timeout, sleep(silentFarewell)]);
      await readWaiting();
      for (const socket of silent) if (socket.bytesRead === 0) socket.destroy();
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

function createNodeServer(options: HttpServerOptions, sockets: Connections) {
  const { app, registry, logs, meter } = options;
  const refuse = (error: ApiError): Answer => {
    if (error.code !== 'OVERLOADED') meter.refusedMalformed();
    return refusedAnswer(error, registry.current.generation);
  };
  const handle = getRequestListener(app.fetch, {
    // For HTTP/1.0, which needs no `Host`; health checks of some load balancers speak it.
    hostname: 'localhost',
    // See `send` in app.ts.
    overrideGlobalObjects: false,
    errorHandler(error) {
      const { status, headers, text } = refuse(
        new ApiError('INVALID_REQUEST', `The request cannot be used: ${describe(error)}`),
      );
      return new Response(text, { status, headers });
    },
  });
  const lane = options.createLane?.((incoming, outgoing) => void handle(incoming, outgoing));
  const server = createServer({
    ...fixedTimeouts,
    ...keepAliveProbe,
    requireHostHeader: false,
    IncomingMessage: DirectIncoming,
    ServerResponse: DirectResponse,
  });
  // One more than is allowed, so that too many are seen and none is left out in silence.
  server.maxHeadersCount = maxHeaderFields + 1;
  const takes = (incoming: DirectIncoming, outgoing: DirectResponse): boolean =>
    lane !== undefined && options.settings().directLane && lane.takes(incoming, outgoing);
  const answer = (incoming: DirectIncoming, outgoing: DirectResponse): void => {
    if (!noteExchange(incoming, outgoing)) return;
    // The parser may lose what follows an offer to upgrade, so nothing may.
    if (incoming.headers.upgrade !== undefined) outgoing.shouldKeepAlive = false;
    const problem = checkRequest(incoming) ?? refuseSurplus(incoming, sockets, meter);
    if (problem !== undefined) answerOnceRead(incoming, outgoing, refuse(problem));
    else if (!takes(incoming, outgoing)) void handle(incoming, outgoing);
  };
  server.on('request', answer);
  // Whoever reads the body answers `100 Continue`; see `NodeRequest`.
  server.on('checkContinue', answer);
  server.on('checkExpectation', (incoming: IncomingMessage, outgoing: ServerResponse) => {
    if (!noteExchange(incoming, outgoing)) return;
    const got = incoming.headers.expect?.slice(0, 100);
    const error = new ApiError('INVALID_REQUEST', `Expect: expected '100-continue', got '${got}'`, {
      status: 417,
    });
    answerOnceRead(incoming, outgoing, refuse(error));
  });
  server.on('connect', (incoming: IncomingMessage, socket: Socket) => {
    // The parser has let go of the connection, and of its listeners.
    socket.on('error', () => {});
    refuseInTurn(socket, refuse(methodNotAllowed(incoming)));
  });
  server.on('connection', (socket: Socket) => {
    const { headersTimeout, keepAliveTimeout } = options.settings();
    server.headersTimeout = headersTimeout * 1000;
    server.keepAliveTimeout = keepAliveTimeout * 1000;
    if (!sockets.add(socket)) meter.shed('connections');
  });
  listenToParser(server, { logs, refuse });
  return server;
}

/** The parser says the same of each piece that comes after its first error; once is enough. */
function listenToParser(
  server: NetServer,
  { logs, refuse }: { logs: LogPort; refuse: (error: ApiError) => Answer },
): void {
  const refused = new WeakSet<Socket>();
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    if (refused.has(socket)) return;
    refused.add(socket);
    const refusal = toParserRefusal(error);
    if (refusal === undefined) {
      socket.destroy();
      return;
    }
    logs.system('debug', 'A malformed request was refused', { cause: error.code ?? error.message });
    refuseInTurn(socket, refuse(refusal));
  });
}

/** `/health` is answered all the same: a process that is busy must not be taken for a dead one. */
function refuseSurplus(
  { socket, url }: IncomingMessage,
  sockets: Connections,
  meter: Meter,
): ApiError | undefined {
  if (!sockets.isSurplus(socket) || url === '/health') return undefined;
  meter.shed('connections');
  return overloaded(`more connections are open than 'maxConnections' allows`);
}

function methodNotAllowed({ method }: IncomingMessage): ApiError {
  return new ApiError('METHOD_NOT_ALLOWED', `expected GET, HEAD or POST, got '${method}'`, {
    headers: { allow: 'GET, HEAD, POST' },
  });
}

/** Reads what is left of the body first, as far as it comes soon: see `refuseInTurn`. */
function answerOnceRead(incoming: IncomingMessage, outgoing: ServerResponse, answer: Answer): void {
  endRequests(incoming.socket);
  const send = (): void => {
    clearTimeout(timer);
    incoming.off('end', send);
    if (!outgoing.destroyed) writeAnswer(outgoing, answer);
  };
  const timer = setTimeout(send, incoming.headers.expect === undefined ? linger : 0);
  incoming.on('error', () => {});
  incoming.once('end', send).resume();
}

/** What stands in the way of a URL: `Invalid host header`, `Backslash in request path` … */
function describe(error: unknown): string {
  return error instanceof Error ? error.message : 'its target or its Host is not valid';
}

function listen(
  server: NetServer,
  { settings, logs }: HttpServerOptions,
  shared: ListeningHandle | undefined,
) {
  const { host, port } = settings();
  return new Promise<Listening>((resolve, reject) => {
    const onError = (cause: NodeJS.ErrnoException): void =>
      reject(new Error(listenProblem(cause, host, port), { cause }));
    server.once('error', onError);
    const onListening = (): void => {
      server.off('error', onError);
      // From here on: a connection that could not be accepted, for want of file descriptors mostly.
      // Serving goes on.
      server.on('error', (err) => logs.error('A connection could not be accepted', { err }));
      const { port: chosen } = server.address() as AddressInfo;
      // Node documents that it takes what has such a member, and has no other name for it.
      const { _handle: handle } = server as NetServer & { _handle?: ListeningHandle };
      resolve({ port: chosen, url: `http://${urlHost(host)}:${chosen}`, handle });
    };
    if (shared === undefined) server.listen({ port, host, backlog }, onListening);
    else server.listen(shared, onListening);
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
