import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions, type SecureContext, type TLSSocket } from 'node:tls';
import type { TlsSettings } from '../model/request.ts';
import type { Connection } from './connection.ts';
import type { Deadlines, Timed } from './deadlines.ts';
import { guardedLookup } from './guarded-lookup.ts';
import { openTunnel, type Proxy } from './proxy.ts';
import { readCertificate } from './read-certificate.ts';
import { shownTarget, type Target } from './target.ts';
import { plainHost, type TargetGuard } from './target-guard.ts';
import { toFailure } from './to-failure.ts';
import { TransportFailure } from './transport-errors.ts';

/** Where the connections of a pool lead, and how. */
export interface Route {
  target: Target;
  proxy: Proxy | undefined;
  tls: TlsSettings | undefined;
  secureContext: SecureContext | undefined;
  http2: boolean;
  guard: TargetGuard;
  deadlines: Deadlines;
}

/** Told once: either the connection or why there is none. */
type Opened = (failure: TransportFailure | null, socket: Socket | null, connection?: Connection) => void;

/** The opening of one connection, from the name to the end of the TLS handshake. */
export class Opening implements Timed {
  deadline: number;
  place = -1;
  readonly signal = undefined;
  readonly #route: Route;
  readonly #timeout: number;
  readonly #opened: Opened;
  readonly #startedAt = performance.now();
  readonly #abandon = new AbortController();
  #resolvedAt = 0;
  #connectedAt = 0;
  #socket: Socket | undefined;
  #connection: Connection | undefined;
  #over = false;

  /** @param timeout milliseconds for all of it */
  constructor(route: Route, timeout: number, opened: Opened) {
    this.#route = route;
    this.#timeout = timeout;
    this.#opened = opened;
    this.deadline = this.#startedAt + timeout;
    route.deadlines.watch(this);
    if (route.proxy !== undefined && route.target.secure) void this.#throughTunnel(route.proxy);
    else this.#direct();
  }

  expire(): void {
    this.#fail(
      new TransportFailure('CONNECT_TIMEOUT', { target: shownTarget(this.#peer), limit: this.#timeout }),
    );
  }

  /** Gives the connection up. */
  cancel(): void {
    this.#fail(new TransportFailure('CANCELLED'));
  }

  /** Whom the TCP connection is made to. */
  get #peer(): Target {
    return this.#route.proxy?.target ?? this.#route.target;
  }

  #direct(): void {
    const { hostname, port } = this.#peer;
    const onResolved = (): void => void (this.#resolvedAt = performance.now());
    const options = {
      host: hostname,
      port,
      lookup: guardedLookup(this.#route.guard, port, onResolved),
      autoSelectFamily: true,
      highWaterMark: 65_536,
    };
    if (this.#peer.secure) this.#secure(options);
    else this.#watch(connectTcp(options), 'connect');
  }

  async #throughTunnel(proxy: Proxy): Promise<void> {
    try {
      const socket = await openTunnel({
        proxy,
        target: this.#route.target,
        guard: this.#route.guard,
        signal: this.#abandon.signal,
        onResolved: () => void (this.#resolvedAt = performance.now()),
      });
      this.#connectedAt = performance.now();
      if (this.#over) socket.destroy();
      else this.#secure({ socket, host: this.#route.target.hostname });
    } catch (error) {
      this.#fail(error);
    }
  }

  #secure(options: ConnectionOptions): void {
    const { tls, target, secureContext, http2 } = this.#route;
    const serverName = tls?.serverName ?? (isIP(target.hostname) === 0 ? target.hostname : undefined);
    const socket = connectTls({
      ...options,
      ...(serverName !== undefined && { servername: serverName }),
      ...(secureContext !== undefined && { secureContext }),
      rejectUnauthorized: tls?.insecure !== true,
      ALPNProtocols: http2 ? ['h2', 'http/1.1'] : ['http/1.1'],
    });
    this.#watch(socket, 'secureConnect');
  }

  #watch(socket: Socket, ready: 'connect' | 'secureConnect'): void {
    this.#socket = socket;
    socket.setNoDelay(true).setKeepAlive(true, 60_000);
    socket.once('connect', () => this.#checkPeer(socket));
    socket.once(ready, () => {
      if (!this.#over) this.#succeed(socket);
    });
    socket.on('error', (error) => {
      if (this.#connection !== undefined) this.#connection.error ??= error;
      else this.#fail(error);
    });
    socket.once('close', () => this.#fail(Object.assign(new Error('closed'), { code: 'ECONNRESET' })));
  }

  /** The last look before the first byte: what was connected to is what was checked. */
  #checkPeer(socket: Socket): void {
    this.#connectedAt = performance.now();
    const { hostname, port } = this.#peer;
    try {
      if (socket.remoteAddress !== undefined)
        this.#route.guard.checkAddress(socket.remoteAddress, plainHost(hostname), port);
    } catch (refusal) {
      this.#fail(refusal);
    }
  }

  #succeed(socket: Socket): void {
    this.#over = true;
    this.#route.deadlines.forget(this);
    const now = performance.now();
    const beganAt = this.#resolvedAt === 0 ? this.#startedAt : this.#resolvedAt;
    const secure =
      this.#route.target.secure && 'getPeerCertificate' in socket ? (socket as TLSSocket) : undefined;
    // Without TLS there is nothing to agree on: the request says that the server knows HTTP/2.
    if (secure === undefined && this.#route.http2) Object.assign(socket, { alpnProtocol: 'h2' });
    this.#connection = {
      httpVersion: (socket as TLSSocket).alpnProtocol === 'h2' ? '2' : '1.1',
      remoteAddress: socket.remoteAddress,
      certificate: secure === undefined ? undefined : readCertificate(secure),
      error: undefined,
      opening: {
        ...(this.#resolvedAt !== 0 && { dns: this.#resolvedAt - this.#startedAt }),
        connect: this.#connectedAt - beganAt,
        ...(secure !== undefined && { tls: now - this.#connectedAt }),
      },
    };
    this.#opened(null, socket, this.#connection);
  }

  #fail(error: unknown): void {
    if (this.#over) return;
    this.#over = true;
    this.#route.deadlines.forget(this);
    this.#abandon.abort();
    this.#socket?.destroy();
    const secure = this.#connectedAt !== 0 && this.#route.target.secure;
    const { hostname } = this.#peer;
    const context = { target: shownTarget(this.#peer), host: hostname, answered: false, headersLimit: 0 };
    const failure = toFailure(
      error,
      secure ? { ...context, target: shownTarget(this.#route.target) } : context,
    );
    const brokeOff = failure.code === 'CONNECTION_RESET' || failure.code === 'CONNECTION_FAILED';
    this.#opened(
      secure && brokeOff
        ? new TransportFailure('TLS_FAILED', {
            target: shownTarget(this.#route.target),
            reason: error instanceof Error ? error.message : String(error),
          })
        : failure,
      null,
    );
  }
}
