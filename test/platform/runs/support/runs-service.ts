import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openDatabase, type Database } from '../../../../apis/_platform/storage/open-database.ts';
import { createCaller, type ConfigInput, type TestCaller } from '../../../../src/testing.ts';
import { createCatalog, type TestCatalog } from './catalog.ts';
import { startTarget, type TargetServer } from './target-server.ts';

export const apisDir = fileURLToPath(new URL('../../../../apis', import.meta.url));

export interface RunsService {
  readonly caller: TestCaller;
  readonly dir: string;
  /** Where the modules are. */
  readonly apisDir: string;
  readonly db: Database;
  readonly catalog: TestCatalog;
  readonly target: TargetServer;
  call<T>(path: string, body?: Record<string, unknown>): Promise<T>;
  close(): Promise<void>;
}

export interface RunsServiceOptions {
  /** Whether the modules are copied, to be changed. */
  copy?: boolean;
  config?: Partial<ConfigInput>;
}

/** The platform in this process, with a project of its own, and a target to send requests to. */
export async function createRunsService(options: RunsServiceOptions = {}): Promise<RunsService> {
  const dir = await mkdtemp(join(tmpdir(), 'platform-runs-'));
  const folder = options.copy === true ? join(dir, 'apis') : apisDir;
  if (options.copy === true) await cp(apisDir, folder, { recursive: true });
  const caller = await createCaller({
    projectDir: dir,
    apisDir: folder,
    config: { dataDir: 'data', ...options.config },
    env: {},
  });
  if (caller.failures.length > 0) {
    await caller.close();
    throw new Error(JSON.stringify(caller.failures, null, 2));
  }
  const db = await openDatabase(join(dir, 'data/platform.sqlite'));
  const target = await startTarget();
  return {
    caller,
    dir,
    apisDir: folder,
    db,
    catalog: await createCatalog(db),
    target,
    call: (path, body) => caller.call(path, body),
    async close() {
      await caller.close();
      await target.close();
      await db.destroy();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
