import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { requestBytes } from '../connection/request-bytes.ts';
import { waitUntilServing } from '../connection/wait-until-serving.ts';
import { tokens } from '../http/contenders.ts';
import { cliFile } from '../paths.ts';
import { freePort } from '../processes/free-port.ts';
import { cpuTimeWithDescendants } from '../processes/process-usage.ts';
import { runMeasurement } from '../processes/run-measurement.ts';
import { startProcess, type RunningProcess } from '../processes/start-process.ts';
import { untilIdle } from '../processes/until-idle.ts';
import { edits, type Edit } from './edit-kinds.ts';
import type { EditInput, EditResult } from './edit-result.ts';
import { reloadTimesIn } from './reload-times.ts';
import { createTypedProject, type TypedProject } from './typed-project.ts';

const script = fileURLToPath(new URL('edit-process.ts', import.meta.url));

export interface StartTime {
  /** From the start of the process to the first answer 200 of a function. Milliseconds. */
  readonly served: number;
  /** What the service says that loading took. Milliseconds. */
  readonly load: number | undefined;
  /** CPU time until then, of the service and the processes that it started; bears other work on the machine best. Milliseconds. */
  readonly cpu: number | undefined;
}

export interface EditTimes extends EditResult {
  readonly edit: Edit;
  /** What the service says that each reload took. Milliseconds. */
  readonly reloads: readonly number[];
}

export interface ProjectTimes {
  /** Without a cache. */
  readonly cold: StartTime;
  /** With the cache of an earlier run. */
  readonly warm: StartTime;
  readonly edits: readonly EditTimes[];
}

interface Started extends StartTime {
  readonly server: RunningProcess;
  readonly port: number;
}

/** A cold start, a warm start, then edits of each kind on the service that started warm. */
export async function measureProject(modules: number, seconds: number): Promise<ProjectTimes> {
  const project = await createTypedProject(modules);
  try {
    const cold = await startCold(project);
    const warm = await start(project, 'warm.log');
    try {
      await untilIdle(warm.server.pid);
      return { cold, warm: timeOf(warm), edits: await measureEdits(project, warm, seconds) };
    } finally {
      await warm.server.stop();
    }
  } finally {
    await project.remove();
  }
}

async function startCold(project: TypedProject): Promise<StartTime> {
  const started = await start(project, 'cold.log');
  try {
    // Type errors of all modules are looked for after the first answer, and kept for the next start too.
    await untilIdle(started.server.pid);
    return timeOf(started);
  } finally {
    await started.server.stop();
  }
}

async function start(project: TypedProject, log: string): Promise<Started> {
  const port = await freePort();
  const request = requestBytes({ port, path: project.path, payload: { token: tokens.business, body: {} } });
  const startedAt = performance.now();
  const server = await startProcess({
    // The type checker and esbuild are processes of their own: one core would make them wait for each other.
    role: 'unpinned',
    command: process.execPath,
    args: [cliFile, 'start'],
    cwd: project.dir,
    env: { PORT: String(port), VALID_TOKENS: tokens.business, ADMIN_TOKENS: tokens.admin },
    outputFile: join(project.dir, log),
  });
  try {
    await waitUntilServing(server, port, request);
    const served = performance.now() - startedAt;
    const used = cpuTimeWithDescendants(server.pid);
    // The line of the log comes a moment after the swap that it tells of.
    for (let wait = 0; wait < 100 && reloadTimesIn(server.output()).length === 0; wait++) await sleep(20);
    const cpu = used === undefined ? undefined : used / 1000;
    return { served, load: reloadTimesIn(server.output())[0], cpu, server, port };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

function timeOf({ served, load, cpu }: Started): StartTime {
  return { served, load, cpu };
}

async function measureEdits(
  { file, path }: TypedProject,
  { server, port }: Started,
  seconds: number,
): Promise<EditTimes[]> {
  const all: EditTimes[] = [];
  for (const edit of edits) {
    const before = server.output().length;
    const after = all.at(-1)?.last ?? 0;
    const input: EditInput = { port, path, token: tokens.business, file, edit, after, seconds };
    const result = await runMeasurement<EditResult>(script, input);
    all.push({ edit, ...result, reloads: reloadTimesIn(server.output().slice(before)) });
  }
  return all;
}
