import { stat } from 'node:fs/promises';
import type { Pin, Pins } from '../generations/pin.ts';
import { LoadProblem } from './load-problem.ts';
import { listServedFiles } from './served-files.ts';
import { readText, readTextNow, type FileText, type ReadText } from './source-file.ts';

/** A file's text, undefined when there is no such file, or why it cannot be read. */
export type Found = FileText | LoadProblem | undefined;

/** Somebody else who reads the disk, and knows what is held. */
export interface FileSource {
  /**
   * All served files.
   *
   * @throws when `apisDir` itself cannot be read
   */
  list(): Promise<string[]>;
  /** What serves. `few`: together with few others. */
  read(file: string, few: boolean): Promise<Found>;
}

export interface DiskOptions {
  /** Bytes; asked anew for each file. */
  readonly maxFileSize: () => number;
  /** Told what is held now, each time it may have changed. */
  readonly onPins?: ((pins: Pins) => void) | undefined;
  /** Told of each file that is not held any more, because it was saved. */
  readonly onLetGo?: ((file: string, pin: Pin) => void) | undefined;
  /** Who is asked in place of the disk, and decides on what is held. Default: nobody. */
  readonly source?: FileSource | undefined;
}

/** A pin with the text that it stands for; undefined: the file is not there. */
export interface HeldFile {
  readonly pin: Pin;
  readonly found: FileText | undefined;
}

/**
 * The local files as the reload sees them: the disk, and laid over it the versions that a rollback holds.
 * A held version is let go of when its file on disk is saved, that is, has another content than at the
 * time of the rollback.
 */
export class Disk {
  readonly #options: DiskOptions;
  #held: ReadonlyMap<string, HeldFile> = new Map();

  constructor(options: DiskOptions) {
    this.#options = options;
  }

  /** What is held now, by file. */
  get held(): ReadonlyMap<string, HeldFile> {
    return this.#held;
  }

  /** Replaces what is held, for a try; nobody is told. */
  hold(held: ReadonlyMap<string, HeldFile>): void {
    this.#held = new Map(held);
  }

  /** Tells whoever keeps the pins. */
  tell(): void {
    this.#options.onPins?.(pinsOf(this.#held));
  }

  /**
   * All served files, as they are on disk.
   *
   * @throws when the folder itself cannot be read
   */
  list(apisDir: string): Promise<string[]> {
    const { source } = this.#options;
    return source === undefined ? listServedFiles(apisDir) : source.list();
  }

  /** What serves: what is held, or else what the disk has. */
  async read(file: string, read: ReadText = readText): Promise<Found> {
    const { source } = this.#options;
    if (source !== undefined) return await source.read(file, read === readTextNow);
    const found = await this.readUnder(file, read);
    const held = this.#held.get(file);
    if (held === undefined) return found;
    if (diskStateOf(found) === held.pin.disk) return held.found;
    this.#letGo(file, held.pin);
    return found;
  }

  /** What the disk has, whatever is held. */
  async readUnder(file: string, read: ReadText = readText): Promise<Found> {
    try {
      return await read(file, this.#options.maxFileSize());
    } catch (error) {
      if (error instanceof LoadProblem) return error;
      throw error;
    }
  }

  /** Of a path at which something is held: whether a file is there. */
  isFile(path: string): boolean | undefined {
    const held = this.#held.get(path);
    return held === undefined ? undefined : held.found !== undefined;
  }

  /** What the type checker has to be told, besides what is on disk. */
  textsOverDisk(): ReadonlyMap<string, string | undefined> {
    return new Map([...this.#held].map(([file, { found }]) => [file, found?.text]));
  }

  /**
   * The hash of a file that somebody else has read since `start` (of `Date.now()`); empty, which no content
   * has, when it was written since then too, for nobody knows which version was read.
   */
  async hashAsReadSince(file: string, start: number): Promise<string | undefined> {
    const held = this.#held.get(file);
    if (held !== undefined) return held.found?.hash;
    try {
      const found = await readText(file);
      // Not `mtime`, which tools may set to anything.
      return (await stat(file)).ctimeMs < start ? found?.hash : '';
    } catch {
      return undefined;
    }
  }

  #letGo(file: string, pin: Pin): void {
    const held = new Map(this.#held);
    held.delete(file);
    this.#held = held;
    this.tell();
    this.#options.onLetGo?.(file, pin);
  }
}

function pinsOf(held: ReadonlyMap<string, HeldFile>): Pins {
  return new Map([...held].map(([file, { pin }]) => [file, pin]));
}

/** What tells one content on disk from another, also where there is none. */
export function diskStateOf(found: Found): string {
  if (found === undefined) return 'gone';
  return found instanceof LoadProblem ? `unreadable: ${found.message}` : found.hash;
}

export function hashOf(found: Found): string | undefined {
  return found !== undefined && 'hash' in found ? found.hash : undefined;
}
