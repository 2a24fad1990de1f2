import type { ReloadNews } from '../../contract/service.ts';
import { runApart } from '../../contract/main-thread.ts';
import { runWithin } from '../../modules/load-module.ts';

export type ReloadListener = (news: ReloadNews) => void | Promise<void>;

/** Seconds that a listener may block the process in one go. */
const longestBlock = 5;

/** The listeners of one version of a file: one run at a time, in the order of the news. */
export class ReloadListeners {
  readonly #listeners: ReloadListener[] = [];
  readonly #onError: (err: unknown) => void;
  #last: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(onError: (err: unknown) => void) {
    this.#onError = onError;
  }

  add(listener: ReloadListener): void {
    this.#listeners.push(listener);
  }

  tell(news: ReloadNews): void {
    for (const listener of this.#listeners) this.#last = this.#last.then(() => this.#run(listener, news));
  }

  /** Resolves when the one that runs has ended; those that wait do not begin. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#last;
  }

  async #run(listener: ReloadListener, news: ReloadNews): Promise<void> {
    if (this.#closed) return;
    try {
      await runApart(() => runWithin(longestBlock, () => listener(news)));
    } catch (err) {
      this.#onError(err);
    }
  }
}
