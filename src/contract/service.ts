import type { CallLogger, Role } from './call-context.ts';

/** An endpoint that serves now, as plain data. */
export interface ServedEndpoint {
  /** `/<module>/<function>` */
  readonly path: string;
  readonly module: string;
  readonly name: string;
  readonly summary?: string;
  readonly description?: string;
  readonly deprecated: boolean;
  /** From `@readonly` and `@destructive`. */
  readonly readOnly: boolean;
  readonly destructive: boolean;
  readonly roles: readonly Role[];
  /** JSON Schema (2020-12) of the request's `body`, self-contained. */
  readonly input: Readonly<Record<string, unknown>>;
  /** JSON Schema of `data` in the answer, self-contained; undefined when the type of the result is not known. */
  readonly output: Readonly<Record<string, unknown>> | undefined;
  /** `stream`: `output` is the schema of one item. `response`: the function makes the whole answer itself. */
  readonly returns: 'value' | 'stream' | 'response';
  /** Whether a call takes files, and its body is multipart. */
  readonly takesFiles: boolean;
}

/** A change of what callers can know of an endpoint. */
export interface ServedChange {
  readonly endpoint: string;
  readonly breaking: boolean;
  readonly message: string;
}

/** What a swap changed. */
export interface ReloadNews {
  /** The generation that serves now. */
  readonly generation: number;
  readonly reason: 'start' | 'save' | 'admin' | 'rollback';
  /** Served modules that were loaded anew. */
  readonly loaded: readonly string[];
  readonly removed: readonly string[];
  /** Endpoints that are new, changed or gone; a changed helper touches all endpoints of its importers. */
  readonly touched: readonly string[];
  readonly changes: readonly ServedChange[];
}

/** How an own call ended: what a client would have got, without HTTP. */
export type ServiceCallResult =
  | { readonly success: true; readonly data: unknown }
  | {
      readonly success: false;
      readonly status: number;
      readonly code: string;
      readonly error: string;
      readonly details?: unknown;
    };

/**
 * The running service, as its functions may know it. `onLoad` hooks get it:
 *
 *     onLoad((service) => { db = open(join(service.dataDir, 'orders.sqlite')); });
 */
export interface Service {
  /** Absolute path of the folder for data (`dataDir`); made when it is first read. */
  readonly dataDir: string;
  /** Absolute path of the project: where `config.ts` is. */
  readonly projectDir: string;
  /** Whether NODE_ENV is `production`. */
  readonly production: boolean;
  /** The configuration as it is now, frozen, without tokens. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Where it listens, as `http://127.0.0.1:8000`; undefined before that and where it does not listen. */
  readonly baseUrl: string | undefined;
  /** Name of this process among those of the service: 'main', or the worker's. Stable while it lives. */
  readonly processName: string;
  /** Lines that carry the file's module. */
  readonly log: CallLogger;
  /** What serves now; the same array until the next swap. */
  endpoints(): readonly ServedEndpoint[];
  /**
   * Calls a served function as a client with these roles (default `['business']`) would: limits, validation and
   * deadline hold. A stream is not given out: it is refused. Never throws.
   */
  call(
    endpoint: string,
    body?: Readonly<Record<string, unknown>>,
    options?: { readonly roles?: readonly Role[]; readonly signal?: AbortSignal },
  ): Promise<ServiceCallResult>;
  /**
   * Runs `listener` after each swap that changed something, once the new generation serves: the first time for the
   * one that brought this file, which at the start means once the service takes calls. A process that serves nothing,
   * such as `api-deploy check`, never runs it, so work that goes on in the background begins here. One run at a time,
   * in order; ends when the file is replaced. An error in it is logged.
   */
  onReload(listener: (news: ReloadNews) => void | Promise<void>): void;
  /** Adds a line to the report of the reload that is told to the console and the log, in answer to `onReload`. */
  note(message: string, fields?: Readonly<Record<string, unknown>>): void;
}
