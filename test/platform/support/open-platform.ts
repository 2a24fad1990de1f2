import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCaller, type TestCaller } from '../../../src/testing.ts';
import { projectRoot } from '../../support/start-server.ts';

export interface Platform {
  readonly caller: TestCaller;
  readonly dataDir: string;
  /** Calls a function; the tests look into whatever comes. */
  // oxlint-disable-next-line typescript/no-explicit-any
  call(path: string, body?: Readonly<Record<string, unknown>>): Promise<any>;
  /** The error of a call that must fail. */
  // oxlint-disable-next-line typescript/no-explicit-any
  refusal(path: string, body?: Readonly<Record<string, unknown>>): Promise<any>;
  close(): Promise<void>;
}

/** The platform as it is served, with a data folder of its own. */
export async function openPlatform(given?: string): Promise<Platform> {
  const dataDir = given ?? (await mkdtemp(join(tmpdir(), 'platform-data-')));
  const caller = await createCaller({
    projectDir: projectRoot,
    apisDir: 'apis',
    env: {},
    config: { dataDir },
  });
  // On a busy machine the type checker may pass its time limit over so many new files.
  for (let more = 3; more > 0 && caller.failures.length > 0; more--) await caller.reload();
  return {
    caller,
    dataDir,
    call: (path, body) => caller.call(path, body),
    refusal: (path, body) =>
      caller.call(path, body).then(
        (value) => {
          throw new Error(`expected ${path} to fail, got ${JSON.stringify(value)}`);
        },
        (error: unknown) => error,
      ),
    async close() {
      await caller.close();
      if (given === undefined) await rm(dataDir, { recursive: true, force: true });
    },
  };
}
