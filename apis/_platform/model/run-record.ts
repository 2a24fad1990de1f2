import type { ResultStatus, RunCounts, RunStatus, RunType } from './result.ts';

/** A run as callers see it; its plan stays inside. */
export interface RunRecord {
  id: number;
  projectId: number;
  name: string;
  type: RunType;
  status: RunStatus;
  counts: RunCounts;
  environmentId: number | null;
  scenarioId: number | null;
  scheduleId: number | null;
  /** Whether somebody asked for its cancellation; the status says when it has ended. */
  cancelRequested: boolean;
  /** Why the run itself is `error` or `interrupted`, or what it waits for. */
  error?: { code: string; message: string };
  /** ISO 8601, as are all times. */
  createdAt: string;
  startedAt: string | null;
  completedAt: string | null;
}

/** A result without requests, answers and checks; `runs.result` gives the whole. */
export interface ResultSummary {
  id: number;
  /** Order of completion in its record, from 0. */
  sequence: number;
  iteration: number;
  path: string;
  name: string;
  api: number | null;
  status: ResultStatus;
  method: string | null;
  url: string | null;
  httpStatus: number | null;
  /** Milliseconds in all. */
  time: number | null;
  startedAt: string;
}

/** Where a run ends up and does not leave again. */
export const endStatuses = [
  'passed',
  'failed',
  'error',
  'cancelled',
  'interrupted',
] as const satisfies RunStatus[];
export type EndStatus = (typeof endStatuses)[number];

export function hasEnded(status: RunStatus): status is EndStatus {
  return (endStatuses as readonly RunStatus[]).includes(status);
}
