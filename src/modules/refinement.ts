import type { Registry } from '../registry/registry.ts';
import type { SignatureChecker } from '../signatures/signature-checker.ts';
import { withDeadline } from './deadline.ts';
import type { LiveModules } from './live-modules.ts';
import { refine } from './refine.ts';

export interface RefinementOptions {
  readonly live: LiveModules;
  readonly checker: SignatureChecker;
  readonly registry: Registry;
  readonly checkTypes: () => boolean;
  /** False where several processes serve the same: each would swap at a time of its own. */
  readonly swaps: boolean;
  /** Told after a swap. */
  readonly onRefined?: (() => void) | undefined;
  /** Warnings may have changed. */
  readonly onDone: () => void;
}

/** Seconds that the end waits for what is still being derived. */
const refineTimeout = 2;

/** Files whose types are looked at in one go, when nobody waits for it. */
const refineAtOnce = 20;

/** What nobody has to wait for: types of results, type errors and warnings of what serves by now. */
export class Refinement {
  readonly #options: RefinementOptions;
  #refining: Promise<void> = Promise.resolve();
  #closing = false;

  constructor(options: RefinementOptions) {
    this.#options = options;
  }

  /** After what was asked for before. */
  request(files: readonly string[]): void {
    const before = this.#refining;
    // The checker's own failures are told by the next reload, which fails too.
    this.#refining = before.then(() => this.#refine(files)).catch(() => {});
  }

  /** Begins nothing new from now on. */
  stop(): void {
    this.#closing = true;
  }

  /** Resolves when nothing is being derived any more, or soon. */
  async idle(): Promise<void> {
    await withDeadline(this.#refining, refineTimeout, 'still busy').catch(() => {});
  }

  /** A few files at a time, so that a save that needs the checker need not wait for all. */
  async #refine(files: readonly string[]): Promise<void> {
    const { live, checker, checkTypes, registry, swaps, onRefined, onDone } = this.#options;
    for (let at = 0; at < files.length && !this.#closing; at += refineAtOnce) {
      const wanted = files.slice(at, at + refineAtOnce).filter((file) => live.served.has(file));
      if (wanted.length === 0) continue;
      const asked = new Map(wanted.map((file) => [file, live.served.get(file)]));
      const served = live.servedFiles;
      const question = { changed: new Map(), removed: [], served, wanted, typeErrors: checkTypes() };
      const changed = refine(live, asked, await checker.derive(question));
      if (changed.length === 0 || !swaps) continue;
      registry.swap(live.toSnapshot());
      onRefined?.();
    }
    onDone();
  }
}
