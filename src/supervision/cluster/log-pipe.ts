import { writeSync } from 'node:fs';
import { Socket } from 'node:net';

/** Lines that wait for a reader that is slow, at most. Bytes; beyond it lines that may be lost are dropped. */
const waitingAtMost = 4 * 2 ** 20;
/** The same for lines that somebody vouches for, such as errors. */
const urgentAtMost = 4 * waitingAtMost;
/** How long an urgent line may hold up its call while the pipe is full. Milliseconds. */
const longestWait = 20;
/** Between two attempts while the pipe is full. Milliseconds. */
const retryEvery = 5;

export interface LogPipe {
  /** Whole lines. `urgent`: the operating system has them when this returns, unless the pipe is full. Never throws. */
  readonly write: (lines: string, urgent: boolean) => void;
  /** Waits until all lines are written, or the reader is gone. */
  drained(): Promise<void>;
}

/**
 * The writing end of the pipe to the process that keeps the log. What is in the pipe survives the end of this
 * process. While it is full, lines wait in memory: request lines up to 4 MiB, all others up to 16 MiB.
 */
export function createLogPipe(fd: number): LogPipe {
  // Makes the pipe non-blocking, and keeps the descriptor; it is never read or written through it.
  const socket = new Socket({ fd, readable: false, writable: true });
  socket.on('error', () => {});
  socket.unref();
  let waiting: Buffer[] = [];
  let waitingBytes = 0;
  let lost = 0;
  let timer: NodeJS.Timeout | undefined;
  let broken = false;

  /** False when the pipe is full. */
  function flush(): boolean {
    while (waiting.length > 0 && !broken) {
      const [first] = waiting;
      if (first === undefined) break;
      const written = writeSome(first);
      if (written === undefined) return false;
      waitingBytes -= written;
      if (written === first.length) waiting.shift();
      else waiting[0] = first.subarray(written);
    }
    return true;
  }

  /** Bytes; undefined when the pipe is full. */
  function writeSome(bytes: Buffer): number | undefined {
    try {
      return writeSync(fd, bytes);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return undefined;
      // Nobody reads any more.
      broken = true;
      waiting = [];
      waitingBytes = 0;
      return bytes.length;
    }
  }

  function retryLater(): void {
    timer ??= setTimeout(() => {
      timer = undefined;
      if (!flush()) retryLater();
    }, retryEvery).unref();
  }

  function add(lines: string, urgent: boolean): void {
    const bytes = Buffer.from(lines);
    if (waitingBytes + bytes.length > (urgent ? urgentAtMost : waitingAtMost)) {
      lost += lines.split('\n').length - 1;
      return;
    }
    if (lost > 0) {
      const note = Buffer.from(`${lostLine(lost)}\n`);
      lost = 0;
      waiting.push(note);
      waitingBytes += note.length;
    }
    waiting.push(bytes);
    waitingBytes += bytes.length;
  }

  return {
    write(lines, urgent) {
      if (broken) return;
      add(lines, urgent);
      if (flush()) return;
      const until = urgent ? performance.now() + longestWait : 0;
      while (performance.now() < until) {
        Atomics.wait(sleeper, 0, 0, 1);
        if (flush()) return;
      }
      retryLater();
    },
    async drained() {
      while (!flush()) await new Promise((resolve) => setTimeout(resolve, retryEvery));
    },
  };
}

const sleeper = new Int32Array(new SharedArrayBuffer(4));

function lostLine(lost: number): string {
  return JSON.stringify({
    level: 'warn',
    time: new Date().toISOString(),
    kind: 'system',
    message: `${lost} log lines of process ${process.pid} were lost: the process that writes the log was too slow`,
    lostLines: lost,
  });
}
