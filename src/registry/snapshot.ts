import type { ZodType } from 'zod';
import type { ApiFunctionOptions } from '../contract/api-function.ts';
import type { Signature } from '../contract/signature.ts';
import type { PlainCheck } from '../contract/plain-check.ts';
import type { ContractChange } from './contract-change.ts';

/** The loaded instance of a served module: what calls in flight hold on to. */
export interface ModuleInstance {
  /** `billing/invoices` */
  readonly module: string;
  /** Absolute path. */
  readonly file: string;
  /** Calls running in this instance now; it is disposed of only at 0. */
  inFlight: number;
  /** Called when `inFlight` falls to 0 after the instance was replaced. */
  onIdle: (() => void) | undefined;
}

/** One function, ready to be called. */
export interface Endpoint {
  /** `/<module>/<name>` */
  readonly path: string;
  readonly module: string;
  readonly name: string;
  readonly fn: (...args: unknown[]) => unknown;
  readonly options: ApiFunctionOptions;
  readonly signature: Signature;
  /** Validates the whole request body and gives the parsed one. */
  readonly input: ZodType<Record<string, unknown>>;
  /** Tells most bodies that `input` would leave as they are; undefined with a schema of the author's own. */
  readonly plain?: PlainCheck | undefined;
  readonly instance: ModuleInstance;
}

/** Why the version of a module that is on disk does not serve. */
export interface ModuleFailure {
  /** The served module that is not up to date, or undefined for a file that none imports. */
  readonly module: string | undefined;
  /** Where the cause is, relative to the project where possible; not always the module's own file. */
  readonly file: string;
  readonly line?: number;
  /** 1-based. */
  readonly column?: number;
  readonly cause: string;
  /** A few source lines around the place, with a caret. */
  readonly frame?: string;
  /** ISO 8601 time of the first attempt that failed with the file's present content. */
  readonly since: string;
}

/** What is doubtful about a module that serves: a type error, or a doc comment tag that means nothing. */
export interface ModuleWarning {
  readonly module: string;
  /** Relative to the project where possible. */
  readonly file: string;
  readonly line: number;
  /** 1-based. */
  readonly column: number;
  readonly message: string;
}

/** A module that does not serve what is on disk, because somebody went back to an earlier version. */
export interface RolledBackModule {
  readonly module: string;
  /** The generation whose version serves. */
  readonly generation: number;
  /** ISO 8601 time of the rollback. */
  readonly since: string;
  /** What is held at that version: the module's own file, helpers; relative to the project where possible. */
  readonly files: readonly string[];
  /** It came after that generation, and is not served at all. */
  readonly hidden: boolean;
}

/** Everything that is served, frozen at one moment. A call takes one snapshot and stays with it. */
export interface Snapshot {
  /** Rises by 1 with each swap, and goes on from there after a restart; 0 before the first load of all. */
  readonly generation: number;
  readonly swappedAt: Date;
  /** By path. */
  readonly endpoints: ReadonlyMap<string, Endpoint>;
  /** Served modules by name, also those without functions. */
  readonly modules: ReadonlyMap<string, ModuleInstance>;
  /** Paths of endpoints that are not the same objects as in the snapshot before, those that went included. */
  readonly touched: ReadonlySet<string>;
  /** What the swap to this snapshot changed for callers; empty for the first one. */
  readonly changes: readonly ContractChange[];
}
