import { relative } from 'node:path';
import type { LogFields } from '../contract/log-port.ts';
import { GenerationFolder } from './generation-folder.ts';
import { hasSameContent, type Generation } from './generation.ts';
import { fromManifest, pinsFromText, pinsToText, toManifest } from './manifest.ts';
import type { Pins } from './pin.ts';

export interface GenerationStoreOptions {
  /** Absolute; made when missing. */
  readonly folder: string;
  /** Absolute. Generations of another one are not offered. */
  readonly apisDir: string;
  /** How many generations stay at hand; asked anew each time. */
  readonly keep: () => number;
  /** Told when the folder cannot be used; the store goes on in memory. */
  readonly warn: (message: string, fields?: LogFields) => void;
}

/** Saves come in bursts, and the first answer of a new generation goes before writing. Milliseconds. */
const writeDelayMs = 100;

/** What a process may have given out as numbers without having written them when it was killed. */
const skippedAfterCrash = 100;

const writesAtOnce = 16;

/**
 * The last good generations with the texts of all their files, in memory and in a folder. Everything is
 * written a moment after it serves; what cannot be written stays in memory, so that a rollback works all the
 * same until the process ends.
 */
export class GenerationStore {
  readonly #options: GenerationStoreOptions;
  readonly #folder: GenerationFolder;
  readonly #root: string;
  #generations: Generation[] = [];
  #pins: Pins = new Map();
  /** Texts that are not in the folder, or not yet, by their hash. */
  readonly #texts = new Map<string, string>();
  readonly #stored = new Set<string>();
  readonly #storedManifests = new Map<number, number>();
  #pinsStored = true;
  /** False while another process uses the folder. */
  #writable = true;
  #healthy = true;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();
  /** The highest number that was ever given out, as far as is known. */
  #lastNumber = 0;

  private constructor(options: GenerationStoreOptions) {
    this.#options = options;
    this.#folder = new GenerationFolder(options.folder);
    this.#root = relative(options.folder, options.apisDir);
  }

  /** Reads what earlier processes have kept. A folder that cannot be used is a warning. */
  static async open(options: GenerationStoreOptions): Promise<GenerationStore> {
    const store = new GenerationStore(options);
    await store.#open();
    return store;
  }

  /** Oldest first. */
  get generations(): readonly Generation[] {
    return this.#generations;
  }

  get lastNumber(): number {
    return this.#lastNumber;
  }

  get pins(): Pins {
    return this.#pins;
  }

  /** Takes down what serves now; `textOf` gives the texts of its files. */
  add(generation: Generation, textOf: (file: string) => string | undefined): void {
    const last = this.#generations.at(-1);
    if (last !== undefined) last.through = Math.max(last.through, generation.generation - 1);
    this.#lastNumber = Math.max(this.#lastNumber, generation.through);
    if (last !== undefined && hasSameContent(last, generation)) last.through = generation.through;
    else this.#generations.push(generation);
    for (const [file, { hash }] of generation.files) {
      if (this.#stored.has(hash) || this.#texts.has(hash)) continue;
      const text = textOf(file);
      if (text !== undefined) this.#texts.set(hash, text);
    }
    this.#generations.splice(0, this.#generations.length - this.#options.keep());
    this.#schedule();
  }

  /** The number that serves now; it rises without a new content when only descriptions were completed. */
  noteNumber(number: number): void {
    const last = this.#generations.at(-1);
    if (last !== undefined) last.through = Math.max(last.through, number);
    this.#lastNumber = Math.max(this.#lastNumber, number);
  }

  /** Whether the text of this hash is wanted and was not handed in yet. */
  lacks(hash: string): boolean {
    return !this.#stored.has(hash) && !this.#texts.has(hash);
  }

  keepText(hash: string, text: string): void {
    if (!this.lacks(hash)) return;
    this.#texts.set(hash, text);
    this.#schedule();
  }

  /** Undefined when the text is not at hand any more. */
  async text(hash: string): Promise<string | undefined> {
    return this.#texts.get(hash) ?? (await this.#folder.readText(hash));
  }

  setPins(pins: Pins): void {
    this.#pins = new Map(pins);
    this.#pinsStored = false;
    this.#schedule();
  }

  /** Writes what is not written yet. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#writing;
    await this.#write();
    if (this.#writable && this.#healthy) await this.#folder.release().catch(() => {});
  }

  async #open(): Promise<void> {
    try {
      const unclean = await this.#claim();
      await this.#readManifests();
      await this.#readPins();
      if (unclean) this.#lastNumber += skippedAfterCrash;
    } catch (err) {
      this.#fail(err);
    }
  }

  /** Tells whether the process that had the folder before was killed. */
  async #claim(): Promise<boolean> {
    const { unclean, usedBy } = await this.#folder.claim();
    this.#stored.clear();
    this.#storedManifests.clear();
    for (const hash of await this.#folder.texts()) this.#stored.add(hash);
    if (usedBy !== undefined) {
      this.#writable = false;
      this.#options.warn(
        `generations are kept in memory only: '${this.#folder.path}' is in use by process ${usedBy}; ` +
          'give each service a dataDir of its own',
      );
    }
    return unclean;
  }

