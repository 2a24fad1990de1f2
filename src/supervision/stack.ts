import { fileURLToPath } from 'node:url';

/** Of a frame whose code lies in a file. */
const place = /(?:\(|at )((?:file:\/\/)?(?:\/|[A-Za-z]:[\\/])[^()\n]*?):(\d+):(\d+)\)?$/;

/** The expression that the watching thread has run. */
const boundary = /^\s+at <anonymous>:\d+:\d+$/;

/** The stack of the work below which the watching thread has this run; empty when there is none. */
export function stackOfWork(): string {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 60;
  const frames = (new Error('stack').stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  Error.stackTraceLimit = limit;
  return frames.slice(frames.findIndex((line) => boundary.test(line)) + 1).join('\n');
}

/** A place in code as it was compiled. */
export interface Frame {
  readonly file: string;
  /** Both 1-based. */
  readonly line: number;
  readonly column: number;
}

/** Frames whose code lies in a file, topmost first; not those that only await it. */
export function framesOf(stack: string): Frame[] {
  return running(stack).flatMap((text) => {
    const [, file, line, column] = place.exec(text) ?? [];
    if (file === undefined) return [];
    const path = file.startsWith('file://') ? fileURLToPath(file) : file;
    return [{ file: path, line: Number(line), column: Number(column) }];
  });
}

function running(stack: string): string[] {
  return stack.split('\n').filter((text) => !/^\s+at async /.test(text));
}

/** What Node shows below code that goes on after an `await`, if anything. */
const drain = /processTicksAndRejections|runNextTicks|runMicrotasks/;

/** Whether a stack is that of code which goes on after an `await`, or of a tick, which look alike. */
export function goesOnAfterAwait(stack: string): boolean {
  const frames = running(stack);
  const bottom = frames.findLastIndex((text) => place.test(text));
  const below = frames[bottom + 1];
  return below === undefined || drain.test(below);
}
