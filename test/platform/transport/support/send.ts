import type {
  Exchange,
  PreparedRequest,
  SendOptions,
  Transport,
} from '../../../../apis/_platform/model/transport.ts';
import {
  createTransport,
  type TransportOptions,
} from '../../../../apis/_platform/transport/create-transport.ts';
import { afterwards } from './servers.ts';

export function openTransport(options: Partial<TransportOptions> = {}): Transport {
  const transport = createTransport({ allowPrivate: true, ...options });
  afterwards(() => transport.close());
  return transport;
}

export async function send(
  transport: Transport,
  request: Partial<PreparedRequest> & { url: string },
  options: Partial<SendOptions> = {},
): Promise<Exchange> {
  return transport.send(
    { method: 'GET', headers: [], auth: { type: 'none' }, settings: {}, ...request },
    { signal: new AbortController().signal, keepBytes: 65_536, ...options },
  );
}

export function sentHeader(exchange: Exchange, name: string): string | undefined {
  return exchange.request.headers.find(([key]) => key.toLowerCase() === name)?.[1];
}

export function bodyText(exchange: Exchange): string {
  return Buffer.from(exchange.body ?? []).toString('utf8');
}

/** What the server of a test says that it got. */
export function bodyJson(exchange: Exchange): Record<string, unknown> {
  return JSON.parse(bodyText(exchange)) as Record<string, unknown>;
}
