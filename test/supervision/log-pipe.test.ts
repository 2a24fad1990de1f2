import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { relayLines } from '../../src/supervision/cluster/relay-lines.ts';

/** A process that writes lines into its pipe, then ends as `how` says. */
function writer(args: readonly string[]) {
  const program = fileURLToPath(new URL('./children/write-lines.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', program, ...args], {
    stdio: ['ignore', 'ignore', 'inherit', 'pipe', 'pipe'],
  });
  return { child, pipe: child.stdio[4] as Readable };
}

const numbersOf = (text: string): number[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => (JSON.parse(line) as { nr: number }).nr)
    .filter((nr) => nr !== undefined);

// So many as fit into the pipe, also when nobody reads for a while.
test('lines of a process that kills itself right after are all there, in order', async () => {
  const { pipe } = writer(['150', '200', 'kill']);
  let text = '';
  expect(await relayLines({ pipe, onLines: (lines) => (text += lines) })).toBe(0);
  expect(numbersOf(text)).toEqual(Array.from({ length: 150 }, (_, nr) => nr));
});

test('a reader that is slow loses nothing, and the writer goes on meanwhile', async () => {
  const { child, pipe } = writer(['3000', '1000', 'drain']);
  let text = '';
  let ticks = 0;
  pipe.pause();
  // Written by a timer of the writer, which the full pipe does not stop.
  (child.stdio[3] as Readable).on('data', () => (ticks += 1));
  const deadline = Date.now() + 20_000;
  while (ticks < 3 && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(ticks).toBeGreaterThanOrEqual(3);
  expect(child.exitCode).toBe(null);
  const relayed = relayLines({ pipe, onLines: (lines) => (text += lines) });
  pipe.resume();
  expect(await relayed).toBe(0);
  expect(numbersOf(text)).toEqual(Array.from({ length: 3000 }, (_, nr) => nr));
});

test('a line that was torn off is told, and not passed on', async () => {
  const { pipe } = writer(['3', '10', 'torn']);
  let text = '';
  expect(await relayLines({ pipe, onLines: (lines) => (text += lines) })).toBe('{"nr":'.length);
  expect(numbersOf(text)).toEqual([0, 1, 2]);
});
