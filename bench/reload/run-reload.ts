import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { BenchOptions } from '../command-line.ts';
import { requestBytes } from '../connection/request-bytes.ts';
import { waitUntilServing } from '../connection/wait-until-serving.ts';
import { chooseContenders, rotate } from '../contenders.ts';
import { tokens } from '../http/contenders.ts';
import { ensureBuild } from '../processes/ensure-build.ts';
import { ensurePeers } from '../processes/ensure-peers.ts';
import { freePort } from '../processes/free-port.ts';
import { runMeasurement } from '../processes/run-measurement.ts';
import { startProcess } from '../processes/start-process.ts';
import { printMachine, writeResults } from '../report/write-results.ts';
import { reloadContenders, type ReloadContender } from './contenders.ts';
import { printReloadReport, type ReloadRun } from './reload-report.ts';
import type { SaveInput, SaveResult } from './save-result.ts';

const script = fileURLToPath(new URL('save-process.ts', import.meta.url));
const path = '/hello/hello';
const payload = { token: tokens.business, body: {} } as const;
/** Watchers begin a little after the server answers; what is measured is their work, not their start. Milliseconds. */
const settling = 500;

/** Every contender once per round, in rotating order, while other clients go on asking. */
export async function runReload(options: BenchOptions): Promise<void> {
  const contenders = chooseContenders(reloadContenders, options.only);
  ensureBuild();
  ensurePeers(contenders.flatMap(({ packages = [] }) => packages));
  printMachine();
  const runs: ReloadRun[] = [];
  for (let round = 0; round < options.rounds; round++) {
    for (const contender of rotate(contenders, round)) {
      runs.push({ contender: contender.name, round, ...(await measureSaves(contender, options.seconds)) });
    }
    console.error(`round ${round + 1} of ${options.rounds} done`);
  }
  printReloadReport(contenders, runs);
  writeResults('reload', options, { runs });
}

/** One contender, in a process of its own. */
export async function measureSaves(contender: ReloadContender, seconds: number): Promise<SaveResult> {
  const dir = await mkdtemp(join(tmpdir(), 'api-deploy-bench-'));
  try {
    const { command, args, file, kind } = await contender.prepare(dir);
    const port = await freePort();
    const env = { PORT: String(port), VALID_TOKENS: tokens.business, ADMIN_TOKENS: tokens.admin };
    const server = await startProcess({
      role: 'server',
      command,
      args,
      cwd: dir,
      env,
      outputFile: join(dir, 'output.log'),
    });
    try {
      await waitUntilServing(server, port, requestBytes({ port, path, payload }));
      await sleep(settling);
      const input: SaveInput = { port, path, payload, file, kind, seconds };
      return await runMeasurement<SaveResult>(script, input);
    } finally {
      await server.stop();
    }
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
