import type { Readable } from 'node:stream';

export interface RelayOptions {
  readonly pipe: Readable;
  /** Whole lines, in order. */
  readonly onLines: (lines: string) => void;
}

/**
 * Passes on the whole lines of a process that may end at any time. Resolves at the end of the pipe, with the
 * length of a line that was torn off there; 0 when there is none.
 */
export function relayLines({ pipe, onLines }: RelayOptions): Promise<number> {
  let rest = '';
  pipe.setEncoding('utf8');
  pipe.on('data', (text: string) => {
    const end = text.lastIndexOf('\n') + 1;
    if (end === 0) rest += text;
    else {
      onLines(rest + text.slice(0, end));
      rest = text.slice(end);
    }
  });
  return new Promise((resolve) => {
    const end = (): void => resolve(rest.length);
    pipe.once('end', end).once('error', end).once('close', end);
  });
}
