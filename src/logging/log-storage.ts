import type { LogFields, LogLevel } from '../contract/log-port.ts';
import { createLogFile, type LogFile } from './log-file.ts';
import { logFileName } from './log-file-name.ts';
import type { LogSettings } from './log-settings.ts';
import { startRetention, type Retention } from './retention.ts';

export interface LogStorageOptions {
  readonly settings: () => LogSettings;
  readonly projectDir: string;
  /** For the file and the console. */
  readonly report: (level: LogLevel, message: string, fields?: LogFields) => void;
  /** For the console alone: the file cannot be written. */
  readonly reportFailure: (message: string, fields: LogFields) => void;
}

/** The log file with what belongs to it: rotation, retention, and word of its failures. */
export async function openLogStorage(options: LogStorageOptions): Promise<LogFile> {
  const { logFilePath, logRotation } = options.settings();
  const name = logFileName({ path: logFilePath, rotation: logRotation, projectDir: options.projectDir });
  let retention: Retention | undefined;
  const file = await createLogFile({
    name,
    onFailure: (error) => options.reportFailure(failureText(name.folder, error), { err: error }),
    onRecovery: (lostLines) => {
      const lost = lostLines === 0 ? 'no line was lost' : `${lostLines} lines were lost`;
      options.report('warn', `the log file is written again; ${lost}`, { lostLines });
    },
    onNewFile: () => void retention?.sweep(),
  });
  retention = startRetention({
    name,
    retention: () => options.settings().logRetention,
    current: () => file.path,
    report: options.report,
  });
  return {
    get path() {
      return file.path;
    },
    write: (text) => file.write(text),
    async close() {
      retention?.stop();
      await file.close();
    },
  };
}

function failureText(folder: string, error: Error): string {
  const { code } = error as NodeJS.ErrnoException;
  const advice =
    code === 'ENOSPC' ? 'free some space' : code === 'EACCES' ? 'grant write access' : 'check logFilePath';
  return `the log file in '${folder}' cannot be written (${code ?? error.message}); ${advice}. The service goes on, writing is tried again`;
}
