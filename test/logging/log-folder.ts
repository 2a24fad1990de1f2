import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { onTestFinished } from 'vitest';
import { createLogs, type CreateLogsOptions, type Logs } from '../../src/logging/create-logs.ts';
import type { LogSettings } from '../../src/logging/log-settings.ts';
import { defaultSettings } from './children/settings.ts';

export interface Line {
  readonly [key: string]: unknown;
  readonly level: string;
  readonly kind: string;
  readonly message?: string;
}

/** A temporary folder that goes away with the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'api-deploy-logs-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Keeps what is written to it. */
export class TextStream extends Writable {
  text = '';
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

export interface LogFolder {
  readonly logs: Logs;
  readonly folder: string;
  readonly console: TextStream;
  /** May be changed at any time. */
  settings: LogSettings;
  files(): string[];
  /** Of all files, in the order of their names. */
  lines(): Line[];
}

/** A real log in a temporary folder. */
export async function logFolder(
  settings: Partial<LogSettings> = {},
  options: Partial<CreateLogsOptions> & { prepare?: (logsFolder: string) => void } = {},
): Promise<LogFolder> {
  const projectDir = options.projectDir ?? temporaryFolder();
  const folder = join(projectDir, 'logs');
  options.prepare?.(folder);
  const console = new TextStream();
  const state = { settings: { ...defaultSettings, ...settings } };
  const logs = await createLogs({
    settings: () => state.settings,
    projectDir,
    console: 'json',
    consoleStream: console,
    generation: () => 7,
    ...options,
  });
  onTestFinished(() => logs.close());
  const files = () => readdirSync(folder).sort();
  return {
    logs,
    folder,
    console,
    get settings() {
      return state.settings;
    },
    set settings(next) {
      state.settings = next;
    },
    files,
    lines: () => files().flatMap((name) => linesOf(readFileSync(join(folder, name), 'utf8'))),
  };
}

export function linesOf(text: string): Line[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);
}

export const aRequest = {
  requestId: 'r-1',
  method: 'POST',
  endpoint: '/template/syncHello',
  status: 200,
  durationMs: 1.23456,
  principal: 'business:0011aabb',
  generation: 3,
} as const;
