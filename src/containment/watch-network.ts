import diagnostics from 'node:diagnostics_channel';
import type { Socket as UdpSocket } from 'node:dgram';
import { Server, Socket, type AddressInfo } from 'node:net';
import { noteBelonging } from './module-scope.ts';

/** Servers that listen, sockets that connect; UDP by the channel that Node has for it. */
export function watchNetwork(): void {
  before(Server.prototype, 'listen', (server: Server) =>
    noteBelonging({
      kind: 'server',
      describe: () => `server on ${addressText(server.address())}`,
      isLeft: () => server.listening,
    }),
  );
  before(Socket.prototype, 'connect', (socket: Socket) =>
    noteBelonging({
      kind: 'socket',
      describe: () => `socket to ${peerText(socket)}`,
      isLeft: () => !socket.destroyed,
    }),
  );
  diagnostics.subscribe('udp.socket', (message) => {
    const { socket } = message as { socket: UdpSocket };
    let open = true;
    socket.once('close', () => (open = false));
    noteBelonging({ kind: 'socket', describe: () => 'UDP socket', isLeft: () => open });
  });
}

/** Runs `look` before a method of a prototype. */
function before<T extends object>(prototype: T, name: keyof T, look: (self: T) => void): void {
  const method = prototype[name] as (...args: unknown[]) => unknown;
  const watched = function (this: T, ...args: unknown[]): unknown {
    look(this);
    return Reflect.apply(method, this, args);
  };
  Object.defineProperties(watched, {
    name: { value: method.name, configurable: true },
    length: { value: method.length, configurable: true },
  });
  prototype[name] = watched as T[keyof T];
}

function addressText(address: string | AddressInfo | null): string {
  if (address === null || typeof address === 'string') return address ?? 'nothing';
  return address.family === 'IPv6'
    ? `[${address.address}]:${address.port}`
    : `${address.address}:${address.port}`;
}

function peerText({ remoteAddress, remotePort }: Socket): string {
  return remoteAddress === undefined ? 'a peer that is not connected' : `${remoteAddress}:${remotePort}`;
}
