import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RequestResult } from '../../../../apis/_platform/model/result.ts';
import type { RunPlan } from '../../../../apis/_platform/model/run-plan.ts';
import { insertRecord } from '../../../../apis/_platform/runs/record-store.ts';
import { openDatabase, type Database } from '../../../../apis/_platform/storage/open-database.ts';

export interface RunDatabase {
  readonly db: Database;
  readonly file: string;
  readonly project: number;
  /** Another connection to the same file, as another process would have. */
  another(): Promise<Database>;
  /** A record of a plan without requests; queued without an owner. */
  record(owner?: string, plan?: Partial<RunPlan>): Promise<number>;
  close(): Promise<void>;
}

/** A database with one project, in a folder of its own or in `folder`. */
export async function createRunDatabase(folder?: string): Promise<RunDatabase> {
  const dir = folder ?? (await mkdtemp(join(tmpdir(), 'platform-runs-')));
  const file = join(dir, 'platform.sqlite');
  const db = await openDatabase(file);
  const others: Database[] = [];
  const now = new Date().toISOString();
  const { id: project } = await db
    .insertInto('projects')
    .values({
      name: 'shop',
      description: '',
      authJson: '{"type":"none"}',
      settingsJson: '{}',
      createdAt: now,
      updatedAt: now,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return {
    db,
    file,
    project,
    async another() {
      const other = await openDatabase(file);
      others.push(other);
      return other;
    },
    record: (owner, plan = {}) =>
      insertRecord(db, { projectId: project, plan: { ...emptyPlan, ...plan }, total: 10 }, owner),
    async close() {
      await Promise.all(others.map((other) => other.destroy()));
      await db.destroy();
      if (folder === undefined) await rm(dir, { recursive: true, force: true });
    },
  };
}

export const emptyPlan: RunPlan = {
  version: 1,
  type: 'normal',
  name: 'all of it',
  requests: [],
  scenarios: {},
  apis: {},
  variables: { environment: [], project: [], modules: {} },
};

export function resultOf(iteration: number, path: string, over: Partial<RequestResult> = {}): RequestResult {
  return {
    iteration,
    path,
    name: `name of ${path}`,
    status: 'passed',
    attempts: 1,
    startedAt: new Date().toISOString(),
    request: { method: 'GET', url: `http://127.0.0.1/${path}`, headers: [] },
    response: {
      status: 200,
      httpVersion: '1.1',
      headers: [],
      body: { size: 2, sha256: 'aa', text: '{}', truncated: false },
    },
    timings: { total: 1.5 },
    assertions: [],
    extractions: [],
    variables: [],
    ...over,
  };
}
