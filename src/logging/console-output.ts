import type { Writable } from 'node:stream';

export const consoleModes = ['pretty', 'json', 'none'] as const;
/** `pretty` for people, `json` as in the file, `none`. */
export type ConsoleMode = (typeof consoleModes)[number];

/** A stream as the console uses it; `process.stdout` is one. */
export type ConsoleStream = Writable & { readonly isTTY?: boolean };

export interface ConsoleOutput {
  /** Whole JSON lines. Never throws. */
  write(jsonLines: string): void;
}

/** When the reader stalls and this much waits, lines are left out on the console. Bytes. */
const waitingAtMost = 2 ** 20;

/** Streams whose errors are taken care of, so that several logs add one listener. */
const guarded = new WeakSet<Writable>();

/**
 * Writes log lines to a stream. A closed reader (`EPIPE`) or a full disk behind it costs the lines and
 * nothing else. Colours only on a terminal, and not with `NO_COLOR`.
 */
export async function openConsoleOutput(mode: ConsoleMode, stream: ConsoleStream): Promise<ConsoleOutput> {
  if (mode === 'none') return { write: () => {} };
  if (!guarded.has(stream)) {
    guarded.add(stream);
    stream.on('error', () => {});
  }
  const colour = stream.isTTY === true && !process.env['NO_COLOR'];
  const format = mode === 'pretty' ? await loadPrettyLines(colour) : (lines: string) => lines;
  return {
    write(jsonLines) {
      if (stream.destroyed || stream.writableEnded || stream.writableLength > waitingAtMost) return;
      try {
        stream.write(format(jsonLines));
      } catch {
        // A console that cannot be written must not stop the service, and there is nowhere to say so.
      }
    },
  };
}

/** Most processes write JSON, and need not know how to do without. */
async function loadPrettyLines(colour: boolean): Promise<(jsonLines: string) => string> {
  const { prettyLines } = await import('./pretty-line.ts');
  return prettyLines({ colour });
}
