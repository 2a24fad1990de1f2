import { basename, dirname, join, resolve } from 'node:path';
import type { LogRotation } from '../config/config-fields.ts';

/** What pino-roll needs to name and change files. */
export interface RollOptions {
  /** Absolute, with the ending; pino-roll puts date and number in front of the ending. */
  readonly file: string;
  readonly dateFormat?: string;
  readonly frequency?: 'daily' | 'hourly' | number;
  /** `<bytes>b` */
  readonly size?: string;
}

export interface LogFileName {
  readonly folder: string;
  readonly roll: RollOptions;
  /** Whether a file name in `folder` belongs to this log, from this run or an earlier one. */
  matches(fileName: string): boolean;
}

const day = 86_400;

/**
 * Turns `logFilePath` and `logRotation` into pino-roll's options. pino-roll names files
 * `<name>.<date>.<number><ending>`: `logs/api_{date}.log` gives `logs/api_.2026-11-20.1.log`. Periods
 * shorter than a day have their beginning in the name: `logs/api_.2026-11-20_15-30.1.log`. Without
 * `{date}` there is only the number. Rotation by size begins anew each day when there is a date.
 */
export function logFileName(options: {
  path: string;
  projectDir: string;
  rotation: LogRotation;
}): LogFileName {
  const path = resolve(options.projectDir, options.path);
  const [, name = 'api', date, ending = '.log'] = /^(.+?)(\{date\})?(\.[^.]+)$/.exec(basename(path)) ?? [];
  const folder = dirname(path);
  const dated = date !== undefined;
  const dates = dated ? String.raw`\.?\d{4}-\d{2}-\d{2}(?:_\d{2}-\d{2}(?:-\d{2})?)?` : '';
  const pattern = new RegExp(`^${escaped(name)}${dates}(?:\\.\\d+)?${escaped(ending)}$`);
  return {
    folder,
    roll: { file: join(folder, name + ending), ...rollTimes(options.rotation, dated) },
    matches: (fileName) => pattern.test(fileName),
  };
}

function rollTimes(rotation: LogRotation, dated: boolean): Omit<RollOptions, 'file'> {
  if ('sizeBytes' in rotation) {
    const size = `${rotation.sizeBytes}b`;
    return dated ? { size, frequency: 'daily', dateFormat: 'yyyy-MM-dd' } : { size };
  }
  const { everySeconds } = rotation;
  const frequency =
    everySeconds === day ? 'daily' : everySeconds === 3_600 ? 'hourly' : Math.round(everySeconds * 1_000);
  return dated ? { frequency, dateFormat: dateFormat(everySeconds) } : { frequency };
}

/** Precise enough that two periods never share a name. */
function dateFormat(everySeconds: number): string {
  if (everySeconds % day === 0) return 'yyyy-MM-dd';
  return everySeconds % 60 === 0 ? 'yyyy-MM-dd_HH-mm' : 'yyyy-MM-dd_HH-mm-ss';
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`);
}
