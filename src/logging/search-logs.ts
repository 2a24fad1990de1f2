import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { logLevels, type LogKind, type LogLevel } from '../contract/log-port.ts';
import { logFileName, type LogFileName } from './log-file-name.ts';
import type { LogSettings } from './log-settings.ts';
import { readLinesBackward } from './read-lines-backward.ts';

/** What a line must fulfil, all of it. */
export interface LogQuery {
  readonly kind?: LogKind | undefined;
  /** Lowest level. */
  readonly level?: LogLevel | undefined;
  readonly endpoint?: string | undefined;
  readonly requestId?: string | undefined;
  /** Anywhere in the line, upper and lower case alike. */
  readonly text?: string | undefined;
  readonly since?: Date | undefined;
  /** Lines at most. */
  readonly limit: number;
}

export interface LogSearchResult {
  /** Newest first. */
  readonly lines: readonly Readonly<Record<string, unknown>>[];
  /** Why older lines may be missing; absent when everything was searched. */
  readonly incomplete?: string;
}

export type LogSearch = (query: LogQuery) => Promise<LogSearchResult>;

export interface LogSearchOptions {
  /** As they were when the log was opened: file, path and rotation are read once. */
  readonly settings: Pick<LogSettings, 'logToFile' | 'logFilePath' | 'logRotation'>;
  /** Absolute; a relative `logFilePath` starts here. */
  readonly projectDir: string;
  /** Brings what waits in memory into the file. */
  readonly flush: () => void;
}

/** Read at most, all files together. Bytes. */
const mostBytes = 64 * 2 ** 20;
/** Spent at most. Milliseconds. */
const longestSearch = 2_000;
/** Given back at most. Characters of JSON. */
const longestResult = 256 * 1_024;
/** Lines of one moment may be written in another order, request lines later. Milliseconds. */
const disorder = 1_000;

/** Searches the log's files, from this run and earlier ones; reads from the end, within limits of bytes and time. */
export function createLogSearch({ settings, projectDir, flush }: LogSearchOptions): LogSearch {
  const { logToFile, logFilePath, logRotation } = settings;
  const name = logFileName({ path: logFilePath, projectDir, rotation: logRotation });
  return async (query) => {
    if (!logToFile) return { lines: [], incomplete: "no log files are written: 'logToFile' is false" };
    flush();
    return search(await filesOf(name), query);
  };
}

/** Absolute paths, the one written last first. */
async function filesOf(name: LogFileName): Promise<{ file: string; writtenAt: number }[]> {
  const entries = await readdir(name.folder, { withFileTypes: true }).catch(() => []);
  const files = await Promise.all(
    entries
      .filter((entry) => entry.isFile() && name.matches(entry.name))
      .map(async (entry) => {
        const file = join(name.folder, entry.name);
        // A file that retention deletes meanwhile has nothing to tell.
        return { file, writtenAt: (await stat(file).catch(() => undefined))?.mtimeMs ?? 0 };
      }),
  );
  return files.sort((a, b) => b.writtenAt - a.writtenAt || (a.file < b.file ? 1 : -1));
}

async function search(
  files: readonly { file: string; writtenAt: number }[],
  query: LogQuery,
): Promise<LogSearchResult> {
  const oldest = query.since === undefined ? -Infinity : query.since.getTime();
  const deadline = performance.now() + longestSearch;
  const matches = createMatcher(query);
  const lines: Record<string, unknown>[] = [];
  let bytesLeft = mostBytes;
  let room = longestResult;
  for (const { file, writtenAt } of files) {
    if (writtenAt < oldest) break;
    for await (const line of readLinesBackward(file)) {
      bytesLeft -= line.length + 1;
      if (bytesLeft < 0) return { lines, incomplete: `only the last ${mostBytes} bytes were searched` };
      if (performance.now() > deadline)
        return { lines, incomplete: `the search ended after ${longestSearch} ms` };
      const found = matches(line);
      if (found === 'too old') break;
      if (found === undefined) continue;
      room -= line.length;
      if (room < 0 && lines.length > 0)
        return { lines, incomplete: `more lines match, but the result would be too long` };
      lines.push(found);
      if (lines.length >= query.limit)
        return { lines, incomplete: `older lines may match: 'limit' is ${query.limit}` };
    }
  }
  return { lines };
}

type Matcher = (line: string) => Record<string, unknown> | 'too old' | undefined;

function createMatcher(query: LogQuery): Matcher {
  const oldest = query.since?.getTime();
  const wanted = query.text?.toLowerCase();
  const levels = query.level === undefined ? logLevels : logLevels.slice(logLevels.indexOf(query.level));
  const exact = (['kind', 'endpoint', 'requestId'] as const).filter((key) => query[key] !== undefined);
  return (line) => {
    const entry = parseLine(line);
    if (entry === undefined) return undefined;
    const time = Date.parse(String(entry['time']));
    if (oldest !== undefined && time < oldest) return time < oldest - disorder ? 'too old' : undefined;
    if (!(levels as readonly unknown[]).includes(entry['level'])) return undefined;
    if (!exact.every((key) => entry[key] === query[key])) return undefined;
    return wanted === undefined || line.toLowerCase().includes(wanted) ? entry : undefined;
  };
}

/** A line that a crash cut short is none. */
function parseLine(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
