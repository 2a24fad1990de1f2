import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeFailure } from '../../service/describe-reload.ts';
import { openPlatform, type Platform } from '../../service/platform.ts';
import type { CliDeps } from '../cli-deps.ts';
import { findScenario } from './find-scenario.ts';
import { importFile } from './import-file.ts';
import { print } from './print.ts';
import type { RunCommand } from './run-command.ts';
import { findTarget, type Target } from './target.ts';
import { texts } from './texts.ts';
import { writeReports } from './write-reports.ts';

/** What is run, and by which function of the platform. */
export interface Started {
  /** `/runs/<function>` */
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
}

interface RunRecord {
  readonly id: number;
  readonly status: string;
}

/** 0 passed, 1 failed; whatever has no judgement is 2. */
const exitCodes: Readonly<Record<string, number>> = { passed: 0, failed: 1 };
const noJudgement = 2;

/**
 * Runs a scenario or a file without a server, and reports. Ctrl-C cancels, and what there is by then is reported.
 *
 * @throws Error that says why nothing was run
 */
export async function runTests(command: RunCommand, deps: CliDeps): Promise<number> {
  const target = await findTarget(command, deps.projectDir);
  // What is in a file leaves nothing behind.
  const dataDir = target.kind === 'file' ? await mkdtemp(join(tmpdir(), 'api-deploy-run-')) : undefined;
  let platform: Platform | undefined;
  try {
    platform = await openPlatform({ ...command, projectDir: deps.projectDir, env: deps.env }, dataDir);
    refuseBroken(platform);
    return await runOn(platform, { command, target, deps });
  } finally {
    await platform?.close();
    if (dataDir !== undefined) await rm(dataDir, { recursive: true, force: true });
  }
}

interface Work {
  readonly command: RunCommand;
  readonly target: Target;
  readonly deps: CliDeps;
}

async function runOn(platform: Platform, { command, target, deps }: Work): Promise<number> {
  const { path, body } =
    target.kind === 'file'
      ? await importFile(platform, command, { target, projectDir: deps.projectDir })
      : await findScenario(platform, command, { projectDir: deps.projectDir, name: target.name });
  const run = await platform.call<RunRecord>(path, body);
  const follow = deps.onInterrupt(() => {
    process.stderr.write(`\n${texts[command.lang].cancelling}\n`);
    platform.call('/runs/cancel', { id: run.id }).catch(() => {});
  });
  const { stdout } = process;
  const colours = stdout.isTTY && (deps.env['NO_COLOR'] ?? '') === '';
  // Also waits for the end, whether it is printed or not.
  const live = await platform.call<Response>('/reports/console', {
    run: run.id,
    lang: command.lang,
    colours,
  });
  const isShown = command.reporters.includes('console');
  for await (const chunk of live.body ?? []) if (isShown) await print(Buffer.from(chunk));
  const { status } = await platform.call<RunRecord>('/runs/get', { id: run.id });
  await writeReports(platform, { run: run.id, command, projectDir: deps.projectDir });
  follow();
  return exitCodes[status] ?? noJudgement;
}

/** A project's own functions that do not load are its business; those of the platform are needed. */
function refuseBroken({ failures, endpoints }: Platform): void {
  if (endpoints.includes('/runs/runScenario') && endpoints.includes('/reports/console')) return;
  const why = failures.map(describeFailure).join('\n') || 'its modules are missing';
  throw new Error(`the test platform does not load: ${why}`);
}
