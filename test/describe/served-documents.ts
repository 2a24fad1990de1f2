import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot, startServer, type TestServer } from '../support/start-server.ts';
import { tortureFiles } from './torture-module.ts';

/** The project's own `apis/`, and a module with every kind of type. */
export const servedNames = ['apis', 'torture'] as const;
export type ServedName = (typeof servedNames)[number];

/** A service with the document that it serves. */
export interface Served {
  readonly server: TestServer;
  // The tests look into whatever came; `any` keeps them readable.
  readonly document: any;
  /** The document as a file. */
  readonly file: string;
}

export interface ServedDocuments {
  readonly dir: string;
  readonly served: Readonly<Record<ServedName, Served>>;
  stop(): Promise<void>;
}

/** Starts both services and keeps their documents in a folder of its own. */
export async function serveDocuments(): Promise<ServedDocuments> {
  const dir = await mkdtemp(join(tmpdir(), 'api-deploy-openapi-'));
  const template = await readFile(join(projectRoot, 'apis/template.ts'), 'utf8');
  const files = { apis: { 'template.ts': template }, torture: tortureFiles };
  const serve = async (name: ServedName): Promise<Served> => {
    const server = await startServer({ files: files[name] });
    const file = join(dir, `${name}.json`);
    const text = await (await fetch(`${server.url}/openapi.json`)).text();
    await writeFile(file, text);
    return { server, file, document: JSON.parse(text) };
  };
  const served = { apis: await serve('apis'), torture: await serve('torture') };
  return {
    dir,
    served,
    async stop() {
      await Promise.all(servedNames.map((name) => served[name].server.stop()));
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** Runs a JavaScript file of a tool. */
export function runTool(cli: string, args: readonly string[]): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args], {
    cwd: tmpdir(),
    encoding: 'utf8',
    env: { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' },
  });
  return { status, output: stdout + stderr };
}
