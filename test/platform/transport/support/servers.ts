import { createServer, type RequestListener, type Server } from 'node:http';
import {
  createServer as createTcpServer,
  type AddressInfo,
  type Server as TcpServer,
  type Socket,
} from 'node:net';

export interface Served {
  url: string;
  port: number;
  /** Connections that were opened to it until now. */
  connections(): number;
}

const closers: (() => Promise<void>)[] = [];

export async function serveHttp(
  listener: (...exchange: Parameters<RequestListener>) => unknown,
): Promise<Served> {
  return serve(
    createServer((request, answer) => void listener(request, answer)),
    'http',
  );
}

/** A server that writes bytes by itself. */
export async function serveTcp(onConnection: (socket: Socket) => void): Promise<Served> {
  return serve(
    createTcpServer((socket) => {
      socket.on('error', () => socket.destroy());
      onConnection(socket);
    }),
    'http',
  );
}

export async function serve(server: Server | TcpServer, scheme: 'http' | 'https'): Promise<Served> {
  const sockets = new Set<Socket>();
  let opened = 0;
  server.on('connection', (socket: Socket) => {
    opened += 1;
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  closers.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return { port, url: `${scheme}://127.0.0.1:${port}`, connections: () => opened };
}

/** A port that nothing listens at. */
export async function freePort(): Promise<number> {
  const server = createTcpServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export function afterwards(close: () => Promise<void>): void {
  closers.push(close);
}

export async function closeAll(): Promise<void> {
  await Promise.all(closers.splice(0).map((close) => close()));
}

export async function readAll(stream: AsyncIterable<unknown>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
