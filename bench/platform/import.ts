import { parseArgs } from 'node:util';
import { tokens } from '../http/contenders.ts';
import { ensureBuild } from '../processes/ensure-build.ts';
import { cpuTimeOf, residentMemoryOf } from '../processes/process-usage.ts';
import { endAllProcesses } from '../processes/start-process.ts';
import { formatMiB, formatNumber } from '../report/format-number.ts';
import { markdownTable } from '../report/markdown-table.ts';
import { printMachine } from '../report/write-results.ts';
import { largeDescription } from './large-description.ts';
import { startPlatform } from './platform-service.ts';

/*
 * The most resident memory that a service takes while it imports one large OpenAPI document as an upload: a preview, the import
 * itself, and the same document again as an update that finds nothing to change. Each in a process of its own.
 */
const { values } = parseArgs({ options: { operations: { type: 'string', default: '49488' } } });
const operations = Number(values.operations);
const text = largeDescription(operations);

process.on('exit', endAllProcesses);
process.once('SIGINT', () => process.exit(130));
process.once('SIGTERM', () => process.exit(143));

ensureBuild();
printMachine();

interface Report {
  read: number;
  added: number;
  unchanged: number;
}

/** The most that was seen while it ran, and before. Bytes. */
async function measure(how: 'preview' | 'apply' | 'again') {
  const platform = await startPlatform();
  const { pid } = platform.process;
  try {
    const { id } = await platform.call<{ id: number }>('/projects/create', { name: 'Large' });
    const upload = async (path: string, mode: string): Promise<Report> => {
      const form = new FormData();
      form.set('token', tokens.business);
      form.set('body', JSON.stringify({ projectId: id, mode }));
      form.append('files', new File([text], 'large.json'));
      const answer = await fetch(`http://127.0.0.1:${platform.port}/imports/${path}`, {
        method: 'POST',
        body: form,
      });
      const { data, error } = (await answer.json()) as { data?: { documents: Report[] }; error?: string };
      const [report] = data?.documents ?? [];
      if (report?.read !== operations) throw new Error(`expected ${operations} requests, got ${error}`);
      return report;
    };
    if (how === 'again') await upload('apply', 'addOnly');
    const before = residentMemoryOf(pid) ?? Number.NaN;
    const cpuBefore = cpuTimeOf(pid) ?? Number.NaN;
    let peak = before;
    const sampling = setInterval(() => {
      peak = Math.max(peak, residentMemoryOf(pid) ?? 0);
    }, 20);
    const report = await upload(
      how === 'preview' ? 'preview' : 'apply',
      how === 'again' ? 'update' : 'addOnly',
    );
    clearInterval(sampling);
    const expected = how === 'again' ? report.unchanged : report.added;
    if (expected !== operations)
      throw new Error(`expected ${operations}, got ${JSON.stringify(report).slice(0, 300)}`);
    return { before, peak, cpu: ((cpuTimeOf(pid) ?? Number.NaN) - cpuBefore) / 1e6 };
  } finally {
    await platform.end();
  }
}

const rows = [];
for (const how of ['preview', 'apply', 'again'] as const) {
  const { before, peak, cpu } = await measure(how);
  rows.push([
    how,
    formatNumber(operations),
    formatMiB(text.length),
    formatMiB(before),
    formatMiB(peak),
    cpu.toFixed(1),
  ]);
}
console.log(
  markdownTable(['import', 'operations', 'document, MiB', 'before, MiB', 'peak, MiB', 'CPU s'], rows),
);
