import {
  WebStandardStreamableHTTPServerTransport,
  type Server,
  type ServerEventBus,
} from '@modelcontextprotocol/server';

export interface NotificationStreamOptions {
  readonly request: Request;
  /** Of this stream alone. */
  readonly server: Server;
  readonly bus: ServerEventBus;
  /** Ways to close the streams that are open; this one is among them until it ends. */
  readonly streams: Set<() => Promise<void>>;
}

/**
 * Answers a GET with an event stream that tells of changed tools until the client leaves or the stream is
 * closed; or with the refusal of a GET that asks for something else.
 */
export async function openNotificationStream(options: NotificationStreamOptions): Promise<Response> {
  const { request, server, bus, streams } = options;
  const transport = new WebStandardStreamableHTTPServerTransport({});
  await server.connect(transport);
  const response = await transport.handleRequest(request);
  if (!response.ok) {
    await server.close();
    return response;
  }
  const unsubscribe = bus.subscribe((event) => {
    // What cannot be told any more is a stream that has just ended.
    if (event.kind === 'tools_list_changed') server.sendToolListChanged().catch(() => {});
  });
  const close = async (): Promise<void> => {
    unsubscribe();
    streams.delete(close);
    request.signal.removeEventListener('abort', onLeave);
    await server.close();
  };
  const onLeave = (): void => void close().catch(() => {});
  streams.add(close);
  if (request.signal.aborted) onLeave();
  else request.signal.addEventListener('abort', onLeave, { once: true });
  return response;
}
