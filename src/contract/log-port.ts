/** The four kinds of log lines of the runtime, and `call`: what functions write through `CallContext.log`. */
export const logKinds = ['request', 'error', 'system', 'auth', 'call'] as const;
export type LogKind = (typeof logKinds)[number];

/** One line per request. */
export interface RequestLine {
  readonly requestId: string;
  readonly method: string;
  /** `/<module>/<function>` or the route; never with its query. */
  readonly endpoint: string;
  readonly status: number;
  /** Error code, absent on success. */
  readonly code?: string;
  /** How many items were sent, for a stream. */
  readonly items?: number;
  /** Until the answer; for a stream, until its end. */
  readonly durationMs: number;
  /** `Principal.id`, absent when not authenticated. */
  readonly principal?: string;
  readonly generation: number;
  /** The parsed `body` of the request, or what `loggable` made of it; the log redacts and cuts it. */
  readonly body?: unknown;
  /** The answer's data; logged only with `logResponseData`. */
  readonly data?: unknown;
}

export type LogFields = Readonly<Record<string, unknown>>;
export const logLevels = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof logLevels)[number];

/**
 * Where the runtime writes its log. `request` lines may wait up to 100 ms in memory; all others have
 * reached the operating system when the call returns. No method ever throws.
 */
export interface LogPort {
  request(line: RequestLine): void;
  /** A body for the request's line, for one that may be changed until the line is written. */
  loggable(body: unknown): unknown;
  /** A failure: `fields.err` may be any thrown value; its stack is mapped to TypeScript. */
  error(message: string, fields?: LogFields): void;
  /** Life cycle: start, stop, reload, configuration. */
  system(level: LogLevel, message: string, fields?: LogFields): void;
  /** Authentication and authorisation; `fields` never carry a token. */
  auth(level: LogLevel, message: string, fields?: LogFields): void;
  /** Lines that functions write through `CallContext.log`. */
  call(level: LogLevel, message: string, fields?: LogFields): void;
  /** Everything written so far has reached the operating system. */
  flush(): void;
  close(): Promise<void>;
}
