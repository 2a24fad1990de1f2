import { parseArgs } from 'node:util';
import { ensureBuild } from '../processes/ensure-build.ts';
import { ensurePeers } from '../processes/ensure-peers.ts';
import { endAllProcesses } from '../processes/start-process.ts';
import { printMachine } from '../report/write-results.ts';
import { markdownTable } from '../report/markdown-table.ts';
import { loopsPart } from './loops.ts';
import { reloadLoad } from './reload-load.ts';
import { reloadMemory } from './reload-memory.ts';
import type { SoakPart } from './soak-part.ts';
import { stopLoad } from './stop-load.ts';
import { workersPart } from './workers.ts';

const parts: readonly SoakPart[] = [reloadLoad, stopLoad, loopsPart, workersPart, reloadMemory];
const short = 0.02;
const allPeers = [...new Set(parts.flatMap(({ peers = [] }) => peers))];

const help = `Usage: npm run soak -- [part …] [options]

Runs a real service for minutes, with faults, and says which promises were not kept (exit code 1).

Parts (all, unless some are named):
${parts.map(({ name, title }) => `  ${name.padEnd(10)} ${title}`).join('\n')}

Options:
  --scale <n>   1 is the full length; 0.1 a tenth of it (default 1)
  --peers <names>  other tools measured beside, in ${parts.flatMap(({ name, peers }) => (peers === undefined ? [] : [name])).join(' and ')}:
                ${allPeers.join(', ')}; 'none' for none (default all)
  --short       the same as --scale ${short}: shows that it works
  -h, --help    show this`;

for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  process.once(signal, () => process.exit(code));
}
process.on('exit', endAllProcesses);

try {
  process.exitCode = await main();
} catch (error) {
  console.error(`soak: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 2;
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      scale: { type: 'string' },
      short: { type: 'boolean' },
      peers: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help === true) {
    console.log(help);
    return 0;
  }
  const unknown = positionals.filter((name) => !parts.some((part) => part.name === name));
  if (unknown.length > 0)
    throw new Error(`expected ${parts.map(({ name }) => name).join(', ')}, got '${unknown.join(' ')}'`);
  const scale = values.short === true ? short : Number(values.scale ?? 1);
  if (!(scale > 0 && scale <= 10))
    throw new Error(`--scale: expected a number from 0 to 10, got '${values.scale}'`);
  const chosen = parts.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
  const peers = readPeers(values.peers).filter((name) => chosen.some((part) => part.peers?.includes(name)));
  ensureBuild();
  if (peers.includes('bun-hot')) ensurePeers(['bun']);
  printMachine('nothing is pinned');
  let broken = 0;
  for (const part of chosen) {
    console.log(`### ${part.name}: ${part.title}\n`);
    const { columns = ['value'], figures, problems } = await part.run(scale, peers);
    console.log(`${markdownTable(['figure', ...columns], figures)}\n`);
    for (const problem of problems) console.log(`NOT KEPT: ${problem}\n`);
    broken += problems.length;
  }
  console.log(broken === 0 ? 'Every promise was kept.' : `${broken} promises were not kept.`);
  return broken === 0 ? 0 : 1;
}

function readPeers(names: string | undefined): readonly string[] {
  if (names === undefined) return allPeers;
  const chosen = names === 'none' ? [] : names.split(',');
  const unknown = chosen.filter((name) => !allPeers.includes(name));
  if (unknown.length > 0)
    throw new Error(
      `--peers: expected names out of ${allPeers.join(', ')}, or none; got '${unknown.join(',')}'`,
    );
  return chosen;
}
