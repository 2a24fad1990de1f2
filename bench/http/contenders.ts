import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { benchDir, cliFile, projectDir } from '../paths.ts';
import type { Command } from '../processes/pinning.ts';

/** How requests are logged. */
export const loggings = ['none', 'line'] as const;
export type Logging = (typeof loggings)[number];

export const tokens = { business: 'bench-business-token-0001', admin: 'bench-admin-token-0000001' } as const;

export interface ServerStart extends Command {
  readonly env: Readonly<Record<string, string>>;
}

export interface HttpContender {
  /** For `--only`. */
  readonly name: string;
  readonly label: string;
  /** Packages that come from `bench/node_modules`. */
  readonly packages: readonly string[];
  /** The ways of logging that it runs with. */
  readonly loggings: readonly Logging[];
  /** Prepares `dir`, an empty folder that is the server's working directory. */
  prepare(dir: string, logging: Logging): Promise<ServerStart>;
}

/** Ours first: the ratios are to it. */
export const httpContenders: readonly HttpContender[] = [
  {
    name: 'ours',
    label: 'api-deploy',
    packages: [],
    loggings,
    // One line per request in one file, like the others: the console's lines, which go to a file.
    prepare: (dir, logging) =>
      prepareOurs(dir, {
        ENABLE_REQUEST_LOGGING: String(logging === 'line'),
        LOG_TO_FILE: 'false',
        LOG_REQUEST_BODY: 'false',
      }),
  },
  {
    name: 'ours-default-log',
    label: 'api-deploy, default log (file and console, redacted bodies)',
    packages: [],
    loggings: ['line'],
    prepare: (dir) => prepareOurs(dir, {}),
  },
  peer({ name: 'node-http', label: 'bare node:http, by hand' }),
  peer({ name: 'fastify', label: 'Fastify, JSON Schema', packages: ['fastify'] }),
  peer({ name: 'hono', label: 'Hono on @hono/node-server, zod' }),
  peer({ name: 'express', label: 'Express, zod', packages: ['express'] }),
];

/** The published command line with the settings of a production service. */
async function prepareOurs(dir: string, env: Readonly<Record<string, string>>): Promise<ServerStart> {
  await mkdir(join(dir, 'apis'), { recursive: true });
  await copyFile(join(projectDir, 'apis/template.ts'), join(dir, 'apis/template.ts'));
  return { command: process.execPath, args: [cliFile, 'start'], env: { DEBUG: 'false', ...env } };
}

function peer(about: { name: string; label: string; packages?: readonly string[] }): HttpContender {
  const { name, label, packages = [] } = about;
  return {
    name,
    label,
    packages,
    loggings,
    prepare: (dir, logging) =>
      Promise.resolve({
        command: process.execPath,
        args: [join(benchDir, 'peers', `${name}.mjs`)],
        env: logging === 'none' ? {} : { BENCH_LOG_FILE: join(dir, 'requests.log') },
      }),
  };
}
