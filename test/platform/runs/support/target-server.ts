import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface TargetServer {
  readonly url: string;
  /** How often each path was asked for, query and all. */
  readonly asked: Map<string, number>;
  /** Milliseconds before each answer. */
  delay: number;
  /** Status of the answer to a path; default: 200. */
  status: (path: string) => number;
  close(): Promise<void>;
}

/** What runs send their requests to: counts them, and answers `{"path": …}`. */
export async function startTarget(): Promise<TargetServer> {
  const asked = new Map<string, number>();
  const target: TargetServer = { url: '', asked, delay: 0, status: () => 200, close };
  const answer = ({ url = '/' }: IncomingMessage, response: ServerResponse) => {
    asked.set(url, (asked.get(url) ?? 0) + 1);
    const send = () => {
      response.writeHead(target.status(url), { 'content-type': 'application/json' });
      response.end(JSON.stringify({ path: url }));
    };
    if (target.delay > 0) setTimeout(send, target.delay);
    else send();
  };
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  function close(): Promise<void> {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(() => resolve()));
  }
  return Object.assign(target, { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
}
