import { fstatSync, statSync } from 'node:fs';
import openRollingFile, { type RollingStream } from 'pino-roll';
import type { LogFileName } from './log-file-name.ts';

export interface LogFileOptions {
  readonly name: LogFileName;
  /** Told once when writing begins to fail, and again only after it has recovered. */
  readonly onFailure: (error: Error) => void;
  /** Writing works again; `lostLines` could not be kept meanwhile. */
  readonly onRecovery: (lostLines: number) => void;
  /** A new file was begun. */
  readonly onNewFile: () => void;
}

export interface LogFile {
  /** Absolute path of the file written now; undefined while none can be opened. */
  readonly path: string | undefined;
  /** Hands whole lines to the operating system before it returns; keeps them in memory while that fails. Never throws. */
  write(text: string): void;
  close(): Promise<void>;
}

/** Lines that wait for a full disk or a missing folder, at most. Bytes; beyond it lines are counted and dropped. */
export const waitingAtMost = 4 * 2 ** 20;
/** Between two attempts to recover when nothing is written. Milliseconds. */
const retryEvery = 1_000;

/**
 * A log file that pino-roll rotates. It runs in this process and synchronously: what `write` was given
 * survives `kill -9`. A removed folder is made again, a file that was moved away is begun again.
 *
 * `flushSync` of the stream is never called: it repeats a failed write for ever when the disk is full.
 */
export async function createLogFile(options: LogFileOptions): Promise<LogFile> {
  const file = new RollingLogFile(options);
  await file.open();
  return file;
}

/** Keeps the stream, what waits for it, and whether it fails. */
class RollingLogFile implements LogFile {
  readonly #options: LogFileOptions;
  #stream: RollingStream | undefined;
  /** The open file, to find out that its path leads elsewhere now. */
  #identity: { fd: number; inode: string } | undefined;
  /** Lines for a stream that is not there yet. */
  #waiting = '';
  /** Lines that the stream has taken and could not write. */
  #unwritten = 0;
  #lost = 0;
  #failing = false;
  #opening = false;
  #closed = false;
  /** Set by the stream's `error` event during a write, which is synchronous. */
  #writeError: Error | undefined;
  #retry: NodeJS.Timeout | undefined;

  constructor(options: LogFileOptions) {
    this.#options = options;
  }

  get path(): string | undefined {
    return this.#stream?.file;
  }

  async open(): Promise<void> {
    if (this.#opening || this.#closed) return;
    this.#opening = true;
    try {
      const stream = await openRollingFile({
        ...this.#options.name.roll,
        mkdir: true,
        sync: true,
        minLength: 0,
        maxLength: waitingAtMost,
      });
      this.#attach(stream);
    } catch (error) {
      this.#fail(toError(error));
    } finally {
      this.#opening = false;
    }
  }

  write(text: string): void {
    if (this.#closed) return;
    try {
      if (this.#stream !== undefined) this.#followPath(this.#stream);
      if (this.#stream === undefined) this.#wait(text);
      else this.#writeTo(this.#stream, text);
    } catch (error) {
      this.#lost += countLines(text);
      this.#fail(toError(error));
    }
  }

  async close(): Promise<void> {
    this.write('');
    this.#closed = true;
    clearTimeout(this.#retry);
    const stream = this.#stream;
    this.#stream = undefined;
    if (stream === undefined || stream.destroyed) return;
    await new Promise<void>((resolve) => {
      stream.once('close', resolve).once('error', () => resolve());
      // `end` would try the lines once more that the disk does not take, and leave the file open.
      if (this.#failing) stream.destroy();
      else stream.end();
    });
  }

  #attach(stream: RollingStream): void {
    if (this.#closed) {
      stream.on('error', () => {}).destroy();
      return;
    }
    stream.on('error', (error: Error) => this.#onError(stream, error));
    stream.on('drop', (text: string) => (this.#lost += countLines(text)));
    stream.on('ready', () => {
      if (stream === this.#stream) this.#options.onNewFile();
    });
    this.#stream = stream;
    this.#identity = undefined;
    const waiting = this.#waiting;
    this.#waiting = '';
    this.#writeTo(stream, waiting);
  }

  #writeTo(stream: RollingStream, text: string): void {
    // A stream that holds unwritten lines may drop new ones before it tries: first let it try.
    if (this.#failing && this.#attempt(stream, '') !== undefined) {
      const lost = this.#lost;
      this.#attempt(stream, text);
      if (lost === this.#lost) this.#unwritten += countLines(text);
      this.#retryLater();
      return;
    }
    const error = this.#attempt(stream, text);
    if (error === undefined) return this.#recover();
    this.#unwritten += countLines(text);
    this.#fail(error);
  }

  #attempt(stream: RollingStream, text: string): Error | undefined {
    this.#writeError = undefined;
    stream.write(text);
    return this.#writeError;
  }

  /** Opens the path anew when it no longer leads to the file that is open. */
  #followPath(stream: RollingStream): void {
    try {
      if (this.#identity?.fd !== stream.fd) {
        this.#identity = { fd: stream.fd, inode: inodeOf(fstatSync(stream.fd)) };
      }
      const onDisk = statSync(stream.file, { throwIfNoEntry: false });
      if (onDisk !== undefined && inodeOf(onDisk) === this.#identity.inode) return;
      stream.reopen(stream.file);
      this.#identity = undefined;
    } catch (error) {
      this.#abandon(stream, toError(error));
    }
  }

  #onError(stream: RollingStream, error: Error): void {
    if (stream !== this.#stream) return;
    const { syscall } = error as NodeJS.ErrnoException;
    // A failed rotation: the stream's idea of its file is wrong from here on.
    if (syscall === 'open' || syscall === 'mkdir') this.#abandon(stream, error);
    else if (syscall === 'write') this.#writeError = error;
  }

  /**
   * Gives a stream up whose file could not be opened. It must not be opened again: each failed `reopen`
   * leaves a listener behind that closes the same descriptor, which may be someone else's by then.
   */
  #abandon(stream: RollingStream, error: Error): void {
    if (stream !== this.#stream) return;
    this.#stream = undefined;
    this.#lost += this.#unwritten;
    this.#unwritten = 0;
    if (!stream.destroyed) stream.destroy();
    this.#fail(error);
  }

  #wait(text: string): void {
    if (this.#waiting.length + text.length > waitingAtMost) this.#lost += countLines(text);
    else this.#waiting += text;
  }

  #fail(error: Error): void {
    this.#retryLater();
    if (this.#failing) return;
    this.#failing = true;
    this.#options.onFailure(error);
  }

  #recover(): void {
    this.#unwritten = 0;
    if (!this.#failing) return;
    this.#failing = false;
    const lost = this.#lost;
    this.#lost = 0;
    this.#options.onRecovery(lost);
  }

  #retryLater(): void {
    if (this.#closed || this.#retry !== undefined) return;
    this.#retry = setTimeout(() => {
      this.#retry = undefined;
      if (this.#stream === undefined) void this.open();
      else this.write('');
    }, retryEvery).unref();
  }
}

function inodeOf(stats: { dev: number; ino: number }): string {
  return `${stats.dev}:${stats.ino}`;
}

function countLines(text: string): number {
  let lines = 0;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lines++;
  return lines;
}

function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
