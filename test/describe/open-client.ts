import { readFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { businessToken, projectRoot, startServer, type TestServer } from '../support/start-server.ts';
import { tortureFiles, tortureUse } from './client-modules.ts';
import { createClientProject, type ClientProject } from './client-project.ts';

/** A client that a running service gave, as its user's build has it. */
export interface OpenClient {
  readonly server: TestServer;
  readonly project: ClientProject;
  /** What `tortureUse` exports, where the compiler checks it; here only what it does counts. */
  readonly client: any;
  /** A client with a business token. */
  readonly api: any;
  /** A client of something that is no api-deploy. */
  strange(listener: RequestListener): Promise<any>;
  close(): Promise<void>;
}

export async function openClient(): Promise<OpenClient> {
  const template = await readFile(join(projectRoot, 'apis/template.ts'), 'utf8');
  const server = await startServer({ files: { ...tortureFiles, 'template.ts': template } });
  const text = await (await fetch(`${server.url}/client.ts`)).text();
  const project = await createClientProject({ 'client.ts': text, 'use.ts': tortureUse });
  const outfile = join(project.dir, 'bundle.mjs');
  const entryPoints = [join(project.dir, 'use.ts')];
  await build({ entryPoints, bundle: true, format: 'esm', outfile, logLevel: 'silent' });
  const client: any = await import(pathToFileURL(outfile).href);
  const others: ReturnType<typeof createServer>[] = [];
  return {
    server,
    project,
    client,
    api: client.createClient({ baseUrl: server.url, token: businessToken }),
    async strange(listener) {
      const other = createServer(listener).listen(0, '127.0.0.1');
      others.push(other);
      await new Promise((resolve) => other.once('listening', resolve));
      const { port } = other.address() as AddressInfo;
      return client.createClient({ baseUrl: `http://127.0.0.1:${port}/below/` });
    },
    async close() {
      for (const other of others) other.closeAllConnections();
      await Promise.all(others.map((other) => new Promise((resolve) => other.close(resolve))));
      await server.stop();
      await project.remove();
    },
  };
}

/** What a call fails with. */
export async function errorOf(call: Promise<unknown>): Promise<any> {
  return await call.then(
    (value) => new Error(`expected an error, got ${JSON.stringify(value)}`),
    (thrown: unknown) => thrown,
  );
}
