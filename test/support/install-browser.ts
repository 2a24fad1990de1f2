import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { projectRoot } from './start-server.ts';

export const browserPath = '/usr/bin/chromium';

/** Nothing but what a test opens: no updates, no extensions, no reports. */
export const browserArguments = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Installs the browser where it is missing; gives the reason when that is impossible, else undefined. */
export function installBrowser(): string | undefined {
  const { status, stderr, error } = spawnSync(join(projectRoot, 'scripts/install-browser.sh'), {
    encoding: 'utf8',
    timeout: 300_000,
  });
  if (status === 0) return undefined;
  return error?.message ?? stderr.trim().split('\n').slice(-5).join('\n');
}
