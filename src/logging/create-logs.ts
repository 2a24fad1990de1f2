import pino from 'pino';
import { logLevels, type LogFields, type LogLevel, type LogPort } from '../contract/log-port.ts';
import { openConsoleOutput, type ConsoleMode, type ConsoleStream } from './console-output.ts';
import { isoTime } from './iso-time.ts';
import { createLineBuffer } from './line-buffer.ts';
import type { LogFile } from './log-file.ts';
import { lineOfEvent, lineOfRequest, noteBody, type LogEvent } from './log-lines.ts';
import type { LogSettings } from './log-settings.ts';
import { createSecretScrubber } from './secret-scrubber.ts';

export interface CreateLogsOptions {
  /** Asked at every line, so that `reload-config` takes effect; file, path and rotation are read once. */
  readonly settings: () => LogSettings;
  /** Absolute; a relative `logFilePath` starts here. */
  readonly projectDir: string;
  readonly console: ConsoleMode;
  /** Default: `process.stdout`. */
  readonly consoleStream?: ConsoleStream | undefined;
  /** Maps a compiled stack trace to the TypeScript source. Default: left as it is. */
  readonly mapStack?: ((stack: string) => string) | undefined;
  /** The generation that serves now; every line carries one. */
  readonly generation: () => number;
  /** Takes all lines in place of file and console: another process writes them. */
  readonly sink?: LineSink | undefined;
  /** Fields of every line. Default: none. */
  readonly base?: LogFields | undefined;
  /** Tokens that must not appear in any line. Default: none. */
  readonly secrets?: (() => readonly string[]) | undefined;
}

/** Where whole lines go. */
export interface LineSink {
  /** Never throws. `urgent`: they have left this process when it returns, as far as that is possible. */
  readonly write: (lines: string, urgent: boolean) => void;
}

export interface Logs extends LogPort {
  /** Writes whole lines of another process to file and console, as they are. */
  relay(lines: string): void;
  /** Absolute path of the log file written now; undefined without one. */
  readonly file: string | undefined;
}

/** Request lines wait at most this long for the next write. Milliseconds, with some room below 100. */
const longestWait = 80;
const fullAt = 32 * 1_024;

/**
 * The log: JSON lines in a file that rotates, and on the console. `error`, `auth` and `system` lines,
 * and warnings and errors of functions, have reached the operating system when the call returns; all
 * others follow within 100 ms, and when the process exits. Nothing here throws or stops the service:
 * when the file cannot be written, the console says so once, and once more when it works again.
 *
 * `logLevel` holds for `system` and `call` lines; `request`, `error` and `auth` lines are always written.
 */
export async function createLogs(options: CreateLogsOptions): Promise<Logs> {
  const { settings, generation, sink, base } = options;
  const { mapStack = (stack: string) => stack, secrets = () => [] } = options;
  const scrub = createSecretScrubber(secrets);
  const output = await openConsoleOutput(options.console, options.consoleStream ?? process.stdout);
  let storage: LogFile | undefined;

  const keep = (lines: string): void => {
    storage?.write(lines);
    output.write(lines);
  };
  const buffer = createLineBuffer({ longestWait, fullAt, write: sink?.write ?? keep });
  const patient = pinoTo((line) => buffer.add(scrub(line)), base);
  const urgent = pinoTo((line) => buffer.addUrgent(scrub(line)), base);
  const consoleOnly = pinoTo((line) => output.write(scrub(line)), base);

  const emit = (logger: pino.Logger, level: LogLevel, event: Omit<LogEvent, 'generation'>): void => {
    quietly(() => logger[level](lineOfEvent({ ...event, generation: generation() }, { mapStack, scrub })));
  };
  const isWanted = (level: LogLevel): boolean =>
    logLevels.indexOf(level) >= logLevels.indexOf(settings().logLevel);
  const system = (level: LogLevel, message: string, fields?: LogFields): void => {
    if (isWanted(level)) emit(urgent, level, { kind: 'system', message, fields });
  };

  const onExit = (): void => buffer.flush();
  process.on('exit', onExit);
  if (settings().logToFile && sink === undefined) {
    const reportFailure = (message: string, fields: LogFields): void =>
      emit(consoleOnly, 'error', { kind: 'system', message, fields });
    const { openLogStorage } = await import('./log-storage.ts');
    storage = await openLogStorage({
      settings,
      projectDir: options.projectDir,
      report: system,
      reportFailure,
    });
  }

  return {
    get file() {
      return storage?.path;
    },
    request(line) {
      quietly(() => {
        const now = settings();
        if (now.enableRequestLogging) patient[levelOf(line.status)](lineOfRequest(line, now, scrub));
      });
    },
    loggable: (body) => noteBody(body, settings(), scrub),
    error: (message, fields) => emit(urgent, 'error', { kind: 'error', message, fields }),
    system,
    auth: (level, message, fields) => emit(urgent, level, { kind: 'auth', message, fields }),
    call(level, message, fields) {
      if (!isWanted(level)) return;
      emit(level === 'warn' || level === 'error' ? urgent : patient, level, {
        kind: 'call',
        message,
        fields,
      });
    },
    relay(lines) {
      buffer.flush();
      keep(lines);
    },
    flush: () => buffer.flush(),
    async close() {
      buffer.flush();
      process.off('exit', onExit);
      await storage?.close();
    },
  };
}

/** A logger whose whole lines go to `write`. `level` is a word, `time` is ISO 8601 in UTC. */
function pinoTo(write: (line: string) => void, base: LogFields | undefined): pino.Logger {
  return pino(
    {
      base: base ?? null,
      level: 'debug',
      messageKey: 'message',
      timestamp: isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: (error: unknown) => error },
    },
    { write },
  );
}

function levelOf(status: number): LogLevel {
  if (status >= 500) return 'error';
  return status >= 400 ? 'warn' : 'info';
}

/** The log must not fail the call that it tells about. */
function quietly(log: () => void): void {
  try {
    log();
  } catch (error) {
    process.emitWarning(`a log line was left out: ${String(error)}`, { code: 'API_DEPLOY_LOG' });
  }
}
