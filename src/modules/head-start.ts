import { statSync } from 'node:fs';
import type { ReloadReason } from '../registry/reload-report.ts';
import {
  beginDerivation,
  thoroughnessOf,
  type DerivationState,
  type Thoroughness,
} from './begin-derivation.ts';
import type { Changes } from './changes.ts';
import type { Derivation } from './derivation.ts';
import { hashOf, type Disk } from './disk.ts';
import { LoadProblem } from './load-problem.ts';
import type { Blocks } from './refuse.ts';
import { readTextNow } from './source-file.ts';
import type { Transpiler } from './transpile-cache.ts';
import type { Transpiled } from './transpile.ts';
import type { Unfinished } from './unfinished.ts';

export type HeadStartOptions = DerivationState & {
  readonly disk: Disk;
  readonly transpiler: Transpiler;
  readonly unfinished: Pick<Unfinished, 'pending'>;
  readonly blocks: () => Blocks;
  /** Whether a reload runs or waits. */
  readonly isBusy: () => boolean;
  /** Called before anything is begun. */
  readonly before: () => void;
};

/** What was begun for one text of one file. */
export interface Begun {
  readonly file: string;
  readonly hash: string;
  /** Before the checker read anything, of `Date.now()`. */
  readonly at: number;
  readonly transpiled: Promise<Transpiled>;
  readonly derivation: Derivation;
  readonly thoroughness: Thoroughness;
}

/**
 * Begins to transpile a lone save, and to derive its signatures, while the watcher still waits for more of it. The
 * reload reads the file again: what was begun for another text is of no use to it.
 */
export class HeadStart {
  readonly #options: HeadStartOptions;
  #begun: Begun | undefined;
  /** What the type checker was told of ahead. */
  readonly #told = new Set<string>();
  /** What the file looked like at the last look. */
  #look = '';

  constructor(options: HeadStartOptions) {
    this.#options = options;
  }

  /** A reload of this file will be asked for in a moment, if it has changed. */
  begin(file: string): void {
    if (this.#isPossible(file)) void this.#begin(file);
  }

  /** What was begun, for the reload that begins now; `told` has to be told to the type checker again, unless it is used. */
  take(): { readonly begun: Begun | undefined; readonly told: ReadonlySet<string> } {
    const taken = { begun: this.#begun, told: new Set(this.#told) };
    this.#begun = undefined;
    this.#told.clear();
    this.#look = '';
    return taken;
  }

  /** Only where nothing but this file can be what the reload is about. */
  #isPossible(file: string): boolean {
    const { live, disk, unfinished, consensus, isBusy } = this.#options;
    return (
      consensus === undefined &&
      !isBusy() &&
      live.sourceOf(file)?.content.kind === 'code' &&
      unfinished.pending.size === 0 &&
      disk.held.size === 0 &&
      this.#differsFromLook(file)
    );
  }

  #differsFromLook(file: string): boolean {
    const found = statSync(file, { throwIfNoEntry: false });
    const look = found === undefined ? '' : `${file} ${found.size} ${found.ctimeMs}`;
    const differs = look !== this.#look;
    this.#look = look;
    return differs && found !== undefined && found.size > 0;
  }

  async #begin(file: string): Promise<void> {
    const { live, disk, transpiler, blocks, isBusy } = this.#options;
    const at = Date.now();
    const found = await disk.readUnder(file, readTextNow);
    if (found === undefined || found instanceof LoadProblem || isBusy()) return;
    const { text, hash } = found;
    if (text === '' || hash === live.sourceOf(file)?.hash) return;
    if (this.#begun?.file === file && this.#begun.hash === hash) return;
    this.#options.before();
    const transpiled = transpiler.transpile(file, found);
    // Whoever takes it hears of it.
    transpiled.catch(() => {});
    const thoroughness = thoroughnessOf('save', blocks(), this.#options);
    const derivation = beginDerivation(changeOf(file, found), thoroughness, this.#options);
    this.#told.add(file);
    this.#begun = { file, hash, at, transpiled, derivation, thoroughness };
  }
}

/** Whether a reload of these changes would do just what was begun. */
export function fits(begun: Begun, changes: Changes, about: FitOptions): boolean {
  return (
    about.reason === 'save' &&
    changes.files.size === 1 &&
    changes.types.size === 0 &&
    changes.fresh.has(begun.file) &&
    hashOf(changes.files.get(begun.file)) === begun.hash &&
    JSON.stringify(begun.thoroughness) === JSON.stringify(about.thoroughness)
  );
}

export interface FitOptions {
  readonly reason: ReloadReason;
  readonly thoroughness: Thoroughness;
}

function changeOf(file: string, found: { text: string; hash: string }): Changes {
  return {
    files: new Map([[file, found]]),
    types: new Map(),
    fresh: new Set([file]),
    filesAppeared: false,
    halfWritten: new Set(),
  };
}
