import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCaller, type TestCaller } from '../../../src/testing.ts';
import { projectRoot } from '../../support/start-server.ts';

export interface Platform {
  caller: TestCaller;
  dir: string;
  call<T>(path: string, body?: Record<string, unknown>): Promise<T>;
  /** Makes a project; gives its id. */
  project(name?: string): Promise<number>;
  close(): Promise<void>;
}

/** The platform's own functions on an empty database. */
export async function openPlatform(): Promise<Platform> {
  const dir = await mkdtemp(join(tmpdir(), 'api-deploy-imports-'));
  const caller = await createCaller({
    projectDir: dir,
    apisDir: join(projectRoot, 'apis'),
    config: { dataDir: join(dir, 'data') },
    env: { PATH: process.env['PATH'] },
  });
  const call = <T>(path: string, body?: Record<string, unknown>) => caller.call<T>(path, body);
  let count = 0;
  return {
    caller,
    dir,
    call,
    async project(name = `project ${++count}`) {
      const { id } = await call<{ id: number }>('/projects/create', { name });
      return id;
    },
    async close() {
      await caller.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
