import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { businessToken } from '../support/start-server.ts';

/** `current`: the revision 2026-07-28; `earlier`: 2025-11-25, with `initialize`. */
export const revisions = ['current', 'earlier'] as const;
export type Revision = (typeof revisions)[number];

export interface ConnectOptions {
  readonly revision?: Revision;
  readonly token?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  readonly onToolsChanged?: (names: readonly string[]) => void;
}

/** The official client, connected over a real socket. */
export async function connect(url: string, options: ConnectOptions = {}): Promise<Client> {
  const { revision = 'current', token = businessToken, onToolsChanged } = options;
  const client = new Client(
    { name: 'test-client', version: '1.0.0' },
    {
      versionNegotiation: { mode: revision === 'current' ? { pin: '2026-07-28' } : 'legacy' },
      ...(onToolsChanged === undefined
        ? {}
        : {
            listChanged: {
              tools: {
                debounceMs: 0,
                onChanged(error, tools) {
                  if (error !== null) throw error;
                  onToolsChanged((tools ?? []).map(({ name }) => name));
                },
              },
            },
          }),
    },
  );
  const headers = { authorization: `Bearer ${token}`, ...options.headers };
  await client.connect(
    new StreamableHTTPClientTransport(new URL(`${url}/mcp`), { requestInit: { headers } }),
  );
  return client;
}

/** Names of all tools; the client asks for every page. */
export async function toolNames(client: Client): Promise<string[]> {
  return (await client.listTools()).tools.map(({ name }) => name);
}

/** The text of a result's first block. */
export function textOf(result: { content?: unknown }): string {
  const [first] = result.content as { text?: string }[];
  return first?.text ?? '';
}

/** Waits until `done`, 10 s at most. */
export async function until(done: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!(await done())) {
    if (Date.now() > deadline) throw new Error('what the test waits for did not happen within 10 s');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
