import { setTimeout } from 'node:timers';

/** What may wait for a reader that stalls, for each of stdout and stderr. Bytes. */
export const stdioWaitingAtMost = 2 * 2 ** 20;

/** Between two reports of what was dropped. Milliseconds. */
const reportEvery = 5_000;

type Write = (chunk: unknown, encoding?: unknown, done?: unknown) => boolean;

/**
 * Bounds what `console` and `process.stdout` keep in memory for a reader that is slow or gone: from
 * `stdioWaitingAtMost` on, text is dropped, and `report` is told how much, at most every 5 s. A reader
 * that has closed costs the text and nothing else. For the life of the process.
 */
export function boundStdio(report: (stream: string, droppedBytes: number) => void): void {
  bound(process.stdout, 'stdout', report);
  bound(process.stderr, 'stderr', report);
}

/**
 * A child process that inherits a pipe makes it blocking for this process as well (libuv does so before it
 * starts the program), also when esbuild or the type checker is that child: then one text that nobody reads
 * would halt the service. One system call; writing takes another one anyway.
 */
function unblock(stream: NodeJS.WriteStream): void {
  const { _type, _handle } = stream as NodeJS.WriteStream & {
    readonly _type?: string;
    readonly _handle?: { setBlocking?: (on: boolean) => number } | null;
  };
  if (_type === 'pipe') _handle?.setBlocking?.(false);
}

function bound(
  stream: NodeJS.WriteStream,
  name: string,
  report: (stream: string, droppedBytes: number) => void,
): void {
  const write = stream.write.bind(stream) as Write;
  let dropped = 0;
  let timer: NodeJS.Timeout | undefined;
  const tell = (): void => {
    timer = undefined;
    const bytes = dropped;
    dropped = 0;
    report(name, bytes);
  };
  // EPIPE and the like.
  stream.on('error', () => {});
  stream.write = (chunk: unknown, encoding?: unknown, callback?: unknown): boolean => {
    if (stream.writableLength <= stdioWaitingAtMost) {
      unblock(stream);
      return write(chunk, encoding, callback);
    }
    dropped += typeof chunk === 'string' ? Buffer.byteLength(chunk) : (chunk as Uint8Array).byteLength;
    timer ??= setTimeout(tell, reportEvery).unref();
    const done = typeof encoding === 'function' ? encoding : callback;
    if (typeof done === 'function') process.nextTick(done);
    return false;
  };
}
