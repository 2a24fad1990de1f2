import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { benchDir } from '../paths.ts';
import { ensureBuild } from '../processes/ensure-build.ts';
import { ensurePeers, installedVersion } from '../processes/ensure-peers.ts';
import { pinned } from '../processes/pinning.ts';
import { endAllProcesses } from '../processes/start-process.ts';
import { costsOf, type CpuProfile } from '../profile/cpu-profile.ts';
import { formatNumber, formatRatio } from '../report/format-number.ts';
import { markdownTable } from '../report/markdown-table.ts';
import { summarize } from '../report/statistics.ts';
import { printMachine } from '../report/write-results.ts';
import { createOrderApi, startPlatform, startTargetProcess } from './platform-service.ts';

/*
 * Requests per second of a run with two checks each (status, one value of the JSON body), results persisted: this
 * platform in a service of its own, at concurrency 1 and 32, against Newman. Rounds are interleaved, figures medians.
 */
const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    scale: { type: 'string', default: '1' },
    profile: { type: 'boolean', default: false },
    'without-newman': { type: 'boolean', default: false },
  },
});
const scale = Number(values.scale);
const contenders = [
  { name: 'newman', concurrency: 0, requests: Math.ceil(200 * scale), aim: undefined },
  { name: 'ours, 1 at a time', concurrency: 1, requests: Math.ceil(4_000 * scale), aim: 20 },
  { name: 'ours, 32 at a time', concurrency: 32, requests: Math.ceil(16_000 * scale), aim: 80 },
].filter(({ name }) => name !== 'newman' || !values['without-newman']);

process.on('exit', endAllProcesses);
process.once('SIGINT', () => process.exit(130));
process.once('SIGTERM', () => process.exit(143));

const run = promisify(execFile);

async function newman(url: string, requests: number): Promise<number> {
  const args = [join(benchDir, 'platform/newman-process.mjs'), url, String(requests)];
  const command = pinned('server', { command: process.execPath, args });
  const { stdout } = await run(command.command, [...command.args], { cwd: benchDir });
  const { milliseconds, assertions, failures } = JSON.parse(stdout) as {
    milliseconds: number;
    assertions: number;
    failures: number;
  };
  if (assertions !== 2 * requests || failures > 0)
    throw new Error(`newman: expected ${2 * requests} checks without failure, got ${stdout}`);
  return (requests / milliseconds) * 1_000;
}

async function ours(apiId: number, concurrency: number, requests: number): Promise<number> {
  const started = performance.now();
  const record = await platform.call<{ id: number; status: string; counts: { passed: number } }>(
    '/runs/runOne',
    {
      apiId,
      iterations: requests,
      concurrency,
      wait: true,
    },
  );
  const seconds = (performance.now() - started) / 1_000;
  if (record.status !== 'passed' || record.counts.passed !== requests)
    throw new Error(`expected ${requests} results that passed, got ${JSON.stringify(record)}`);
  return requests / seconds;
}

ensureBuild();
if (!values['without-newman']) ensurePeers(['newman']);
printMachine();
const dir = await mkdtemp(join(tmpdir(), 'api-deploy-bench-'));
const target = await startTargetProcess(dir);
const profiling = ['--cpu-prof', '--cpu-prof-dir=profiles', '--cpu-prof-interval=500'];
const platform = await startPlatform({ nodeArgs: values.profile ? profiling : [] });
let window = { from: 0, to: 0 };
try {
  const url = `${target.url}/order`;
  const apiId = await createOrderApi(platform, url);
  const figures = new Map<string, number[]>(contenders.map(({ name }) => [name, []]));
  // Neither the start of a process nor its first compilations.
  for (const { concurrency, requests } of contenders)
    if (concurrency > 0) await ours(apiId, concurrency, Math.ceil(requests / 2));
  const from = Number(process.hrtime.bigint() / 1000n);
  for (let round = 0; round < Number(values.rounds); round += 1) {
    for (const { name, concurrency, requests } of contenders) {
      const rate = concurrency === 0 ? await newman(url, requests) : await ours(apiId, concurrency, requests);
      figures.get(name)?.push(rate);
    }
  }
  window = { from, to: Number(process.hrtime.bigint() / 1000n) };
  const base = summarize(figures.get('newman') ?? []).median;
  const rows = contenders.map(({ name, aim }) => {
    const { median, min, max } = summarize(figures.get(name) ?? []);
    const cells = [formatNumber(median), formatNumber(min), formatNumber(max), formatRatio(median / base)];
    return [name, ...cells, aim === undefined ? '' : `≥ ${aim} ×`];
  });
  console.log(markdownTable(['runner', 'requests/s', 'min', 'max', 'to newman', 'aim'], rows));
  console.log(`\nnewman ${installedVersion('newman')}`);
} finally {
  await platform.end(() => {
    if (!values.profile) return;
    const folder = join(platform.dir, 'profiles');
    const name = readdirSync(folder).find((file) => /\.0\.\d+\.cpuprofile$/.test(file));
    if (name === undefined) throw new Error('expected a profile of the main thread, got none');
    mkdirSync(join(benchDir, 'results'), { recursive: true });
    const kept = join(benchDir, 'results/platform-requests.cpuprofile');
    copyFileSync(join(folder, name), kept);
    const { functions, files } = costsOf(JSON.parse(readFileSync(kept, 'utf8')) as CpuProfile, window);
    for (const costs of [files, functions]) {
      const rows = costs.slice(0, 40).map(({ name, share }) => [name, `${formatNumber(share * 100, 1)} %`]);
      console.log(`\n${markdownTable(['self time', 'share'], rows)}`);
    }
  });
  await target.process.stop();
  await rm(dir, { recursive: true, force: true });
}
