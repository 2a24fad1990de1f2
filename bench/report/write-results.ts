import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem, type } from 'node:os';
import { join, relative } from 'node:path';
import type { BenchOptions, CommandName } from '../command-line.ts';
import { describePinning } from '../processes/pinning.ts';

/** What figures depend on beside the code. */
export function machineFacts() {
  const all = cpus();
  return {
    node: process.version,
    cpu: all[0]?.model.trim() ?? 'unknown',
    cores: all.length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release()}`,
    pinning: describePinning(),
  };
}

/** `pinning`: where servers run, if not as usual. */
export function printMachine(pinning = describePinning()): void {
  const { node, cpu, cores, memoryGiB } = machineFacts();
  console.log(`Node ${node}, ${cpu}, ${cores} cores, ${memoryGiB} GiB; ${pinning}\n`);
}

/** Writes every single figure beside what was printed, as JSON, and says where. */
export function writeResults(command: CommandName, options: BenchOptions, results: object): void {
  const at = new Date().toISOString();
  mkdirSync(options.out, { recursive: true });
  const file = join(options.out, `${command}-${at.replaceAll(/[:.]/g, '-')}.json`);
  const { quick, seconds, rounds, evaluations } = options;
  const content = {
    command,
    at,
    machine: machineFacts(),
    options: { quick, seconds, rounds, evaluations },
    ...results,
  };
  writeFileSync(file, `${JSON.stringify(content, null, 2)}\n`);
  console.log(`\nEvery figure: ${relative(process.cwd(), file)}`);
}
