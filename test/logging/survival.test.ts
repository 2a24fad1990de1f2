import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { linesOf, temporaryFolder, type Line } from './log-folder.ts';

const root = join(import.meta.dirname, '../..');

function child(script: string, ...args: string[]) {
  const file = join(import.meta.dirname, 'children', script);
  return spawn(process.execPath, ['--import', 'tsx', file, ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

function linesIn(projectDir: string): Line[] {
  const folder = join(projectDir, 'logs');
  return readdirSync(folder).flatMap((name) => linesOf(readFileSync(join(folder, name), 'utf8')));
}

describe('the end of the process', () => {
  it.each([
    ['kill', null, 'SIGKILL'],
    ['exit', 3, null],
    ['throw', 1, null],
    ['end', 0, null],
  ])('%s keeps every line that was acknowledged', async (how, code, signal) => {
    const projectDir = temporaryFolder();
    const process = child('write-and-die.ts', projectDir, how);
    let acknowledged = '';
    process.stdout.on('data', (chunk: Buffer) => (acknowledged += chunk.toString()));
    expect(await once(process, 'close')).toEqual([code, signal]);

    const lines = linesIn(projectDir);
    const indexes = lines.filter((line) => line.kind !== 'request').map((line) => line['index']);
    expect(indexes).toEqual(Array.from({ length: 200 }, (_, index) => index));
    expect(acknowledged.trim().split('\n').map(Number)).toEqual(indexes);
    // Request lines wait: only an orderly end has the last one.
    expect(lines.some((line) => line['requestId'] === 'last')).toBe(how !== 'kill');
    expect(lines.filter((line) => line.kind === 'request').length).toBeGreaterThanOrEqual(200);
  });
});

describe('a console whose reader leaves', () => {
  it.each(['json', 'pretty'])('does not stop the process (%s)', async (mode) => {
    const projectDir = temporaryFolder();
    const process = child('keep-writing.ts', projectDir, mode);
    let errors = '';
    process.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    await once(process.stdout, 'data');
    process.stdout.destroy();
    expect(await once(process, 'close')).toEqual([0, null]);
    expect(errors).toBe('');
    expect(linesIn(projectDir)).toHaveLength(100);
  });
});
