import type { CallLogger } from 'api-deploy';
import type { CallFunction, EngineParts } from '../engine/engine-parts.ts';
import type { RunPlan } from '../model/run-plan.ts';
import type { Transport } from '../model/transport.ts';
import type { Database } from '../storage/open-database.ts';
import type { Bell } from './bell.ts';
import type { Gate } from './gate.ts';
import type { ResultWriter } from './result-writer.ts';

/** What an execution needs of the world. */
export interface ExecutionParts {
  db: Database;
  bell: Bell;
  owner: string;
  log: CallLogger;
  /** Where this service listens. */
  baseUrl(): string | undefined;
  createTransport(plan: RunPlan): Transport;
  callFunction: CallFunction;
  /** Secrets, cookies, rows and files for the engine. */
  engineParts(plan: RunPlan): Pick<EngineParts, 'openSecret' | 'createJar' | 'rows' | 'resolveFile'>;
}

/** Milliseconds that requests in flight get to end before a run is handed over without them. */
export const drainTime = 3_000;

/** How this process stops a run that it does not end. */
export type Departure = 'handOver' | 'lost';

/** What an execution and its stop share. */
export interface ExecutionState {
  readonly record: number;
  readonly stop: AbortController;
  departure: Departure | undefined;
  /** Aborted with the departure. */
  readonly departed: AbortController;
  gate: Gate | undefined;
  writer: ResultWriter | undefined;
}
