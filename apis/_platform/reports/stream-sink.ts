import type { Writable } from 'node:stream';
import type { Sink } from './reporter.ts';

/**
 * Writes to a stream, such as `process.stdout` or that of a file, no faster than it takes the text. A stream that
 * breaks fails the next write, rather than the process.
 */
export function toSink(stream: Writable & { isTTY?: boolean }): Sink {
  let broken: Error | undefined;
  stream.on('error', (error) => (broken ??= error));
  const failWhenBroken = (): void => {
    const problem = broken ?? stream.errored;
    if (problem) throw problem;
    if (stream.destroyed) throw new Error('the stream was closed before the report was written');
  };
  return {
    isTTY: stream.isTTY === true,
    async write(text) {
      failWhenBroken();
      if (!stream.write(text)) await roomOrEnd(stream);
      failWhenBroken();
    },
  };
}

function roomOrEnd(stream: Writable): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      stream.off('drain', done);
      stream.off('close', done);
      resolve();
    };
    stream.once('drain', done);
    stream.once('close', done);
  });
}
