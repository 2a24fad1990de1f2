import { spawn } from 'node:child_process';
import { pinned } from './pinning.ts';

const loader = import.meta.resolve('tsx');

/**
 * Runs one of our measuring scripts in a process of its own, on the client's core: this process must not
 * disturb what it measures. The script gets `input` as its argument and prints its result, both as JSON.
 */
export async function runMeasurement<Result>(script: string, input: object): Promise<Result> {
  const { command, args } = pinned('client', {
    command: process.execPath,
    args: ['--import', loader, script, JSON.stringify(input)],
  });
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const end = (): void => void child.kill('SIGKILL');
  process.once('exit', end);
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  process.off('exit', end);
  if (code !== 0) throw new Error(`'${script}' ended with code ${code}; its message is above`);
  return JSON.parse(text) as Result;
}
