import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A server to send requests to. */
export interface Target {
  url: string;
  /** Paths with query of all requests, in the order of their coming. */
  seen: string[];
  /** The most requests that were being answered at a time. */
  most: number;
  /** Requests whose client went away before the answer. */
  aborted: number;
  reset(): void;
  close(): Promise<void>;
}

export async function startTarget(): Promise<Target> {
  const turns = new Map<string, number>();
  let open = 0;
  const server = createServer((request, response) => {
    open += 1;
    target.most = Math.max(target.most, open);
    target.seen.push(request.url ?? '');
    response.on('close', () => {
      open -= 1;
      if (!response.writableEnded) target.aborted += 1;
    });
    void answer(request, response, turns);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const target: Target = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen: [],
    most: 0,
    aborted: 0,
    reset() {
      turns.clear();
      target.seen = [];
      target.most = 0;
      target.aborted = 0;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return target;
}

async function answer(request: IncomingMessage, response: ServerResponse, turns: Map<string, number>) {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks).toString();
  const url = new URL(request.url ?? '', 'http://h');
  const query = Object.fromEntries(url.searchParams);
  const turn = (turns.get(url.href) ?? 0) + 1;
  turns.set(url.href, turn);
  if (query['ms']) await sleep(Number(query['ms']));
  const send = (status: number, value: unknown, headers: Record<string, string> = {}) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify(value));
  };
  if (url.pathname === '/login') return send(200, { token: `t-${turn}` }, { 'set-cookie': `sid=s${turn}` });
  // Fails as often as asked, then answers.
  if (url.pathname === '/flaky') return send(turn > Number(query['fail']) ? 200 : 503, { turn });
  // Answers that it is not ready yet, then never again.
  if (url.pathname === '/hangs-later') return turn > Number(query['good']) ? undefined : send(503, { turn });
  if (url.pathname === '/status') return send(Number(query['code']), {});
  send(200, {
    method: request.method,
    path: url.pathname,
    url: request.url,
    query,
    headers: request.headers,
    body,
  });
}
