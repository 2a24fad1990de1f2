import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { requestBytes } from '../connection/request-bytes.ts';
import { waitUntilServing } from '../connection/wait-until-serving.ts';
import { freePort } from '../processes/free-port.ts';
import { startProcess } from '../processes/start-process.ts';
import { tokens, type HttpContender, type Logging } from './contenders.ts';
import { path, payload } from './verify-answers.ts';

export interface StartedContender {
  readonly port: number;
  readonly pid: number;
  /** The server's working directory; removed by `stop`. */
  readonly dir: string;
  /** Ends the server, runs `before` with the folder still there, and removes the folder, unless it is to be kept. */
  stop(before?: () => Promise<void>, after?: { readonly keep: boolean }): Promise<void>;
}

/**
 * Starts one server in a folder of its own; resolves when it answers. `nodeArgs` go before the script. `again`: the
 * folder of an earlier start.
 */
export async function startContender(
  contender: HttpContender,
  logging: Logging,
  { nodeArgs = [], again }: { readonly nodeArgs?: readonly string[]; readonly again?: string } = {},
): Promise<StartedContender> {
  const dir = again ?? (await mkdtemp(join(tmpdir(), 'api-deploy-bench-')));
  const port = await freePort();
  const { command, args, env } = await contender.prepare(dir, logging);
  const server = await startProcess({
    role: 'server',
    command,
    args: [...nodeArgs, ...args],
    cwd: dir,
    env: {
      NODE_ENV: 'production',
      PORT: String(port),
      VALID_TOKENS: tokens.business,
      ADMIN_TOKENS: tokens.admin,
      ...env,
    },
    outputFile: join(dir, 'output.log'),
  });
  const stop: StartedContender['stop'] = async (before, after) => {
    await server.stop();
    await before?.();
    if (after?.keep !== true) await rm(dir, { recursive: true, force: true });
  };
  try {
    await waitUntilServing(server, port, requestBytes({ port, path, payload }));
  } catch (error) {
    await stop();
    throw error;
  }
  return { port, pid: server.pid, dir, stop };
}
