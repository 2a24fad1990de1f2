import { LoadProblem, type LoadProblemPlace } from '../../modules/load-problem.ts';
import type { HeldVersions } from '../../modules/run-rollback.ts';
import type { ReloadReason } from '../../registry/reload-report.ts';
import type { FileText, SourceFile } from '../../modules/source-file.ts';

/** A problem of a file as plain data, for another process. */
export interface WireProblem {
  readonly problem: string;
  readonly place: LoadProblemPlace;
}

export type WireText = FileText | WireProblem | undefined;
export type WireSource = SourceFile | WireProblem;

export function toWireProblem(error: LoadProblem): WireProblem {
  return { problem: error.message, place: error.place };
}

export function fromWire<T extends object | undefined>(wire: T | WireProblem): T | LoadProblem {
  return isWireProblem(wire) ? new LoadProblem(wire.problem, wire.place) : wire;
}

function isWireProblem(wire: object | undefined): wire is WireProblem {
  return wire !== undefined && 'problem' in wire;
}

/** What a process is asked to load. */
export interface WireLoad {
  readonly touched: ReadonlySet<string> | 'all';
  readonly reason: ReloadReason;
  /** Versions that are held by now, and are to serve: all of them, or none. */
  readonly rollback: Omit<HeldVersions, 'touched'> | undefined;
  /** What it will most probably need. */
  readonly texts: ReadonlyMap<string, WireText>;
  /** By file and hash. */
  readonly sources: ReadonlyMap<string, WireSource>;
}
