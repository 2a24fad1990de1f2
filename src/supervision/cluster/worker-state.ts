/** `starting` until it accepts connections, `leaving` from when it is told to finish. */
export const workerStates = ['starting', 'serving', 'leaving', 'ended'] as const;
export type WorkerState = (typeof workerStates)[number];

/** One serving process, as `GET /` shows it. */
export interface WorkerReport {
  readonly pid: number;
  readonly state: WorkerState;
  readonly generation: number;
  /** How often a process in this place has ended without being told to. */
  readonly restarts: number;
  /** ISO 8601. */
  readonly startedAt: string;
}
