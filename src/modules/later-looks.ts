import { clearTimeout, setTimeout } from 'node:timers';
import { lookAgainMs } from './changes.ts';

/** Looks at half-written files again, in case that they stay as they are, of which no event tells. */
export class LaterLooks {
  readonly #looks = new Set<NodeJS.Timeout>();
  readonly #request: (files: ReadonlySet<string>) => void;

  constructor(request: (files: ReadonlySet<string>) => void) {
    this.#request = request;
  }

  plan(files: ReadonlySet<string>): void {
    if (files.size === 0) return;
    const look = setTimeout(() => {
      this.#looks.delete(look);
      this.#request(files);
    }, lookAgainMs);
    this.#looks.add(look);
  }

  close(): void {
    for (const look of this.#looks) clearTimeout(look);
  }
}
