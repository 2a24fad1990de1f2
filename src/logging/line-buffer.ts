import { clearTimeout, setTimeout } from 'node:timers';

export interface LineBufferOptions {
  /** `urgent`: somebody waits until they are written. */
  readonly write: (lines: string, urgent: boolean) => void;
  /** Longest time that a line waits. Milliseconds. */
  readonly longestWait: number;
  /** Written at once from here on. Characters. */
  readonly fullAt: number;
}

export interface LineBuffer {
  /** The line may wait. */
  add(line: string): void;
  /** The line and all before it are written before this returns. */
  addUrgent(line: string): void;
  flush(): void;
}

/** Gathers lines so that many share one write; keeps their order. Its timer keeps no process alive. */
export function createLineBuffer({ write, longestWait, fullAt }: LineBufferOptions): LineBuffer {
  let lines = '';
  let timer: NodeJS.Timeout | undefined;

  const flush = (urgent: boolean): void => {
    clearTimeout(timer);
    timer = undefined;
    if (lines === '') return;
    const gathered = lines;
    lines = ''; // first: `write` may log
    write(gathered, urgent);
  };

  return {
    add(line) {
      lines += line;
      if (lines.length >= fullAt) flush(false);
      else timer ??= setTimeout(() => flush(false), longestWait).unref();
    },
    addUrgent(line) {
      lines += line;
      flush(true);
    },
    flush: () => flush(true),
  };
}
