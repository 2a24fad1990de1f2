import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from './start-server.ts';

/** Tools with packages of their own: openapi-typescript, for one, needs another TypeScript than ours. */
export const toolsDir = join(projectRoot, 'test/tools');

/** Installs them where they are missing; gives the reason when that is impossible, else undefined. */
export function installTools(): string | undefined {
  if (existsSync(join(toolsDir, 'node_modules/.package-lock.json'))) return undefined;
  const { status, stderr, error } = spawnSync('npm', ['ci'], {
    cwd: toolsDir,
    encoding: 'utf8',
    timeout: 300_000,
  });
  if (status === 0) return undefined;
  return error?.message ?? `npm ci in test/tools failed:\n${stderr.trim().split('\n').slice(-5).join('\n')}`;
}
