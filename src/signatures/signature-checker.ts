import type { Signature } from '../contract/signature.ts';
import type { Bodies } from './body-edit.ts';

export interface SignatureCheckerOptions {
  /** Folder with the served files (`apisDir`), absolute. */
  readonly root: string;
  /** Package root of the runtime: its own declarations and its `node_modules` are found from here. */
  readonly runtimeDir: string;
  /** The user's own `tsconfig.json`; its options stay in force, except for those that the runtime needs. */
  readonly tsconfigFile?: string;
  /** Packages that files may import although they can only be found from the runtime, not from `root`. */
  readonly runtimePackages: readonly string[];
  /** Seconds that one request may take before the checker is started anew. Default: 20. */
  readonly deadline?: number;
  /** Seconds without a question after which thread and process are ended until the next one. Default: 300. */
  readonly idle?: number | undefined;
}

/** What to derive. Paths are absolute. */
export interface DeriveRequest {
  /** Exact text of files that are new or changed since the last request; it goes before the disk. */
  readonly changed: ReadonlyMap<string, string>;
  /** Files that are gone since the last request. */
  readonly removed: readonly string[];
  /** All served files. */
  readonly served: readonly string[];
  /** The served files to derive now. */
  readonly wanted: readonly string[];
  /** By file: exports known to be endpoints, also where their declared type hides it. */
  readonly names?: ReadonlyMap<string, readonly string[]>;
  /** Also check the wanted files, bodies and all. Default: false, because it takes its time. */
  readonly typeErrors?: boolean;
  /** Nothing else: what functions take and give is known. Default: false. */
  readonly errorsOnly?: boolean;
  /**
   * Nobody can wait: where only the bodies of functions changed, the last answer will do, because what
   * functions take is the same. Such an answer is `provisional`.
   */
  readonly quick?: boolean;
}

/** Why a function cannot be served. */
export interface SignatureProblem {
  /** Absolute path. */
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** 1-based. */
  readonly column: number;
  readonly message: string;
  /** Absent when the problem is about the function as a whole. */
  readonly parameter?: string;
}

/** Something that an author should look at, although the file can be served. */
export interface SignatureWarning {
  /** Absolute path; not always the file that was asked for. */
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** 1-based. */
  readonly column: number;
  readonly message: string;
}

export type DerivedFunction = { readonly signature: Signature } | { readonly problem: SignatureProblem };

export interface FileSignatures {
  /** By export name. */
  readonly functions: Readonly<Record<string, DerivedFunction>>;
  /**
   * Local files that this file's types can depend on: all that it imports, directly or not, including
   * type-only imports, and relative imports that do not exist yet. When one of them changes, derive anew.
   */
  readonly dependencies: readonly string[];
  /** The last answer, given again; results, warnings and type errors may have changed since. */
  readonly provisional?: true;
  /** Where the bodies of the file's functions are; undefined where what functions take may hang on a body. */
  readonly bodies?: Bodies | undefined;
  /** Tags of doc comments that are misspelt, misplaced or wrong; by place. */
  readonly warnings: readonly SignatureWarning[];
  /** `TS2322: …`: what TypeScript says against the file; empty unless the request asked for it. */
  readonly typeErrors: readonly SignatureWarning[];
}

/** By absolute path of the file. */
export type DeriveResult = ReadonlyMap<string, FileSignatures>;

/** Derives signatures with TypeScript's own checker, off the event loop. Requests run one after the other. */
export interface SignatureChecker {
  /**
   * Derives the signatures of every export of the wanted files that is an endpoint.
   *
   * @throws Error when the checker failed twice, passed its deadline, or is closed; a later request starts it anew
   */
  derive(request: DeriveRequest): Promise<DeriveResult>;
  /** Ends the thread and the checker's process. May be called more than once. */
  close(): Promise<void>;
}