  async #readManifests(): Promise<void> {
    for (const [number, text] of await this.#folder.manifests()) {
      // Whatever is in it, the number was given out.
      this.#lastNumber = Math.max(this.#lastNumber, number);
      this.#storedManifests.set(number, number);
      try {
        const found = fromManifest(text ?? '', this.#options.apisDir, this.#root);
        this.#lastNumber = Math.max(this.#lastNumber, found.through);
        this.#storedManifests.set(number, found.through);
        if ('files' in found) this.#addStored(found);
      } catch (err) {
        const path = `${this.#folder.path}/${String(number).padStart(10, '0')}.json`;
        this.#options.warn(`generation ${number} cannot be read back and is left out: '${path}'`, { err });
      }
    }
    this.#generations.splice(0, this.#generations.length - this.#options.keep());
  }

  #addStored(generation: Generation): void {
    const last = this.#generations.at(-1);
    if (last !== undefined) last.through = Math.max(last.through, generation.generation - 1);
    this.#generations.push(generation);
  }

  async #readPins(): Promise<void> {
    const text = await this.#folder.readPins();
    if (text === undefined) return;
    try {
      this.#pins = pinsFromText(text, this.#options.apisDir, this.#root);
    } catch (err) {
      this.#options.warn(
        'what was rolled back cannot be read back: every module is served from its file again',
        {
          err,
        },
      );
    }
  }

  #schedule(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#writing = this.#writing.then(() => this.#write());
    }, writeDelayMs).unref();
  }

  async #write(): Promise<void> {
    const wanted = this.#wantedTexts();
    for (const hash of this.#texts.keys()) if (!wanted.has(hash)) this.#texts.delete(hash);
    if (!this.#writable) return;
    try {
      // The folder may have been removed, and be empty now.
      if (!this.#healthy) await this.#claim();
      await this.#writeTexts();
      await this.#writeManifests();
      await this.#writePins();
      await this.#prune(wanted);
      this.#healthy = true;
    } catch (err) {
      this.#fail(err);
    }
  }

  #wantedTexts(): ReadonlySet<string> {
    const wanted = new Set<string>();
    for (const { files } of this.#generations) for (const { hash } of files.values()) wanted.add(hash);
    for (const { hash } of this.#pins.values()) if (hash !== undefined) wanted.add(hash);
    return wanted;
  }

  async #writeTexts(): Promise<void> {
    const texts = [...this.#texts];
    for (let at = 0; at < texts.length; at += writesAtOnce) {
      await Promise.all(
        texts.slice(at, at + writesAtOnce).map(async ([hash, text]) => {
          await this.#folder.writeText(hash, text);
          this.#stored.add(hash);
          this.#texts.delete(hash);
        }),
      );
    }
  }

  /** After the texts, so that a manifest never names what is not there. */
  async #writeManifests(): Promise<void> {
    for (const generation of this.#generations.slice()) {
      const { generation: number, through } = generation;
      const isLast = generation === this.#generations.at(-1);
      const stored = this.#storedManifests.get(number);
      if (stored !== undefined && (stored === through || !isLast)) continue;
      await this.#folder.writeManifest(number, toManifest(generation, this.#options.apisDir, this.#root));
      this.#storedManifests.set(number, through);
    }
  }

  async #writePins(): Promise<void> {
    if (this.#pinsStored) return;
    this.#pinsStored = true;
    try {
      await this.#folder.writePins(pinsToText(this.#pins, this.#options.apisDir, this.#root));
    } catch (error) {
      this.#pinsStored = false;
      throw error;
    }
  }

  async #prune(wanted: ReadonlySet<string>): Promise<void> {
    const kept = new Set(this.#generations.map(({ generation }) => generation));
    for (const number of this.#storedManifests.keys()) {
      if (kept.has(number)) continue;
      await this.#folder.removeManifest(number);
      this.#storedManifests.delete(number);
    }
    // What was handed in meanwhile is wanted, too.
    const now = this.#wantedTexts();
    for (const hash of this.#stored) {
      if (wanted.has(hash) || now.has(hash)) continue;
      // Not stored from this moment on: whoever needs it again hands it in again.
      this.#stored.delete(hash);
      await this.#folder.removeText(hash);
    }
  }

  /** Once, until it works again. */
  #fail(err: unknown): void {
    if (this.#healthy) {
      this.#options.warn(
        `generations are kept in memory only, because '${this.#folder.path}' cannot be written; ` +
          'a restart forgets them until that works again',
        { err },
      );
    }
    this.#healthy = false;
  }
}
