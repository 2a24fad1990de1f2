import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { MemoryKept } from './memory-kept.ts';
import { measureService } from './service-memory.ts';

export interface MemoryContender {
  /** For `--only`. */
  readonly name: string;
  readonly label: string;
  measure(evaluations: number): Promise<MemoryKept>;
}

const script = fileURLToPath(new URL('evaluate-process.mjs', import.meta.url));

export const memoryContenders: readonly MemoryContender[] = [
  { name: 'ours', label: 'api-deploy, real reloads of a file', measure: measureService },
  way('import', "import('file?v=n')"),
  way('script', 'new vm.Script'),
  way('compileFunction', 'vm.compileFunction'),
];

function way(name: string, label: string): MemoryContender {
  return { name, label, measure: (evaluations) => measureWay(name, evaluations) };
}

async function measureWay(name: string, evaluations: number): Promise<MemoryKept> {
  const dir = await mkdtemp(join(tmpdir(), 'api-deploy-bench-'));
  try {
    const args = ['--expose-gc', script, name, String(evaluations), dir];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    return JSON.parse(stdout) as MemoryKept;
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
